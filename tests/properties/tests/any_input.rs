//! The properties on a bounded number of inputs: those that the fuzz targets keep, and as many again of proptest's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use properties::{TARGETS, Target};
use proptest::string::string_regex;
use proptest::test_runner::{Config, TestRunner};

/// The inputs of proptest for each target; PROPTEST_CASES asks for more.
const CASES: u32 = 1000;

fn fuzz(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(path)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn check(target: &Target) {
    for file in files(&fuzz("corpus").join(target.name)) {
        println!("{}", file.display());
        target.check_bytes(&fs::read(file).unwrap());
    }
    let texts: Vec<_> = target
        .texts
        .iter()
        .map(|text| string_regex(text).unwrap())
        .collect();
    let mut runner = TestRunner::new(Config {
        cases: Config::default().cases.max(CASES),
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&texts, |texts| {
        target.check(&texts);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{}: {error}", target.name));
}

/// A test for each target.
macro_rules! tests {
    ($($name:ident)*) => {
        const TESTED: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                check(Target::find(stringify!($name)));
            }
        )*
    };
}

tests! {
    bodies connection_string endpoint entra entry filter headers judge names next_link operation own_path redact response role
    state texts token webhook
}

#[test]
fn every_target_is_tested_and_fuzzed() {
    let all: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let name = |file: PathBuf| file.file_stem().unwrap().to_str().unwrap().to_owned();
    let names = |folder| {
        files(&fuzz(folder))
            .into_iter()
            .map(name)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        TESTED
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>(),
        all
    );
    assert_eq!(names("src/bin"), all);
    assert_eq!(names("corpus"), all);
    for name in all {
        let source = fs::read_to_string(fuzz("src/bin").join(&name).with_extension("rs")).unwrap();
        assert!(
            source.contains(&format!("{name:?}")),
            "{name} runs another target"
        );
    }
}
