//! Requests by the host's `fetch`.
//!
//! `fetch` is called here and not by gloo-net, because a promise may be rejected with anything, even with a
//! string, and because users may bring their own; gloo-net reads the headers of the answer.

use alloc::{string::String, vec::Vec};
use core::time::Duration;

use gloo_net::http::Headers;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, RequestRedirect};

use super::timer::Sleep;
use crate::{
    error::TransportError,
    json::Json,
    operation::Request,
    service::{Answer, Transport},
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn host_fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;
}

/// The host's `fetch`, or one of the user's in its place: a service binding, or one that a test watches.
#[derive(Debug, Clone, Default)]
pub struct Fetch {
    instead: Option<Function>,
}

impl Fetch {
    /// The global `fetch`, looked up at every call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another function, called as `fetch` is, with a URL and an init.
    pub fn with(fetch: Function) -> Self {
        Self { instead: Some(fetch) }
    }
}

/// An answer whose body is text of the host's; it comes into the wasm only when it is asked for.
#[derive(Debug, Clone)]
pub struct FetchAnswer {
    response: web_sys::Response,
    text: JsValue,
}

impl FetchAnswer {
    /// The response, its body read already.
    pub fn response(&self) -> &web_sys::Response {
        &self.response
    }

    /// The body as a string of the host's.
    pub fn body(&self) -> &JsValue {
        &self.text
    }
}

/// Aborts a fetch that nobody waits for any more.
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
    type Answer = FetchAnswer;

    async fn send(&self, request: Request<JsValue>) -> Result<FetchAnswer, TransportError> {
        let failed = |cause: JsValue| {
            let message =
                "The request got no answer: check that the endpoint is right and the service reachable";
            TransportError::network(message, Some(cause))
        };
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
                .call2(&JsValue::UNDEFINED, &request.url.into(), &init)
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
                "fetch gave something that is not a Response",
                None,
            ));
        }
        let response: web_sys::Response = response.unchecked_into();
        let text = JsFuture::from(response.text().map_err(failed)?)
            .await
            .map_err(failed)?;
        guard.0 = None;
        Ok(FetchAnswer { response, text })
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

impl Answer for FetchAnswer {
    type Json = JsValue;

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

    fn json(&self) -> Option<JsValue> {
        // `JSON.parse` takes a string of the host's as it is; the binding would copy it twice.
        parse(&self.text).ok()
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
}

impl Json for JsValue {
    fn get(&self, name: &str) -> Option<Self> {
        self.is_object()
            .then(|| Reflect::get(self, &name.into()).ok())
            .flatten()
            .filter(|value| !value.is_undefined())
    }

    fn text(&self) -> Option<String> {
        self.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn items(&self) -> Option<Vec<Self>> {
        js_sys::Array::is_array(self).then(|| js_sys::Array::from(self).iter().collect())
    }
}
