//! The emulator's npm packages, as tarballs in `target/emulator-npm/`: the main one from `emulator/npm/`, and one for each
//! platform, which contains the program and nothing else. npm installs the one whose `os` and `cpu` are the machine's.
//!
//! Linux is linked statically with musl, so that one program runs in every distribution.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::builder::PossibleValue;
use serde_json::{Value, json};

use crate::build::remapped_paths;
use crate::npm::{self, TypeScript};
use crate::process::Run as _;
use crate::project::Project;
use crate::stack::Emulator;
use crate::step::step;
use crate::tools;

const NAME: &str = "webpubsub-emulator";

static TYPESCRIPT: TypeScript = TypeScript {
    folder: "emulator/npm",
    bundle: "emulator",
    title: "Compiling the TypeScript of the emulator's package",
    files: &[
        "emulator/npm/package.json",
        "emulator/npm/dist/index.js",
        "emulator/npm/dist/index.cjs",
        "emulator/npm/dist/cli.js",
        "emulator/npm/dist/types/index.d.ts",
        "emulator/npm/dist/types/index.d.cts",
    ],
};

/// A platform, and where its program comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Platform {
    /// Node's names of the operating system and the processor, with a hyphen between them.
    name: &'static str,
    target: &'static str,
    /// What runs the program on other platforms.
    runner: Option<&'static str>,
}

static PLATFORMS: [Platform; 5] = [
    platform("linux-x64", "x86_64-unknown-linux-musl", None),
    platform("linux-arm64", "aarch64-unknown-linux-musl", Some("qemu-aarch64")),
    platform("darwin-x64", "x86_64-apple-darwin", None),
    platform("darwin-arm64", "aarch64-apple-darwin", None),
    platform("win32-x64", "x86_64-pc-windows-gnu", Some("wine64")),
];

const fn platform(name: &'static str, target: &'static str, runner: Option<&'static str>) -> Platform {
    Platform { name, target, runner }
}

impl clap::ValueEnum for Platform {
    fn value_variants<'a>() -> &'a [Self] {
        &PLATFORMS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name))
    }
}

impl Platform {
    /// Node's names of its operating system and its processor.
    fn os_and_cpu(&self) -> (&'static str, &'static str) {
        self.name.split_once('-').unwrap_or((self.name, ""))
    }

    fn is_windows(&self) -> bool {
        self.os_and_cpu().0 == "win32"
    }

    /// The file name of its program.
    fn program(&self) -> &'static str {
        if self.is_windows() { "webpubsub-emulator.exe" } else { NAME }
    }

    /// The name of its package.
    fn package(&self) -> String {
        format!("{NAME}-{}", self.name)
    }

    fn is_host(&self) -> bool {
        let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
        let cpu = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
        self.os_and_cpu() == (os, cpu)
    }
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Build only the package of this platform, besides the main one; may be repeated
    #[arg(long, value_name = "PLATFORM")]
    platform: Vec<Platform>,
}

/// Makes the tarballs, and runs each program that can run on this machine.
pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let platforms = if options.platform.is_empty() { &PLATFORMS[..] } else { &options.platform };
    let folder = project.path("target/emulator-npm");
    fs::create_dir_all(&folder)?;
    let main = main_manifest(project)?;
    let mut lines = vec![main_package(project, &main, &folder)?.display().to_string()];
    for platform in platforms {
        let program = compile(project, platform)?;
        let tarball = platform_package(project, &main, platform, &program, &folder)?;
        lines.push(format!("{}  {}", tarball.display(), try_program(project, platform, &program)?));
    }
    println!("{}", lines.join("\n"));
    Ok(())
}

/// Makes the main tarball, and that of the machine's platform with the unoptimised program of the other tests, in a folder
/// with the manifests of all packages, `NAME.json`: what a registry would know of them.
pub(crate) fn for_tests(project: &Project, folder: &Path) -> Result<()> {
    let main = main_manifest(project)?;
    main_package(project, &main, folder)?;
    fs::write(folder.join(format!("{NAME}.json")), main.to_string())?;
    let built = Emulator::build()?;
    for platform in &PLATFORMS {
        let file = folder.join(format!("{}.json", platform.package()));
        fs::write(file, manifest(&main, platform).to_string())?;
        if platform.is_host() {
            step("Packing the emulator", || {
                // Without its debug information, which is most of it.
                let program = folder.join(platform.program());
                Command::new("strip").arg("-o").arg(&program).arg(&built).quiet()?;
                platform_package(project, &main, platform, &program, folder)
            })?;
        }
    }
    Ok(())
}

/// The JavaScript and the declarations of the main package, in `emulator/npm/dist/`.
pub(crate) fn typescript(project: &Project) -> Result<()> {
    TYPESCRIPT.compile(project)
}

