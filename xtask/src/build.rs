//! The npm package: compiles the core, makes its JavaScript glue and shrinks it, all into `pkg/dist/`.
//!
//! The rest of `pkg/` is written by hand. Files are replaced whole, and only when they change.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

use anyhow::{Context, Result};
use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::process::Run;
use crate::progress::step;
use crate::project::Project;
use crate::stamp::Stamp;
use crate::tools::{self, WASM_TARGET};

const NAME: &str = "webpubsub_edge";

/// Where cargo builds the wasm of the package.
const TARGET_DIR: &str = "target/package-wasm";

/// `web` is the glue whose `initSync` takes a module, which every runtime can give; see pkg/wasm/.
const BINDGEN_FLAGS: [&str; 7] = [
    "--target=web",
    "--omit-default-module-path",
    "--no-typescript",
    "--experimental-reset-state-function",
    "--remove-producers-section",
    "--out-name",
    NAME,
];

/// The features are the ones that rustc lets into wasm32 by default.
const WASM_OPT_FLAGS: [&str; 10] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
    "--strip-debug",
    "--strip-producers",
];

/// Leaves in `pkg/` a package that `npm pack` can pack.
pub(crate) fn package(project: &Project) -> Result<()> {
    static DONE: OnceLock<()> = OnceLock::new();
    if DONE.get().is_some() {
        return Ok(());
    }
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    let bindgen = tools::wasm_bindgen(project)?;
    compile(project)?;

    let compiled = project.path(&format!("{TARGET_DIR}/{WASM_TARGET}/release/{NAME}.wasm"));
    let dist = project.path("pkg/dist");
    let [wasm, glue, inline] = outputs(&dist);
    let inputs = tools::wasm_tools_inputs(project)
        .file(&compiled)
        .file(&project.path("node_modules/binaryen/package.json"))
        .value((BINDGEN_FLAGS, WASM_OPT_FLAGS));
    let stamp_file = project.work_dir("stamps")?.join("package");
    let stamp = || {
        Stamp::new(
            stamp_file.clone(),
            &inputs.clone().file(&wasm).file(&glue).file(&inline),
        )
    };
    if !stamp().is_current() {
        step("Making the glue and shrinking the wasm", || {
            bind(project, &bindgen, &compiled, &dist)
        })?;
        stamp().save()?;
    }
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        replace(
            &project.path("pkg").join(license),
            &fs::read(project.path(license))?,
        )?;
    }
    DONE.get_or_init(|| ());
    Ok(())
}

fn outputs(dist: &Path) -> [PathBuf; 3] {
    [
        format!("{NAME}_bg.wasm"),
        format!("{NAME}.js"),
        "wasm-base64.js".to_owned(),
    ]
    .map(|file| dist.join(file))
}

fn compile(project: &Project) -> Result<()> {
    step("Compiling the core for wasm32", || {
        Run::cargo()
            .args([
                "build",
                "--release",
                "--package=webpubsub-edge",
                "--lib",
                "--target",
                WASM_TARGET,
            ])
            // A folder of its own: the cdylib has one name whatever its features, and another build of the crate
            // would take its place.
            .arg("--target-dir")
            .arg(project.path(TARGET_DIR))
            .args(["--no-default-features", "--features=js"])
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                rustc_flags(project)?,
            )
            .dir(project.root())
            .quiet()
    })?;
    Ok(())
}

fn bind(project: &Project, bindgen: &Path, compiled: &Path, dist: &Path) -> Result<()> {
    let bound = project.work_dir("bindgen")?;
    Run::new(bindgen)
        .arg(compiled)
        .args(BINDGEN_FLAGS)
        .args(["--out-dir"])
        .arg(&bound)
        .quiet()?;
    let small = bound.join("small.wasm");
    Run::new(project.npm_program("wasm-opt"))
        .arg(bound.join(format!("{NAME}_bg.wasm")))
        .args(WASM_OPT_FLAGS)
        .args(["-o"])
        .arg(&small)
        .quiet()?;

    let bytes = fs::read(&small)?;
    let [wasm, glue, inline] = outputs(dist);
    fs::create_dir_all(dist)?;
    replace(
        &inline,
        format!("export default \"{}\";\n", BASE64_STANDARD.encode(&bytes)).as_bytes(),
    )?;
    replace(&glue, &fs::read(bound.join(format!("{NAME}.js")))?)?;
    replace(&wasm, &bytes)
}

/// Keeps this machine's folders out of the wasm, in panic messages: the same source gives the same bytes anywhere.
fn rustc_flags(project: &Project) -> Result<OsString> {
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(dir) => PathBuf::from(dir),
        None => env::home_dir()
            .context("there is no home folder: set CARGO_HOME")?
            .join(".cargo"),
    };
    let mut flags = OsString::from("--remap-path-prefix=");
    flags.push(cargo_home.join("registry/src"));
    flags.push("=crates --remap-path-prefix=");
    flags.push(project.root());
    flags.push("=.");
    // Every runtime that there is has SIMD, with which SHA-256 is smaller and faster.
    flags.push(" -Ctarget-feature=+simd128");
    Ok(flags)
}

/// Writes a file in one go, so that no reader sees half of it, and leaves it alone when nothing changed.
fn replace(path: &Path, contents: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let dir = path.parent().context("a file without a folder")?;
    let mut file = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(dir)?;
    file.write_all(contents)?;
    file.persist(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
