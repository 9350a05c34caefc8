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

use crate::build::{LICENSES, remapped_paths, replace};
use crate::process::Run as _;
use crate::project::Project;
use crate::stack::Emulator;
use crate::step::{fingerprint, step, step_if_changed};
use crate::tools;

const NAME: &str = "webpubsub-emulator";

/// A platform by Node's names, and where its program comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Platform {
    name: &'static str,
    os: &'static str,
    cpu: &'static str,
    target: &'static str,
    /// What runs the program here, besides a machine of that platform.
    emulator: Option<&'static str>,
}

static PLATFORMS: [Platform; 5] = [
    platform("linux-x64", "linux", "x64", "x86_64-unknown-linux-musl", None),
    platform("linux-arm64", "linux", "arm64", "aarch64-unknown-linux-musl", Some("qemu-aarch64")),
    platform("darwin-x64", "darwin", "x64", "x86_64-apple-darwin", None),
    platform("darwin-arm64", "darwin", "arm64", "aarch64-apple-darwin", None),
    platform("win32-x64", "win32", "x64", "x86_64-pc-windows-gnu", Some("wine64")),
];

const fn platform(
    name: &'static str,
    os: &'static str,
    cpu: &'static str,
    target: &'static str,
    emulator: Option<&'static str>,
) -> Platform {
    Platform { name, os, cpu, target, emulator }
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
    /// The file name of its program.
    fn program(&self) -> &'static str {
        if self.os == "win32" { "webpubsub-emulator.exe" } else { NAME }
    }

    fn is_host(&self) -> bool {
        let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
        let cpu = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
        (self.os, self.cpu) == (os, cpu)
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
    let mut lines = vec![main_package(project, &folder)?.display().to_string()];
    for platform in platforms {
        let program = compile(project, platform)?;
        let tarball = platform_package(project, platform, &program, &folder)?;
        lines.push(format!("{}  {}", tarball.display(), try_program(project, platform, &program)?));
    }
    println!("{}", lines.join("\n"));
    Ok(())
}

/// Makes the main tarball, and that of the machine's platform with the unoptimised program of the other tests, in a folder
/// with the manifests of all packages, `NAME.json`: what a registry would know of them.
pub(crate) fn for_tests(project: &Project, folder: &Path) -> Result<()> {
    main_package(project, folder)?;
    fs::write(folder.join(format!("{NAME}.json")), main_manifest(project)?.to_string())?;
    let built = Emulator::build()?;
    for platform in &PLATFORMS {
        let file = format!("{}.json", package_name(platform));
        fs::write(folder.join(file), manifest(project, platform)?.to_string())?;
        if platform.is_host() {
            step("Packing the emulator", || {
                // Without its debug information, which is most of it.
                let program = folder.join(platform.program());
                Command::new("strip").arg("-o").arg(&program).arg(&built).quiet()?;
                platform_package(project, platform, &program, folder)
            })?;
        }
    }
    Ok(())
}

/// The JavaScript and the declarations of the main package, in `emulator/npm/dist/`.
pub(crate) fn typescript(project: &Project) -> Result<()> {
    let mut files = project.files("emulator/npm/src", |name| name.ends_with(".ts"))?;
    files.extend(
        ["xtask/bundle.js", "emulator/npm/tsconfig.json", "pkg/tsconfig.json"]
            .into_iter()
            .chain(["node_modules/esbuild/package.json", "node_modules/typescript/package.json"])
            .chain(["emulator/npm/dist/index.js", "emulator/npm/dist/index.cjs", "emulator/npm/dist/cli.js"])
            .chain(["emulator/npm/dist/types/index.d.ts", "emulator/npm/dist/types/index.d.cts"])
            .map(|file| project.path(file)),
    );
    tools::npm_packages(project)?;
    step_if_changed(
        &project.work_dir("stamps")?.join("emulator-npm"),
        "Compiling the TypeScript of the emulator's package",
        || fingerprint(&files, &files),
        || {
            // Declarations of deleted sources would stay.
            let _ = fs::remove_dir_all("emulator/npm/dist");
            let mut tsc = Command::new(project.npm_program("tsc"));
            tsc.args(["--pretty", "false", "-p", "emulator/npm/tsconfig.json"]).quiet()?;
            Command::new("node").args(["xtask/bundle.js", "emulator"]).quiet().map(drop)
        },
    )
}

