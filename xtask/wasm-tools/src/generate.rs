//! Generates the npm package's bindings: `generate MODULE OUT_DIR OUT_NAME`.

use std::env::args;

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let [module, out_dir, out_name] = args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .ok()
        .context("usage: generate MODULE OUT_DIR OUT_NAME")?;
    Bindgen::new()
        .web(true)?
        .input_path(module)
        .out_name(&out_name)
        .omit_default_module_path(true)
        .typescript(false)
        .remove_producers_section(true)
        .generate(out_dir)
}
