//! The browser part: `tests/browser/*.test.js`, by Node's test runner, against the chat in a real Chromium.
//!
//! They get the page's address in DEMO_URL and the browser's path in CHROMIUM.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, anyhow, ensure};

use crate::process::Run;
use crate::progress::step;
use crate::project::{Project, files};
use crate::stack::Stack;
use crate::tools;

const USUAL_NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const GET_ONE: &str = "the tests in a browser need Chromium: install it (on Debian `apt-get install chromium`), \
    or set CHROMIUM to the path of one, or let Playwright fetch one: `npx playwright-core install chromium`";

pub(super) fn run(project: &Project) -> Result<()> {
    tools::npm_packages(project)?;
    let chromium = chromium(project)?;
    let tests = files(&project.path("tests/browser"), |name| name.ends_with(".test.js"))?;
    ensure!(!tests.is_empty(), "tests/browser/ holds no tests");
    let stack = Stack::start(project, 0)?;
    Run::new("node")
        .args(["--test", "--test-reporter=spec"])
        .args(tests)
        .env("DEMO_URL", stack.url())
        .env("CHROMIUM", chromium)
        .dir(project.root())
        .shown()
}

/// CHROMIUM, an installed one, Playwright's, or one that Playwright fetches now.
pub(super) fn chromium(project: &Project) -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM").map(PathBuf::from) {
        ensure!(
            named.is_file(),
            "CHROMIUM names {}, which is not there; {GET_ONE}",
            named.display()
        );
        return Ok(named);
    }
    if let Some(installed) = USUAL_NAMES.iter().find_map(|name| which::which(name).ok()) {
        return Ok(installed);
    }
    let cached = playwright_chromium(project)?;
    if cached.is_file() {
        return Ok(cached);
    }
    let fetched = step("Having Playwright fetch Chromium", || {
        Run::new(project.npm_program("playwright-core"))
            .args(["install", "chromium"])
            .dir(project.root())
            .quiet()
    });
    match fetched {
        Ok(_) if cached.is_file() => Ok(cached),
        Ok(_) => Err(anyhow!(
            "Playwright left no browser at {}; {GET_ONE}",
            cached.display()
        )),
        Err(error) => Err(anyhow!("{GET_ONE} (just tried, in vain: {error:#})")),
    }
}

/// Where Playwright keeps its Chromium, whether it is there or not.
fn playwright_chromium(project: &Project) -> Result<PathBuf> {
    const SCRIPT: &str = "import { chromium } from 'playwright-core'; console.log(chromium.executablePath())";
    let path = Run::new("node")
        .args(["--input-type=module", "--eval", SCRIPT])
        .dir(project.root())
        .quiet()?;
    Ok(PathBuf::from(path.trim()))
}
