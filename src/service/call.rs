//! A call: an operation with its options, which runs when it is awaited.
//!
//! In here: the options of each operation; an option that an operation does not accept cannot be set. Not in here: the
//! options common to all calls (`options.rs`), the verbs (`verbs.rs`, `group.rs`).

use alloc::{boxed::Box, string::String, sync::Arc};
use core::{future::IntoFuture, marker::PhantomData};

use super::{
    operations::{CallKind, Raw, TakesExcluded, TakesFilter, TakesMessage, TakesReason, TakesTarget},
    options::{CallOptions, common_options},
    pipeline::Pipeline,
    transport::{BoxFuture, Transport},
};
use crate::{
    error::Result,
    message::Message,
    operation::{Operation, Parameters},
};

/// A call that has not been sent: `.await` it. Dropping the future cancels the call.
///
/// Its options depend on the operation, so that an option which the service would ignore does not compile:
///
/// ```
/// # use webpubsub_edge::{Error, Filter, Message, WebPubSubServiceClient, service::Transport};
/// # use core::time::Duration;
/// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
/// service
///     .send_to_group("room", Message::text("hello"))
///     .excluded(&["the-sender"])
///     .filter(Filter::user_id().starts_with("tenant-7/"))
///     .message_ttl_seconds(60)
///     .timeout(Duration::from_secs(5))
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail
/// # use webpubsub_edge::{Error, WebPubSubServiceClient, service::Transport};
/// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
/// service.close_connection("a-connection").filter("userId eq 'ada'").await
/// # }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T: Transport, K> {
    pipeline: Arc<Pipeline<T>>,
    operation: Operation,
    message: Option<Message<T::Body>>,
    options: CallOptions,
    kind: PhantomData<K>,
}

impl<T: Transport, K: CallKind> Call<T, K> {
    pub(super) fn new(pipeline: &Arc<Pipeline<T>>) -> Self {
        Self {
            pipeline: pipeline.clone(),
            operation: Operation::new(K::KIND),
            message: None,
            options: CallOptions::default(),
            kind: PhantomData,
        }
    }
}

impl<T: Transport, K> Call<T, K> {
    /// Sets parameters of the operation.
    pub(super) fn with(mut self, set: impl FnOnce(&mut Parameters) -> &mut Parameters) -> Self {
        set(&mut self.operation.parameters);
        self
    }

    pub(super) fn message(mut self, message: Message<T::Body>) -> Self {
        self.message = Some(message);
        self
    }

    common_options!();
}

impl<T: Transport, K: CallKind> Call<T, K> {
    /// Returns the transport's complete response: status, headers and body. The call fails as it does without this; a
    /// [`ServiceError`](crate::error::ServiceError) has the same details of an error response.
    ///
    /// ```
    /// # use webpubsub_edge::{Error, WebPubSubServiceClient, service::{Transport, TransportResponse}};
    /// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
    /// let response = service.user_exists("ada").raw().await?;
    /// println!("{} at {:?}", response.status(), response.header("date"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(self) -> Call<T, Raw<K>> {
        Call {
            pipeline: self.pipeline,
            operation: self.operation,
            message: self.message,
            options: self.options,
            kind: PhantomData,
        }
    }
}

impl<T: Transport, K: TakesExcluded> Call<T, K> {
    /// Connections that are left out.
    pub fn excluded<S: AsRef<str>>(self, connection_ids: &[S]) -> Self {
        self.with(|parameters| parameters.excluded(connection_ids.iter().map(AsRef::as_ref)))
    }
}

impl<T: Transport, K: TakesFilter> Call<T, K> {
    /// An OData filter; only connections that match it are affected.
    pub fn filter(self, filter: impl Into<String>) -> Self {
        self.with(|parameters| parameters.filter(filter))
    }
}

impl<T: Transport, K: TakesMessage> Call<T, K> {
    /// How long the message may wait for a connection to recover, in seconds: 0 to 300; 0 for no limit.
    pub fn message_ttl_seconds(self, seconds: u32) -> Self {
        self.with(|parameters| parameters.message_ttl_seconds(seconds.into()))
    }

    /// Adds metadata: a header `X-WebPubSub-Metadata-{key}`.
    pub fn metadata(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|parameters| parameters.metadata(key, value))
    }
}

impl<T: Transport, K: TakesReason> Call<T, K> {
    /// The reason that the closed clients receive.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.with(|parameters| parameters.reason(reason))
    }
}

impl<T: Transport, K: TakesTarget> Call<T, K> {
    /// The group that the permission is for. The service requires it for both permissions.
    pub fn target_name(self, group: impl Into<String>) -> Self {
        self.with(|parameters| parameters.target_name(group))
    }
}

impl<T: Transport, K: CallKind> IntoFuture for Call<T, K> {
    type Output = Result<K::Output<T::Response>>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Operation { kind, parameters } = self.operation;
            let call = self
                .pipeline
                .run(kind, &parameters.values, self.message, &self.options);
            call.await.map(K::output)
        })
    }
}
