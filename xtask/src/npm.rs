//! What the npm packages of the library and the emulator have in common: TypeScript, licences, `npm pack`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::Run as _;
use crate::project::Project;
use crate::step::{fingerprint, step_if_changed};
use crate::tools;

/// The TypeScript of a package, in its folder `src/`.
pub(crate) struct TypeScript {
    /// The package's folder, which has `tsconfig.json`.
    pub(crate) folder: &'static str,
    /// The package's name in `xtask/bundle.js`, and that of the step's stamp.
    pub(crate) bundle: &'static str,
    pub(crate) title: &'static str,
    /// Inputs besides the sources, and the outputs.
    pub(crate) files: &'static [&'static str],
}

impl TypeScript {
    /// Makes the declarations by tsc and the JavaScript by esbuild.
    pub(crate) fn compile(&self, project: &Project) -> Result<()> {
        tools::npm_packages(project)?;
        let config = format!("{}/tsconfig.json", self.folder);
        let mut files = project.files(&format!("{}/src", self.folder), |name| name.ends_with(".ts"))?;
        files.extend(
            ["xtask/bundle.js", "pkg/tsconfig.json", &config]
                .into_iter()
                .chain(["node_modules/esbuild/package.json", "node_modules/typescript/package.json"])
                .chain(self.files.iter().copied())
                .map(|file| project.path(file)),
        );
        step_if_changed(
            project,
            &format!("typescript-{}", self.bundle),
            self.title,
            || fingerprint(&files, &files),
            || {
                // Declarations of deleted sources would stay.
                let _ = fs::remove_dir_all(project.path(self.folder).join("dist/types"));
                let mut tsc = Command::new(project.npm_program("tsc"));
                tsc.args(["--pretty", "false", "-p", &config]).quiet()?;
                Command::new("node").args(["xtask/bundle.js", self.bundle]).quiet().map(drop)
            },
        )
    }
}

/// Puts the licences, which every package contains, into its folder.
pub(crate) fn copy_licenses(project: &Project, package: &Path) -> Result<()> {
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        replace(&package.join(file), &fs::read(project.path(file))?)?;
    }
    Ok(())
}

/// `npm pack` of a package's folder into another one; returns the file.
pub(crate) fn pack(package: &Path, folder: &Path) -> Result<PathBuf> {
    let mut pack = Command::new("npm");
    pack.args(["pack", "--json", "--pack-destination"]).arg(folder).current_dir(package);
    let packed: Value = serde_json::from_str(&pack.quiet()?).context("`npm pack --json` printed no JSON")?;
    // A list before npm 12, an object by package name since.
    let packed = packed.get(0).or_else(|| packed.as_object()?.values().next());
    let tarball = packed.and_then(|packed| packed["filename"].as_str());
    Ok(folder.join(tarball.context("`npm pack --json` named no file")?))
}

/// Writes a file atomically, so that no reader sees half of it, and leaves it alone when nothing changed.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let dir = path.parent().context("a file without a folder")?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(dir)?;
    file.write_all(contents)?;
    file.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