fn main_package(project: &Project, main: &Value, folder: &Path) -> Result<PathBuf> {
    typescript(project)?;
    let package = project.path("emulator/npm");
    npm::copy_licenses(project, &package)?;
    npm::replace(&package.join("README.md"), &fs::read(project.path("emulator/README.md"))?)?;
    let version = main["version"].as_str().unwrap_or_default();
    ensure!(
        version == env!("CARGO_PKG_VERSION"),
        "emulator/npm has version {version}, the crates have another"
    );
    let wanted: Value = PLATFORMS.iter().map(|platform| (platform.package(), json!(version))).collect();
    ensure!(main["optionalDependencies"] == wanted, "emulator/npm must optionally depend on {wanted}");
    npm::pack(&package, folder)
}

fn main_manifest(project: &Project) -> Result<Value> {
    serde_json::from_slice(&fs::read(project.path("emulator/npm/package.json"))?)
        .context("emulator/npm/package.json is not JSON")
}

fn manifest(main: &Value, platform: &Platform) -> Value {
    let (os, cpu) = platform.os_and_cpu();
    json!({
        "name": platform.package(),
        "version": main["version"],
        "description": format!("The program of {NAME} for {}", platform.name),
        "license": main["license"],
        "repository": main["repository"],
        "os": [os],
        "cpu": [cpu],
        // Yarn would leave the program in the archive.
        "preferUnplugged": true,
        "files": [platform.program(), "LICENSE-*"],
    })
}

fn platform_package(
    project: &Project,
    main: &Value,
    platform: &Platform,
    program: &Path,
    folder: &Path,
) -> Result<PathBuf> {
    let package = project.work_dir("emulator-npm")?.join(platform.name);
    let _ = fs::remove_dir_all(&package);
    fs::create_dir(&package)?;
    fs::write(package.join("package.json"), format!("{:#}\n", manifest(main, platform)))?;
    let readme = format!(
        "The program of [{NAME}](https://www.npmjs.com/package/{NAME}) for {}. Install that package: it depends on this \
         one.\n",
        platform.name
    );
    fs::write(package.join("README.md"), readme)?;
    npm::copy_licenses(project, &package)?;
    let packed = package.join(platform.program());
    fs::copy(program, &packed)?;
    fs::set_permissions(&packed, fs::Permissions::from_mode(0o755))?;
    npm::pack(&package, folder)
}

fn compile(project: &Project, platform: &Platform) -> Result<PathBuf> {
    tools::rust_target(platform.target)?;
    let mut build = tools::cargo_zigbuild(project)?;
    step(format!("Building the emulator for {} (some minutes the first time)", platform.name), || {
        build.args(["--quiet", "--profile=emulator", "--package=webpubsub-emulator"]);
        build.args(["--target", platform.target, "--target-dir"]).arg(project.path("target"));
        let variable = platform.target.to_uppercase().replace('-', "_");
        build.env(format!("CARGO_TARGET_{variable}_RUSTFLAGS"), remapped_paths(project)?);
        build.quiet()
    })?;
    Ok(project.path(&format!("target/{}/emulator", platform.target)).join(platform.program()))
}

/// Has a program serve clients, where this machine can run it, and says how it went.
fn try_program(project: &Project, platform: &Platform, program: &Path) -> Result<String> {
    let mut test = Command::new("node");
    test.arg(project.path("tests/emulator-package/program.js"));
    let outcome = match platform.runner {
        _ if platform.is_host() => {
            test.arg(program);
            "run".to_owned()
        }
        None => return Ok(format!("built only: needs {}", platform.name)),
        Some(name) => {
            // Debian has wine64 outside of PATH.
            let Ok(runner) = which::which(name).or_else(|_| which::which(format!("/usr/lib/wine/{name}")))
            else {
                return Ok(format!("built only: {name} is not installed"));
            };
            if platform.is_windows() {
                test.arg(beside_library(project, platform, program)?);
                test.env("WINEPREFIX", project.work_dir("wine")?).env("WINEDEBUG", "-all");
            } else {
                test.arg(program);
            }
            test.arg(runner);
            format!("run by {name}")
        }
    };
    step(format!("Running the program for {}", platform.name), || test.quiet())?;
    Ok(outcome)
}

/// A copy of the Windows program with the library that older wines lack beside it.
fn beside_library(project: &Project, platform: &Platform, program: &Path) -> Result<PathBuf> {
    let folder = project.work_dir("wine-program")?;
    let copy = folder.join(platform.program());
    fs::copy(program, &copy)?;
    let mut compile = tools::zig(project)?;
    compile.args(["cc", "-target", "x86_64-windows-gnu", "-shared", "-o"]);
    compile.arg(folder.join("bcryptprimitives.dll"));
    compile.arg(project.path("tests/emulator-package/bcryptprimitives.c")).arg("-ladvapi32").quiet()?;
    Ok(copy)
}
