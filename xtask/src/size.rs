//! Sizes: what an isolate downloads, raw, gzipped and as brotli, and the budget that they must keep.

use std::fs;
use std::io::{Read, Write as _};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::build;
use crate::progress::step;
use crate::project::{Project, files};
use crate::stack;

/// The most that the wasm may weigh after gzip -9, in bytes. The one place that says so; only ever lowered.
const WASM_GZIP_BUDGET: usize = 45_000;

/// Builds the package, prints its sizes and fails over the budget.
pub(crate) fn check(project: &Project) -> Result<()> {
    build::package(project)?;
    let package = project.path("pkg");

    let wasm = Size::of(&fs::read(package.join("dist/webpubsub_edge_bg.wasm"))?)?;
    let mut js = vec![
        package.join("index.js"),
        package.join("wasm/workerd.js"),
        package.join("dist/webpubsub_edge.js"),
    ];
    js.extend(files(&package.join("lib"), |name| name.ends_with(".js"))?);
    println!("{:<28}{:>10}{:>10}{:>10}", "", "raw", "gzip -9", "brotli");
    wasm.print("wasm");
    Size::of_all(&js)?.print("JavaScript beside it");
    Size::of_all(&worker_upload(project)?)?.print("Worker upload (the demo)");
    println!("budget of the wasm: {WASM_GZIP_BUDGET} bytes after gzip -9");
    ensure!(
        wasm.gzip <= WASM_GZIP_BUDGET,
        "the wasm is {} bytes over its budget of {WASM_GZIP_BUDGET} bytes after gzip -9",
        wasm.gzip - WASM_GZIP_BUDGET
    );
    Ok(())
}

/// The files that `wrangler deploy` would upload.
fn worker_upload(project: &Project) -> Result<Vec<PathBuf>> {
    let out = project.work_dir("upload")?;
    // wrangler leaves the files of earlier builds where they are.
    fs::remove_dir_all(&out)?;
    step("Bundling the Worker", || {
        stack::wrangler(project)?
            .args(["deploy", "--dry-run", "--outdir"])
            .arg(&out)
            .quiet()
    })?;
    let upload = files(&out, |name| name.ends_with(".js") || name.ends_with(".wasm"))?;
    ensure!(
        !upload.is_empty(),
        "wrangler left nothing to upload in {}",
        out.display()
    );
    Ok(upload)
}

/// Bytes, in three forms.
#[derive(Default)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Size {
    fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes)?;
        let mut brotli = Vec::new();
        brotli::CompressorReader::new(bytes, 4096, 11, 22).read_to_end(&mut brotli)?;
        Ok(Self {
            raw: bytes.len(),
            gzip: gzip.finish()?.len(),
            brotli: brotli.len(),
        })
    }

    /// The sum over files, each compressed on its own.
    fn of_all(files: &[PathBuf]) -> Result<Self> {
        let mut sum = Self::default();
        for file in files {
            let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let size = Self::of(&bytes)?;
            sum.raw += size.raw;
            sum.gzip += size.gzip;
            sum.brotli += size.brotli;
        }
        Ok(sum)
    }

    fn print(&self, what: &str) {
        println!("{what:<28}{:>10}{:>10}{:>10}", self.raw, self.gzip, self.brotli);
    }
}
