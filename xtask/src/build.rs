//! The npm package, built into `pkg/dist/`: the core as WebAssembly, its JavaScript, its declarations.
//!
//! The rest of `pkg/` is written by hand. Files are replaced whole, and only when they change.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;
use wasmparser::{ExternalKind, Parser, Payload};

use crate::npm::{self, TypeScript, replace};
use crate::process::{Run as _, cargo_in_the_background};
use crate::project::Project;
use crate::size::gzip;
use crate::step::{fingerprint, locked, step, step_if_changed};
use crate::tools::{self, WASM_TARGET};

const NAME: &str = "webpubsub_edge";

static TYPESCRIPT: TypeScript = TypeScript {
    folder: "pkg",
    bundle: "package",
    title: "Compiling the TypeScript",
    files: &[
        "pkg/wasm/inline.js",
        "pkg/dist/wasm-base64.js",
        "pkg/dist/index.js",
        "pkg/dist/slim.js",
        "pkg/dist/testing.js",
        "pkg/dist/index.edge.js",
        "pkg/dist/slim.edge.js",
        "pkg/dist/testing.edge.js",
        "pkg/dist/index.cjs",
        "pkg/dist/slim.cjs",
        "pkg/dist/testing.cjs",
        "pkg/dist/wasm.cjs",
        "pkg/dist/types/index.d.ts",
        "pkg/dist/types/slim.d.ts",
        "pkg/dist/types/testing.d.ts",
        "pkg/dist/types/index.d.cts",
        "pkg/dist/types/slim.d.cts",
        "pkg/dist/types/testing.d.cts",
    ],
};

/// The target folder of the package's wasm.
const TARGET_DIR: &str = "target/package-wasm";

/// The features are the ones that rustc enables for wasm32 by default, and SIMD.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

/// The first kilobyte of the memory is the far end of the stack, which is never reached: no address is in it.
const WASM_OPT: [&str; 3] = ["-Oz", "--converge", "--low-memory-unused"];

/// Which of these makes the smaller module depends on the code: both are tried.
const WASM_OPT_VARIANTS: [&[&str]; 2] = [&[], &["--one-caller-inline-max-function-size=15"]];

/// Leaves in `pkg/` a package that `npm pack` can pack.
pub(crate) fn package(project: &Project) -> Result<()> {
    static DONE: OnceLock<()> = OnceLock::new();
    if DONE.get().is_some() {
        return Ok(());
    }
    let _lock = locked(project, "package")?;
    tools::wasm_target()?;
    tools::npm_packages(project)?;
    let generator = tools::wasm_tool(project, "generate")?;
    compile(project)?;
    fs::create_dir_all(project.path("pkg/dist"))?;
    let compiled = project.path(&format!("{TARGET_DIR}/{WASM_TARGET}/release/{NAME}.wasm"));
    let files = [
        compiled.clone(),
        project.path("xtask/src/build.rs"),
        project.path("xtask/wasm-tools/Cargo.lock"),
        project.path("node_modules/binaryen/package.json"),
        wasm(project),
        named_wasm(project)?,
        project.path("pkg/dist/wasm-base64.js"),
    ];
    step_if_changed(
        project,
        "wasm",
        "Generating the bindings and shrinking the wasm",
        || fingerprint(NAME, &files),
        || shrink(project, &generator, &compiled),
    )?;
    TYPESCRIPT.compile(project)?;
    npm::copy_licenses(project, &project.path("pkg"))?;
    DONE.get_or_init(|| ());
    Ok(())
}

/// The package's wasm.
pub(crate) fn wasm(project: &Project) -> PathBuf {
    project.path(&format!("pkg/dist/{NAME}_bg.wasm"))
}

/// The same code with the names of its functions.
pub(crate) fn named_wasm(project: &Project) -> Result<PathBuf> {
    Ok(project.work_dir("wasm")?.join("named.wasm"))
}

fn compile(project: &Project) -> Result<()> {
    step("Compiling the core for wasm32", || {
        let mut build = cargo_in_the_background();
        // Not in Cargo.toml, because a cdylib has one name whatever its features: builds would overwrite each other's.
        // Without an rlib beside it, it is also 4 % smaller.
        build.args(["rustc", "--release", "--package=webpubsub-edge", "--lib", "--crate-type=cdylib"]);
        build.args(["--no-default-features", "--features=js", "--target", WASM_TARGET]);
        build.arg("--target-dir").arg(project.path(TARGET_DIR));
        build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", rustc_flags(project)?).quiet()
    })?;
    Ok(())
}

fn rustc_flags(project: &Project) -> Result<OsString> {
    let mut flags = remapped_paths(project)?;
    // Every supported runtime has SIMD, with which SHA-256 is smaller and faster.
    flags.push(" -Ctarget-feature=+simd128 -Cllvm-args=-inline-threshold=50");
    // The core needs little of a stack: addresses of data behind it are shorter.
    flags.push(" -Clink-arg=-zstack-size=32768");
    Ok(flags)
}

