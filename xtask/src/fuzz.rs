//! The fuzz targets in `fuzz/`, one after the other. What they check is in `tests/properties`.
//!
//! New inputs are kept in target/fuzz and used again by the next run; those in `fuzz/corpus` change with `--minimize` alone.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::process::Run as _;
use crate::project::Project;
use crate::step::step;
use crate::tools;

const TOOLCHAIN: &str = "nightly";
const GET_NIGHTLY: &str = "fuzzing needs a nightly toolchain, because only its compiler can observe which code an input \
    reaches: `rustup toolchain install nightly --profile minimal`";

/// The longest input, in bytes: the texts are short, and short inputs are many.
const MAX_LENGTH: u32 = 600;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How long each target runs
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    seconds: u32,
    /// Run only this target; may be repeated
    #[arg(long, value_name = "TARGET")]
    only: Vec<String>,
    /// Afterwards, replace the inputs in fuzz/corpus by the fewest that reach as much as all that were found
    #[arg(long)]
    minimize: bool,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let mut nightly = Command::new("rustup");
    if nightly.args(["run", TOOLCHAIN, "rustc", "--version"]).quiet().is_err() {
        bail!(GET_NIGHTLY);
    }
    let sources = project.files("fuzz/src/bin", |name| name.ends_with(".rs"))?;
    let all: Vec<_> = sources.iter().filter_map(|file| file.file_stem()?.to_str()).collect();
    let unknown: Vec<_> = options.only.iter().filter(|name| !all.contains(&name.as_str())).collect();
    ensure!(unknown.is_empty(), "there is no target {unknown:?}: the targets are {}", all.join(", "));
    let targets =
        all.into_iter().filter(|name| options.only.is_empty() || options.only.iter().any(|one| one == name));
    let program = tools::cargo_fuzz(project)?;
    let mut failed = Vec::new();
    for name in targets {
        let found = project.path("target/fuzz/corpus").join(name);
        let kept = project.path("fuzz/corpus").join(name);
        std::fs::create_dir_all(&found)?;
        let time = format!("-max_total_time={}", options.seconds);
        println!("\n== {name} ==");
        let result = target(&program, name, &[&found, &kept], &[&time]).shown();
        if result.is_err() {
            crate::process::pause(std::time::Duration::ZERO)?;
            failed.push(name);
        } else if options.minimize {
            minimize(&program, name, &found, &kept)?;
        }
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// The command that runs a target; it builds it first.
fn target(program: &Path, name: &str, folders: &[&Path], arguments: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", TOOLCHAIN]).arg(program);
    // There is no unsafe code for a sanitizer to watch. The profile has assertions and checks of overflows.
    command.args(["run", "--sanitizer=none", "--target-dir=target/fuzz", name]).args(folders);
    command.args(["--", "-dict=fuzz/tokens.dict", "-print_final_stats=1", &format!("-max_len={MAX_LENGTH}")]);
    command.args(arguments);
    // Cargo sets it for this program, and it is that of another toolchain.
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}

/// Replaces the inputs that are kept by the fewest that reach as much as they and those that were found.
fn minimize(program: &Path, name: &str, found: &Path, kept: &Path) -> Result<()> {
    step(format!("Minimizing the corpus of {name}"), || {
        let fewest = tempfile::tempdir_in(found.parent().unwrap_or(found))?;
        target(program, name, &[fewest.path(), kept, found], &["-set_cover_merge=1", "-use_counters=0"])
            .quiet()?;
        std::fs::remove_dir_all(kept)?;
        std::fs::create_dir_all(kept)?;
        for file in std::fs::read_dir(fewest.path())? {
            let file = file?;
            std::fs::copy(file.path(), kept.join(file.file_name()))?;
        }
        Ok(())
    })
}
