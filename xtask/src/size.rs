//! Sizes: what `wrangler deploy --minify` uploads, after gzip -9, and the budget for it.
//!
//! The Workers in benches/size/ are bundled by esbuild with wrangler's options; JavaScript and wasm are compressed on
//! their own. `wrangler deploy --dry-run --minify --outdir` by wrangler 4.86 left the same wasm and 55 bytes more
//! JavaScript after gzip -9: the hash in the wasm's name and the name of the source map.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::process::Run as _;
use crate::project::Project;
use crate::step::step;
use crate::{build, stack};

/// The budgets, in bytes after gzip -9. The only place that defines them. They only ever decrease, unless a new
/// feature of the API needs more.
const CLIENT_BUDGET: usize = 29_860;
const ALL_BUDGET: usize = 34_240;
const WASM_BUDGET: usize = 20_170;

/// The official client needs Node's built-ins.
const OFFICIAL: [&str; 5] = [
    "--name=official",
    "--minify",
    "--compatibility-flags=nodejs_compat",
    "--compatibility-date=2026-04-26",
    "../benches/size/official.js",
];

/// Functions that are listed one by one.
const MOST_ROWS: usize = 60;

/// A name, bytes, and bytes after gzip -9.
type Row = (String, usize, usize);

/// Builds the package, prints its sizes and fails over the budget.
pub(crate) fn check(project: &Project) -> Result<()> {
    build::package(project)?;
    let wasm = build::wasm(project);
    let (wasm_raw, wasm_gzip) = size(&wasm)?;
    let (client_raw, client_gzip) = size(&bundle(project, "client", None)?.0)?;
    let (all_raw, all_gzip) = size(&bundle(project, "all", None)?.0)?;

    let rows = [
        ("client", client_raw + wasm_raw, client_gzip + wasm_gzip, CLIENT_BUDGET),
        ("client, Entra credential, events", all_raw + wasm_raw, all_gzip + wasm_gzip, ALL_BUDGET),
        ("wasm", wasm_raw, wasm_gzip, WASM_BUDGET),
    ];
    println!("{:<36}{:>9}{:>9}{:>9}", "a Worker's upload, minified", "raw", "gzip -9", "budget");
    for (name, raw, gzip, budget) in rows {
        println!("{name:<36}{raw:>9}{gzip:>9}{budget:>9}");
    }
    println!("{:<36}{all_raw:>9}{all_gzip:>9}", "JavaScript of the second");
    let (raw, gzip) = upload(project, "official", &OFFICIAL)?;
    println!("{:<36}{raw:>9}{gzip:>9}", "@azure/web-pubsub, client");
    let (raw, gzip) = upload(project, "demo", &[])?;
    println!("{:<36}{raw:>9}{gzip:>9}", "the demo, not minified");

    let inputs = bundle(project, "all", Some("--sources"))?.1;
    let total: usize = inputs.iter().map(|(_, bytes)| bytes).sum();
    let shares = inputs.into_iter().map(|(file, bytes)| (file, bytes, bytes * all_gzip / total.max(1)));
    print("JavaScript by source file (gzip: its share in proportion)", shares.collect());
    let functions = functions(&fs::read(&wasm)?, &fs::read(build::named_wasm(project)?)?)?;
    print("wasm by function (gzip: saved when it is removed)", functions);

    let over = rows.iter().filter(|(_, _, gzip, budget)| gzip > budget);
    let over: Vec<_> = over
        .map(|(name, _, gzip, budget)| format!("{} is {} bytes over the budget", name, gzip - budget))
        .collect();
    ensure!(over.is_empty(), "{}", over.join("; "));
    Ok(())
}

