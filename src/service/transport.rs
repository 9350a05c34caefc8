//! What a host provides: a way to send a request, a clock, a timer and dice.
//!
//! In here: the trait and the types of its answers. Not in here: any implementation but the plain
//! [`Response`]; `web/` has the one for `fetch`.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{future::Future, pin::Pin, time::Duration};

#[cfg(feature = "json")]
use crate::error::header;
use crate::{error::TransportError, json::Json, operation::Request};

#[cfg(target_arch = "wasm32")]
mod bounds {
    /// Nothing on wasm32, where one thread holds everything; [`Send`] elsewhere.
    pub trait MaybeSend {}
    impl<T: ?Sized> MaybeSend for T {}
    /// Nothing on wasm32, where one thread holds everything; [`Sync`] elsewhere.
    pub trait MaybeSync {}
    impl<T: ?Sized> MaybeSync for T {}
}

#[cfg(not(target_arch = "wasm32"))]
mod bounds {
    /// Nothing on wasm32, where one thread holds everything; [`Send`] elsewhere.
    pub trait MaybeSend: Send {}
    impl<T: Send + ?Sized> MaybeSend for T {}
    /// Nothing on wasm32, where one thread holds everything; [`Sync`] elsewhere.
    pub trait MaybeSync: Sync {}
    impl<T: Sync + ?Sized> MaybeSync for T {}
}

pub use bounds::{MaybeSend, MaybeSync};

/// A boxed future; it is [`Send`] but on wasm32.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;
/// A boxed future; it is [`Send`] but on wasm32.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A host. Dropping a future of it cancels what it was doing. The crate's own docs have a whole one.
pub trait Transport: MaybeSend + MaybeSync + 'static {
    /// What a body is to this host; it is passed through untouched.
    type Body: Clone + From<String> + From<&'static str> + MaybeSend + MaybeSync + 'static;
    /// What an answer is.
    type Answer: Answer;

    /// Sends a request and reads the whole answer, whatever its status. The URL goes out as it is, because the
    /// request is signed for it; redirects are not followed, because its token is for no other.
    ///
    /// # Errors
    /// A [`TransportError`] when no answer came.
    fn send(
        &self,
        request: Request<Self::Body>,
    ) -> impl Future<Output = Result<Self::Answer, TransportError>> + MaybeSend;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + MaybeSend;

    /// The time since the Unix epoch.
    fn now(&self) -> Duration;

    /// Random bits, for waits and request ids; they need not be unguessable.
    fn random(&self) -> u64;
}

/// An answer of the service, whole.
pub trait Answer: MaybeSend + MaybeSync + 'static {
    /// What the host's JSON parser gives.
    type Json: Json;

    /// The status.
    fn status(&self) -> u16;
    /// The value of a header, by its name in lower case.
    fn header(&self, name: &str) -> Option<String>;
    /// Every header, names in lower case.
    fn headers(&self) -> Vec<(String, String)>;
    /// The body as text.
    fn text(&self) -> String;
    /// The body as JSON, when it is JSON.
    fn json(&self) -> Option<Self::Json>;
}

/// An answer as plain values.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names, in any letter case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

#[cfg(feature = "json")]
impl Answer for Response {
    type Json = serde_json::Value;

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

    fn json(&self) -> Option<Self::Json> {
        serde_json::from_slice(&self.body).ok()
    }
}
