//! Errors as JavaScript knows them: `TypeError` and `RangeError` for bad input, `RestError` for the rest.

use wasm_bindgen::prelude::*;

use crate::error::Error;

#[wasm_bindgen(raw_module = "../lib/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = argumentError)]
    fn argument_error(message: &str, code: &str, out_of_range: bool) -> JsValue;
    #[wasm_bindgen(js_name = transportError)]
    fn transport_error(message: &str, code: &str, kind: &str) -> JsValue;
}

/// The JavaScript error that an error is.
pub(super) fn thrown(error: Error) -> JsValue {
    let kind = error.kind().as_str();
    match &error {
        Error::InvalidInput(e) => argument_error(e.message(), e.code(), e.is_out_of_range()),
        Error::Transport(e) => transport_error(&e.message, e.kind.code(), kind),
        // The host's own loop makes these.
        Error::Service(e) => transport_error(&e.message, error.code(), kind),
    }
}