/// Bundles a Worker of benches/size/. Returns the script, and the bytes in it of each source file.
fn bundle(project: &Project, entry: &str, option: Option<&str>) -> Result<(PathBuf, Vec<(String, usize)>)> {
    let dir = project.work_dir("size")?;
    let mut esbuild = Command::new("node");
    esbuild.args(["xtask/bundle.js", "worker", &format!("benches/size/{entry}.js")]).arg(&dir).args(option);
    let metafile: Value = serde_json::from_str(&esbuild.quiet()?)?;
    let outputs = metafile["outputs"].as_object().context("no outputs in esbuild's metafile")?;
    let script = outputs.iter().find(|(file, _)| file.ends_with(".js")).map(|(_, output)| &output["inputs"]);
    let inputs = script.and_then(Value::as_object).into_iter().flatten();
    let bytes = |input: &Value| input["bytesInOutput"].as_u64().unwrap_or_default().try_into();
    let inputs = inputs.map(|(file, input)| Ok((file.clone(), bytes(input)?)));
    Ok((dir.join(entry).with_extension("js"), inputs.collect::<Result<_>>()?))
}

/// The size of the files that `wrangler deploy` uploads: for the demo, or for another Worker.
fn upload(project: &Project, name: &str, worker: &[&str]) -> Result<(usize, usize)> {
    let out = project.work_dir(&format!("upload-{name}"))?;
    // wrangler keeps the files of earlier builds.
    fs::remove_dir_all(&out)?;
    step(format!("Bundling a Worker: {name}"), || {
        stack::wrangler(project)?.args(["deploy", "--dry-run", "--outdir"]).arg(&out).args(worker).quiet()
    })?;
    let is_uploaded = |name: &str| name.ends_with(".js") || name.ends_with(".wasm");
    let mut sum = (0, 0);
    for file in project.files(&format!("target/xtask/upload-{name}"), is_uploaded)? {
        let (raw, gzip) = size(&file)?;
        sum = (sum.0 + raw, sum.1 + gzip);
    }
    Ok(sum)
}

/// The bytes of a file, raw and after gzip -9.
fn size(file: &Path) -> Result<(usize, usize)> {
    let gzip = Command::new("sh").args(["-c", "gzip -9 -n -c \"$0\" | wc -c"]).arg(file).quiet()?;
    let gzip = gzip.trim().parse().with_context(|| format!("cannot compress {}", file.display()))?;
    Ok((fs::read(file)?.len(), gzip))
}

/// Close to what `gzip -9` makes, within half a percent, to compare parts.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// What the largest functions of a module, its data and the rest weigh.
fn functions(module: &[u8], named: &[u8]) -> Result<Vec<Row>> {
    const DATA: u32 = u32::MAX;
    ensure!(named.starts_with(module), "the wasm with names has other code");
    let mut names = HashMap::from([(DATA, "data: texts, tables".to_owned())]);
    let (mut ranges, mut next) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(named) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    next += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => {
                ranges.push((next, body.range()));
                next += 1;
            }
            Payload::DataSection(data) => ranges.push((DATA, data.range())),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else { continue };
                for subsection in subsections {
                    let Name::Function(functions) = subsection? else { continue };
                    for function in functions {
                        let function = function?;
                        // Without the hash that rustc appends.
                        let name = function.name.rsplit_once("::h").map_or(function.name, |(name, _)| name);
                        names.insert(function.index, name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    ranges.sort_by_key(|(_, range)| Reverse(range.len()));
    let others = ranges.split_off(ranges.len().min(MOST_ROWS));

    let (mut raw, mut compressed) = (module.len(), gzip(module).len());
    let whole = compressed;
    let mut rows = Vec::new();
    for (index, range) in ranges {
        let rest = [&module[..range.start], &module[range.end..]].concat();
        let saved = whole.saturating_sub(gzip(&rest).len());
        (raw, compressed) = (raw - range.len(), compressed.saturating_sub(saved));
        let name = names.remove(&index).unwrap_or_else(|| format!("function {index}"));
        rows.push((name, range.len(), saved));
    }
    rows.push((format!("{} smaller functions, and what parts share", others.len()), raw, compressed));
    Ok(rows)
}

fn print(title: &str, mut rows: Vec<Row>) {
    println!("\n{:>9}{:>9}  {title}", "raw", "gzip -9");
    rows.sort_by_key(|(_, _, gzip)| Reverse(*gzip));
    for (name, raw, gzip) in rows {
        println!("{raw:>9}{gzip:>9}  {name}");
    }
}
