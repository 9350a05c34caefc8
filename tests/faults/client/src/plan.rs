//! A plan, as `tests/faults/calls.js` describes it.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Plan {
    pub(crate) number: u64,
    pub(crate) origin: String,
    pub(crate) issuer: Option<String>,
    pub(crate) key: String,
    pub(crate) new_key: String,
    pub(crate) retry: Retry,
    pub(crate) timeout: u64,
    pub(crate) phases: Vec<Phase>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Retry {
    pub(crate) max_retries: u32,
    pub(crate) retry_delay_in_ms: u64,
    #[serde(default)]
    pub(crate) repeat_sends: bool,
}

#[derive(Deserialize)]
pub(crate) struct Phase {
    pub(crate) call: String,
    #[serde(default = "once")]
    pub(crate) times: usize,
    pub(crate) again: Option<String>,
    #[serde(default)]
    pub(crate) update: bool,
}

fn once() -> usize {
    1
}
