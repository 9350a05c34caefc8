//! What a host provides: a way to send a request, a clock, a timer and randomness.
//!
//! In here: the traits, and [`Response`], a response as plain values. Not in here: any transport; `web/` has the one over
//! `fetch`, `reqwest.rs` the one over reqwest.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{future::Future, pin::Pin, time::Duration};

use serde::de::DeserializeOwned;

#[cfg(feature = "json")]
use crate::error::header;
use crate::{error::TransportError, request::Request};

#[cfg(target_arch = "wasm32")]
mod bounds {
    /// [`Send`], except on wasm32, which has one thread.
    pub trait MaybeSend {}
    impl<T: ?Sized> MaybeSend for T {}
    /// [`Sync`], except on wasm32, which has one thread.
    pub trait MaybeSync {}
    impl<T: ?Sized> MaybeSync for T {}
}

#[cfg(not(target_arch = "wasm32"))]
mod bounds {
    /// [`Send`], except on wasm32, which has one thread.
    pub trait MaybeSend: Send {}
    impl<T: Send + ?Sized> MaybeSend for T {}
    /// [`Sync`], except on wasm32, which has one thread.
    pub trait MaybeSync: Sync {}
    impl<T: Sync + ?Sized> MaybeSync for T {}
}

pub use bounds::{MaybeSend, MaybeSync};

/// A boxed future; it is [`Send`] except on wasm32.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;
/// A boxed future; it is [`Send`] except on wasm32.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A host. Dropping one of its futures cancels the operation.
pub trait Transport: MaybeSend + MaybeSync + 'static {
    /// The type of bodies, which are passed through untouched.
    type Body: Clone + From<String> + From<&'static str> + MaybeSend + MaybeSync + 'static;
    /// The type of responses.
    type Response: TransportResponse;

    /// Sends a request and reads the whole response, whatever its status. The URL must be sent unchanged, because the
    /// request is signed for it. Redirects must not be followed, because the token is for no other URL.
    ///
    /// # Errors
    /// A [`TransportError`] if no response was received.
    fn send(
        &self,
        request: Request<Self::Body>,
    ) -> impl Future<Output = Result<Self::Response, TransportError>> + MaybeSend;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + MaybeSend;

    /// The time since the Unix epoch.
    fn now(&self) -> Duration;

    /// Random bits for retry delays and request ids; they may be predictable.
    fn random(&self) -> u64;
}

/// A complete response of the service.
pub trait TransportResponse: MaybeSend + MaybeSync + 'static {
    /// The HTTP status.
    fn status(&self) -> u16;
    /// The value of a header, by its name in lower case.
    fn header(&self, name: &str) -> Option<String>;
    /// All headers, names in lower case.
    fn headers(&self) -> Vec<(String, String)>;
    /// The body as text.
    fn text(&self) -> String;
    /// The body, parsed by the host's JSON parser; none if it is not JSON of that type.
    fn json<T: DeserializeOwned>(&self) -> Option<T>;
}

/// A response as plain values.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Names, in any letter case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

#[cfg(feature = "json")]
impl TransportResponse for Response {
    fn status(&self) -> u16 {
        self.status
    }

    fn header(&self, name: &str) -> Option<String> {
        header(&self.headers, name).map(String::from)
    }

    fn headers(&self) -> Vec<(String, String)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .collect()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}
