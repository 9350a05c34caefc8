//! The runtimes that the suite runs in, each a row; what a row does stands in its runner in `tests/conformance/`.

/// A runtime, and how the suite gets into it.
pub(super) struct Runtime {
    /// How the README calls it.
    pub(super) name: &'static str,
    /// The program in `tests/conformance/` that runs the suite there.
    pub(super) runner: &'static str,
    /// What is told to the runner besides the usual.
    pub(super) options: &'static [&'static str],
    /// The Node that runs the runner, a folder in `tests/tools/node_modules`; the one on the PATH if there is none.
    pub(super) node: Option<&'static str>,
}

const fn runtime(name: &'static str, runner: &'static str) -> Runtime {
    Runtime {
        name,
        runner,
        options: &[],
        node: None,
    }
}

impl Runtime {
    const fn by(mut self, node: &'static str) -> Self {
        self.node = Some(node);
        self
    }

    const fn with(mut self, options: &'static [&'static str]) -> Self {
        self.options = options;
        self
    }
}

/// One of each kind, without what only the tests run: for every day.
pub(super) static QUICK: [Runtime; 4] = [
    runtime("Node, the one at hand", "node.js"),
    runtime("Deno, with `--allow-net` only", "deno.js"),
    runtime("Bun", "bun.js"),
    runtime("workerd by Miniflare 4, 2024-09-23", "workerd.js"),
];

/// `nodejs_compat` is a default from 2026-08-04.
const OLD: [&str; 2] = ["--date", "2024-09-23"];
const OLD_NODE: [&str; 4] = [OLD[0], OLD[1], "--flag", "nodejs_compat"];
const NEW: [&str; 2] = ["--flag", "no_nodejs_compat"];
const NEW_NODE: [&str; 0] = [];

/// All others.
pub(super) static OTHERS: [Runtime; 18] = [
    runtime("Node 20, `import`", "node.js").by("node-20"),
    runtime("Node 20, `require`", "node-cjs.js").by("node-20"),
    runtime("Node 22, `import`", "node.js").by("node-22"),
    runtime("Node 22, `require`", "node-cjs.js").by("node-22"),
    runtime("Node 24, `import`", "node.js").by("node-24"),
    runtime("Node 24, `require`", "node-cjs.js").by("node-24"),
    runtime("Node 26, `import`", "node.js").by("node-26"),
    runtime("Node 26, `require`", "node-cjs.js").by("node-26"),
    runtime("workerd, 2024-09-23", "workerd-raw.js").with(&OLD),
    runtime("workerd, 2024-09-23, `nodejs_compat`", "workerd-raw.js").with(&OLD_NODE),
    runtime("workerd, newest date", "workerd-raw.js").with(&NEW),
    runtime("workerd, newest date, `nodejs_compat`", "workerd-raw.js").with(&NEW_NODE),
    runtime("wrangler dev, 2024-09-23", "wrangler.js")
        .by("node-24")
        .with(&OLD),
    runtime("wrangler dev, 2024-09-23, `nodejs_compat`", "wrangler.js")
        .by("node-24")
        .with(&OLD_NODE),
    runtime("wrangler dev, newest date", "wrangler.js")
        .by("node-24")
        .with(&NEW),
    runtime("wrangler dev, newest date, `nodejs_compat`", "wrangler.js")
        .by("node-24")
        .with(&NEW_NODE),
    runtime("edge-runtime", "edge-runtime.js").by("node-24"),
    runtime("Chromium", "chromium.js"),
];
