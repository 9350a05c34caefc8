//! The types of the crate `http`: a request in, a response out.
//!
//! In here: conversions, and reading a body within the handler's limit. Not in here: what is decided of requests and
//! responses (`core/events/`).

use alloc::vec::Vec;
use core::pin::pin;

use ::http::{HeaderValue, Request, Response, StatusCode, request::Parts};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};

use super::{
    event::Event,
    handler::{Handler, Received},
    head::Head,
    response::EventResponse,
};
use crate::core::events::refusal::RefusalCause;

impl Handler {
    /// Responds to a request. Verified events are given to `decide` with their bodies; all other requests are responded to
    /// here: the handshake, refusals, and 404 for a request that is not for this handler.
    ///
    /// axum and workers-rs, with its feature `http`, have requests of this type, and send the response as it is.
    ///
    /// # Errors
    /// The error of `decide`. Whoever responds with 500 then should not say why: see [`EventResponse::failed`].
    ///
    /// ```
    /// use webpubsub_edge::events::{ConnectResponse, Event, EventResponse, Handler, Kind, StateChange};
    ///
    /// async fn decide(event: &Event<'_>, _body: Vec<u8>) -> webpubsub_edge::Result<EventResponse> {
    ///     match event.kind() {
    ///         Kind::Connect => ConnectResponse::new().groups(&["room"]).response(&StateChange::Keep),
    ///         _ => Ok(EventResponse::empty()),
    ///     }
    /// }
    ///
    /// # async fn run(handler: Handler, request: http::Request<String>) -> webpubsub_edge::Result<()> {
    /// let response = handler.respond(request, decide).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn respond<B, E>(
        &self,
        request: Request<B>,
        decide: impl AsyncFnOnce(&Event<'_>, Vec<u8>) -> Result<EventResponse, E>,
    ) -> Result<Response<Full<Bytes>>, E>
    where
        B: BodyExt<Data: AsRef<[u8]>>,
    {
        let (parts, body) = request.into_parts();
        let response = match self.receive(Head::from(&parts)) {
            Received::NotMine => EventResponse::not_found(self.hub.as_str()),
            Received::Response(response) => response,
            Received::Event(event) => match self.read_body(body).await {
                Ok(body) => decide(&event, body).await?,
                Err(refusal) => refusal,
            },
        };
        Ok(response.into())
    }

    /// Reads the body of an event.
    ///
    /// # Errors
    /// The response: 413 for a body that is larger than [`max_body_bytes`](Self::max_body_bytes), 400 for one that does not
    /// arrive in full.
    pub async fn read_body<B>(&self, body: B) -> Result<Vec<u8>, EventResponse>
    where
        B: BodyExt<Data: AsRef<[u8]>>,
    {
        // Not `Limited`, which needs errors that are `Send`: those of a Worker are not.
        let too_large = || EventResponse::too_large(self.max_body_bytes);
        if body.size_hint().lower() > self.max_body_bytes as u64 {
            return Err(too_large());
        }
        let (mut body, mut bytes) = (pin!(body), Vec::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| EventResponse::refuse(RefusalCause::BodyBroken, "", ""))?;
            let Ok(data) = frame.into_data() else {
                continue; // trailers
            };
            if data.as_ref().len() > self.max_body_bytes - bytes.len() {
                return Err(too_large());
            }
            bytes.extend_from_slice(data.as_ref());
        }
        Ok(bytes)
    }
}

impl<'a> From<&'a Parts> for Head<'a> {
    fn from(parts: &'a Parts) -> Self {
        let headers = parts.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
        Self::new(parts.method.as_str(), parts.uri.path(), headers)
    }
}

impl<R: From<Vec<u8>>> From<EventResponse> for Response<R> {
    fn from(response: EventResponse) -> Self {
        let mut converted = Response::new(());
        *converted.status_mut() =
            StatusCode::from_u16(response.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in response.headers() {
            if let Ok(value) = HeaderValue::from_str(value) {
                converted.headers_mut().insert(name, value);
            }
        }
        converted.map(|()| response.into_body().into())
    }
}