/// The flags that keep this machine's folders out of panic messages: the same source gives the same bytes everywhere.
pub(crate) fn remapped_paths(project: &Project) -> Result<OsString> {
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(dir) => PathBuf::from(dir),
        None => env::home_dir().context("there is no home folder: set CARGO_HOME")?.join(".cargo"),
    };
    let mut flags = OsString::from("--remap-path-prefix=");
    flags.push(cargo_home.join("registry/src"));
    flags.push("=crates --remap-path-prefix=");
    flags.push(project.root());
    flags.push("=.");
    Ok(flags)
}

fn shrink(project: &Project, generator: &Path, compiled: &Path) -> Result<()> {
    let dir = project.work_dir("wasm")?;
    let bound = dir.join(format!("{NAME}_bg.wasm"));
    Command::new(generator).arg(compiled).arg(&dir).arg(NAME).quiet()?;
    let reachable = dir.join("reachable.wasm");
    remove_unreachable(project, &bound, &reachable)?;
    let (mut smallest, mut module) = (usize::MAX, Vec::new());
    for flags in WASM_OPT_VARIANTS {
        let optimised = dir.join("optimised.wasm");
        binaryen(project, "wasm-opt", &reachable, &optimised).args(WASM_OPT).args(flags).quiet()?;
        let mut named = fs::read(&optimised)?;
        blank_panic_texts(&mut named)?;
        let stripped = without_custom_sections(&named)?;
        let size = gzip(&stripped).len();
        if size < smallest {
            (smallest, module) = (size, stripped);
            fs::write(named_wasm(project)?, &named)?;
        }
    }
    let base64 = format!("export default \"{}\";\n", BASE64_STANDARD.encode(&module));
    replace(&project.path("pkg/dist/wasm-base64.js"), base64.as_bytes())?;
    replace(&wasm(project), &module)
}

/// Removes what is reachable neither from the memory nor from the functions that the core exports, and with it every
/// import: the JavaScript instantiates the module without wasm-bindgen's glue.
fn remove_unreachable(project: &Project, input: &Path, output: &Path) -> Result<()> {
    let mut roots = Vec::new();
    for payload in Parser::new(0).parse_all(&fs::read(input)?) {
        let Payload::ExportSection(exports) = payload? else { continue };
        for export in exports {
            let export = export?;
            let is_own = export.kind == ExternalKind::Func && !export.name.starts_with("__");
            if is_own || export.kind == ExternalKind::Memory {
                roots.push(json!({ "name": export.name, "export": export.name, "root": true }));
            }
        }
    }
    ensure!(roots.len() > 1, "src/js/ exports no function");
    let graph = output.with_extension("json");
    fs::write(&graph, json!(roots).to_string())?;
    binaryen(project, "wasm-metadce", input, output).arg("--graph-file").arg(&graph).quiet()?;
    for payload in Parser::new(0).parse_all(&fs::read(output)?) {
        let Payload::ImportSection(imports) = payload? else { continue };
        if let Some(import) = imports.into_imports().next() {
            bail!(
                "the wasm still imports `{}`, because a function that src/js/ exports reaches it: only numbers may \
                 be its parameters and results",
                import?.name
            );
        }
    }
    Ok(())
}

/// A program of Binaryen that keeps the functions' names.
fn binaryen(project: &Project, program: &str, input: &Path, output: &Path) -> Command {
    let mut command = Command::new(project.npm_program(program));
    command.arg(input).args(WASM_FEATURES).args(["--debuginfo", "-o"]).arg(output);
    command
}

/// Removes names, producers and target features. wasm-opt could do so too, but would encode the code again, and the
/// module with names must have the same code.
fn without_custom_sections(module: &[u8]) -> Result<Vec<u8>> {
    let (mut kept, mut end) = (module.get(..8).context("a wasm without its header")?.to_vec(), 8);
    for payload in Parser::new(0).parse_all(module) {
        if let Some((id, range)) = payload?.as_section() {
            if id != 0 {
                kept.extend_from_slice(&module[end..range.end]);
            }
            end = range.end;
        }
    }
    Ok(kept)
}

/// Blanks the texts of panics and of the code that would format them. The core's handler of panics stops the instance without
/// reading them, but they stay in the data, which Binaryen cannot take apart.
fn blank_panic_texts(module: &mut [u8]) -> Result<()> {
    const TEXTS: &str = concat!(
        r"(?s-u)(?:crates/|/rustc/|src/core/)[!-~]{1,120}?\.rs",
        r"|slice index starts at .{0,200}? out of range for slice of length .{0,40}? out of range for slice of length ",
        r"|&copy_from_slice: source slice length .{0,50}? destination slice length ",
        // Two digits at a time, of the formatting of numbers.
        r"|0001020304050607[0-9]{180,184}",
    );
    let texts = regex::bytes::Regex::new(TEXTS)?;
    let found: Vec<_> = texts.find_iter(module).map(|found| found.range()).collect();
    for range in found {
        if let Some(text) = module.get_mut(range) {
            text.fill(0);
        }
    }
    Ok(())
}
