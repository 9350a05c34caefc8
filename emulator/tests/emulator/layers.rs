//! The layers of the source: each folder knows only the ones below it, and files stay short.

use std::fs;
use std::path::{Path, PathBuf};

/// The rows that contributors read, from the top down; what shares a row does not know each other.
const CONTRIBUTING: &str = include_str!("../../../CONTRIBUTING.md");
/// The most lines that a file may have.
const MAX_LINES: usize = 400;

fn layer(folder: &str) -> Option<usize> {
    let (_, rows) = CONTRIBUTING.split_once("```text layers\n").unwrap();
    let (rows, _) = rows.split_once("\n```").unwrap();
    rows.lines()
        .position(|row| row.split(", ").any(|name| name == folder))
}

/// The folder or top-level module that a path within `src` belongs to.
fn folder(path: &Path) -> &str {
    let first = path.iter().next().unwrap().to_str().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The folders that a source text names by `crate::…`, also in a list: `use crate::{client, rest};`.
fn named(source: &str) -> Vec<String> {
    let names = |text: &str| -> Vec<String> {
        let word = |text: &str| {
            let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
            text[..end.unwrap_or(text.len())].to_owned()
        };
        match text.strip_prefix('{') {
            None => vec![word(text)],
            Some(list) => {
                // The first names of a list, at depth one.
                let (mut depth, mut names, mut start) = (1, Vec::new(), 0);
                for (at, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 || (depth == 1 && c == ',') {
                        names.push(word(list[start..at].trim_start()));
                        start = at + 1;
                    }
                    if depth == 0 {
                        break;
                    }
                }
                names
            }
        }
    };
    source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
        .split("crate::")
        .skip(1)
        .flat_map(names)
        .filter(|name| !name.is_empty())
        .collect()
}

/// What in this source breaks the order.
fn violations(path: &Path, source: &str) -> Vec<String> {
    let own = folder(path);
    let Some(own_layer) = layer(own) else {
        return vec![format!("{}: '{own}' has no place in the layers", path.display())];
    };
    let mut found = Vec::new();
    for name in named(source).iter().filter(|name| *name != own) {
        match layer(name) {
            Some(other) if other > own_layer => {}
            Some(_) => found.push(format!(
                "{}: {own} must not know {name}, which is not below it",
                path.display()
            )),
            None => found.push(format!("{}: '{name}' has no place in the layers", path.display())),
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn each_folder_knows_only_the_ones_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    assert!(paths.len() > 30, "only {paths:?}");
    let mut faults = Vec::new();
    for path in &paths {
        let relative = path.strip_prefix(&root).unwrap();
        let source = fs::read_to_string(path).unwrap();
        let lines = source.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{}: {lines} lines", relative.display()));
        }
        // The crate's root and the command line see everything.
        if !["lib.rs", "main.rs", "options.rs"]
            .iter()
            .any(|root| relative == Path::new(root))
        {
            faults.extend(violations(relative, &source));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_folder_that_knows_one_above_it_or_beside_it_is_found() {
    let found = |path: &str, source: &str| !violations(Path::new(path), source).is_empty();
    assert!(found("hub/mod.rs", "use crate::client::Session;"));
    assert!(found("rest/call.rs", "use crate::client::Session;"));
    assert!(found("service.rs", "use crate::rest;"));
    assert!(found(
        "hub/queue.rs",
        "use crate::{\n    model::{Message, Origin},\n    service,\n};"
    ));
    assert!(found("model/mod.rs", "fn f() { crate::http::f() }"));
    assert!(found("hub/mod.rs", "use crate::elsewhere::X;"));
    assert!(found("elsewhere/mod.rs", ""));
    assert!(!found(
        "hub/mod.rs",
        "use crate::hub::Hub;\nuse crate::model::{Message, Origin};"
    ));
    assert!(!found("hub/mod.rs", "//! See crate::client.\nuse super::Hub;"));
    assert!(!found("emulator/mod.rs", "use crate::{client, rest};"));
}