fn main_package(project: &Project, folder: &Path) -> Result<PathBuf> {
    typescript(project)?;
    let package = project.path("emulator/npm");
    for file in LICENSES {
        replace(&package.join(file), &fs::read(project.path(file))?)?;
    }
    replace(&package.join("README.md"), &fs::read(project.path("emulator/README.md"))?)?;
    let manifest = main_manifest(project)?;
    let version = manifest["version"].as_str().unwrap_or_default();
    ensure!(
        version == env!("CARGO_PKG_VERSION"),
        "emulator/npm has version {version}, the crates have another"
    );
    let wanted: Value = PLATFORMS.iter().map(|platform| (package_name(platform), json!(version))).collect();
    ensure!(manifest["optionalDependencies"] == wanted, "emulator/npm must optionally depend on {wanted}");
    pack(&package, folder)
}

fn main_manifest(project: &Project) -> Result<Value> {
    serde_json::from_slice(&fs::read(project.path("emulator/npm/package.json"))?)
        .context("emulator/npm/package.json is not JSON")
}

fn package_name(platform: &Platform) -> String {
    format!("{NAME}-{}", platform.name)
}

fn manifest(project: &Project, platform: &Platform) -> Result<Value> {
    let main = main_manifest(project)?;
    Ok(json!({
        "name": package_name(platform),
        "version": main["version"],
        "description": format!("The program of {NAME} for {}", platform.name),
        "license": main["license"],
        "repository": main["repository"],
        "os": [platform.os],
        "cpu": [platform.cpu],
        // Yarn would leave the program in the archive.
        "preferUnplugged": true,
        "files": [platform.program(), "LICENSE-*"],
    }))
}

fn platform_package(
    project: &Project,
    platform: &Platform,
    program: &Path,
    folder: &Path,
) -> Result<PathBuf> {
    let package = project.work_dir("emulator-npm")?.join(platform.name);
    let _ = fs::remove_dir_all(&package);
    fs::create_dir(&package)?;
    fs::write(package.join("package.json"), format!("{:#}\n", manifest(project, platform)?))?;
    let readme = format!(
        "The program of [{NAME}](https://www.npmjs.com/package/{NAME}) for {}. Install that package: it depends on this \
         one.\n",
        platform.name
    );
    fs::write(package.join("README.md"), readme)?;
    for file in LICENSES {
        fs::copy(project.path(file), package.join(file))?;
    }
    let packed = package.join(platform.program());
    fs::copy(program, &packed)?;
    fs::set_permissions(&packed, fs::Permissions::from_mode(0o755))?;
    pack(&package, folder)
}

/// `npm pack` of a folder into another; returns the file.
fn pack(package: &Path, folder: &Path) -> Result<PathBuf> {
    let mut pack = Command::new("npm");
    pack.args(["pack", "--json", "--pack-destination"]).arg(folder).current_dir(package);
    let packed: Value = serde_json::from_str(&pack.quiet()?).context("`npm pack --json` printed no JSON")?;
    // A list before npm 12, an object by package name since.
    let packed = packed.get(0).or_else(|| packed.as_object()?.values().next());
    let tarball = packed.and_then(|packed| packed["filename"].as_str());
    Ok(folder.join(tarball.context("`npm pack --json` named no file")?))
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
    let outcome = match platform.emulator {
        _ if platform.is_host() => {
            test.arg(program);
            "run".to_owned()
        }
        None => return Ok(format!("built only: needs a machine with {}", platform.os)),
        Some(name) => {
            // Debian has wine64 outside of PATH.
            let Ok(runner) = which::which(name).or_else(|_| which::which(format!("/usr/lib/wine/{name}")))
            else {
                return Ok(format!("built only: {name} is not installed"));
            };
            if platform.os == "win32" {
                test.arg(beside_library(project, program)?);
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
fn beside_library(project: &Project, program: &Path) -> Result<PathBuf> {
    let folder = project.work_dir("wine-program")?;
    let copy = folder.join("webpubsub-emulator.exe");
    fs::copy(program, &copy)?;
    let mut compile = tools::zig(project)?;
    compile.args(["cc", "-target", "x86_64-windows-gnu", "-shared", "-o"]);
    compile.arg(folder.join("bcryptprimitives.dll"));
    compile.arg(project.path("tests/emulator-package/bcryptprimitives.c")).arg("-ladvapi32").quiet()?;
    Ok(copy)
}
