//! The transport over the host's `fetch`.
//!
//! In here: sending, and reading responses. `fetch` is called here and not by gloo-net, because a promise may be rejected
//! with any value, and because users may bring their own function; gloo-net reads the headers of the response, and
//! serde-wasm-bindgen its JSON. Not in here: the requests (`request.rs`).

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use gloo_net::http::Headers;
use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, RequestInit, RequestRedirect, TextDecodeOptions,
    TextDecoder,
};

use super::timer::Sleep;
use crate::{
    core::judge::MAX_RESPONSE_BYTES,
    error::TransportError,
    request::Request,
    service::{Transport, TransportResponse},
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn host_fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;
}

/// A transport over the host's `fetch`, or over another function: that of a service binding, or a mock.
#[derive(Debug, Clone)]
pub struct Fetch {
    instead: Option<Function>,
    max_response_bytes: u32,
}

impl Default for Fetch {
    fn default() -> Self {
        Self {
            instead: None,
            max_response_bytes: MAX_RESPONSE_BYTES,
        }
    }
}

impl Fetch {
    /// Uses the global `fetch`, looked up at every call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Uses another function, called like `fetch` with a URL and an init.
    pub fn with(fetch: Function) -> Self {
        Self {
            instead: Some(fetch),
            ..Self::default()
        }
    }

    /// The largest response that is read, in bytes, after decompression; a larger one is an error with the code
    /// `PARSE_ERROR`. Default: 4 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: u32) -> Self {
        self.max_response_bytes = bytes;
        self
    }
}

/// A response whose body is a string of the host; it is copied into the wasm only on request.
#[derive(Debug, Clone)]
pub struct FetchResponse {
    response: web_sys::Response,
    text: JsValue,
}

impl FetchResponse {
    /// The host's response. Its body has been read.
    pub fn response(&self) -> &web_sys::Response {
        &self.response
    }

    /// The body as a string of the host.
    pub fn body(&self) -> &JsValue {
        &self.text
    }
}

/// Aborts a fetch whose future was dropped.
struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Transport for Fetch {
    type Body = JsValue;
    type Response = FetchResponse;

    async fn send(&self, request: Request<JsValue>) -> Result<FetchResponse, TransportError> {
        let failed = |cause: JsValue| TransportError::no_response(&request.url, Some(cause));
        let mut guard = AbortOnDrop(AbortController::new().ok());
        let init = RequestInit::new();
        init.set_method(request.method.as_str());
        // The service never redirects, and a token is for one URL only.
        init.set_redirect(RequestRedirect::Manual);
        init.set_signal(guard.0.as_ref().map(AbortController::signal).as_ref());
        let headers = Object::new();
        for (name, value) in &request.headers {
            Reflect::set(&headers, &(&**name).into(), &value.into()).map_err(failed)?;
        }
        init.set_headers(&headers);
        if let Some(body) = &request.body {
            init.set_body(body);
        }
        let promise = match &self.instead {
            None => host_fetch(&request.url, &init),
            Some(fetch) => fetch
                .call2(&JsValue::UNDEFINED, &request.url.as_str().into(), &init)
                .map(|value| Promise::resolve(&value)),
        }
        .map_err(failed)?;
        let response = JsFuture::from(promise).await.map_err(failed)?;
        // Not `dyn_into`: a response of another realm is a response too.
        let is_response = response.is_object()
            && Reflect::get(&response, &"status".into()).is_ok_and(|status| status.as_f64().is_some())
            && Reflect::get(&response, &"headers".into()).is_ok_and(|headers| headers.is_object());
        if !is_response {
            return Err(TransportError::network(
                "fetch returned something that is not a Response: check the function given to Fetch::with",
                None,
            ));
        }
        let response: web_sys::Response = response.unchecked_into();
        let text = self.read(&request.url, &response).await?;
        guard.0 = None;
        Ok(FetchResponse { response, text })
    }

    async fn sleep(&self, time: Duration) {
        Sleep::new(time).await;
    }

    fn now(&self) -> Duration {
        Duration::from_millis(js_sys::Date::now() as u64)
    }

    fn random(&self) -> u64 {
        let half = || (js_sys::Math::random() * 4_294_967_296.0) as u64;
        half() << 32 | half()
    }
}

impl Fetch {
    /// Reads a body as text, within the limit: a small body may be compressed from a huge one.
    async fn read(&self, url: &str, response: &web_sys::Response) -> Result<JsValue, TransportError> {
        let failed = |cause: JsValue| TransportError::no_response(url, Some(cause));
        let Some(body) = response.body() else {
            return Ok(JsValue::from_str(""));
        };
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        let decoder = TextDecoder::new().map_err(failed)?;
        let (mut text, mut left) = (js_sys::JsString::from(""), self.max_response_bytes);
        loop {
            let read = JsFuture::from(reader.read()).await.map_err(failed)?;
            let chunk = Reflect::get(&read, &"value".into()).map_err(failed)?;
            let options = TextDecodeOptions::new();
            options.set_stream(!chunk.is_undefined());
            // The last call, without a chunk, writes what is left of a character.
            let empty = Uint8Array::new_with_length(0);
            let bytes = chunk.dyn_ref::<Uint8Array>().unwrap_or(&empty);
            let Some(rest) = left.checked_sub(bytes.byte_length()) else {
                let _ = reader.cancel();
                return Err(TransportError::too_large(self.max_response_bytes));
            };
            left = rest;
            let decoded = decoder
                .decode_with_buffer_source_and_options(bytes, &options)
                .map_err(failed)?;
            text = text.concat(&decoded.into());
            if chunk.is_undefined() {
                return Ok(text.into());
            }
        }
    }
}

impl TransportResponse for FetchResponse {
    fn status(&self) -> u16 {
        self.response.status()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name).ok().flatten()
    }

    fn headers(&self) -> Vec<(String, String)> {
        Headers::from_raw(self.response.headers()).entries().collect()
    }

    fn text(&self) -> String {
        self.text.as_string().unwrap_or_default()
    }

    fn json<T: DeserializeOwned>(&self) -> Option<T> {
        // Not js_sys::JSON, which would copy the string twice.
        serde_wasm_bindgen::from_value(parse(&self.text).ok()?).ok()
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
}
