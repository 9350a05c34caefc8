//! A call: an operation with its options, which runs when it is awaited.
//!
//! In here: what every call may be told, and what only some may; an option that an operation does not take is
//! not there to be set. Not in here: the verbs (`client.rs`, `group.rs`).

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use core::{future::IntoFuture, marker::PhantomData, time::Duration};

use super::{
    client::Core,
    exchange::Expect,
    observe::LogOptions,
    transport::{Answer, BoxFuture, Transport},
};
use crate::{
    error::Result,
    message::Message,
    operation::{Method, Operation, OperationKind, Request},
    retry::RetryOptions,
};

/// What every call may be told.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) retry: Option<RetryOptions>,
    pub(crate) log: Option<LogOptions>,
    pub(crate) allow_insecure_connection: bool,
}

/// A call that was not made yet: `.await` it. A call that is dropped is cancelled.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T: Transport, K> {
    core: Arc<Core<T>>,
    operation: Operation,
    message: Option<Message<T::Body>>,
    options: CallOptions,
    kind: PhantomData<K>,
}

/// What a call answers.
pub trait Kind: 'static {
    /// The answer.
    type Output;
    /// Reads it.
    #[doc(hidden)]
    fn output<A: Answer>(answer: &A) -> Self::Output;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident -> $output:ty = $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl Kind for $name {
            type Output = $output;

            fn output<A: Answer>(answer: &A) -> $output {
                let read: fn(u16) -> $output = $read;
                read(answer.status())
            }
        }
    )*};
}

kinds! {
    /// Takes no options of its own.
    Plain -> () = |_| ();
    /// Asks whether there is something.
    Asks -> bool = |status| status != 404;
    /// Sends to all or to a group: excluded, filter, TTL, metadata.
    SendsToMany -> () = |_| ();
    /// Sends to a user: filter, TTL, metadata.
    SendsToUser -> () = |_| ();
    /// Sends to a connection: TTL, metadata.
    SendsToConnection -> () = |_| ();
    /// Closes a connection: reason.
    ClosesOne -> () = |_| ();
    /// Closes connections: reason, excluded.
    ClosesMany -> () = |_| ();
    /// Grants or revokes: target.
    Permits -> () = |_| ();
    /// Asks for a permission: target.
    AsksPermission -> bool = |status| status != 404;
    /// Adds to groups or removes from them, by filter.
    AddsOrRemoves -> () = |_| ();
}

macro_rules! takes {
    ($($capability:ident: $($kind:ident)*;)*) => {$(
        #[doc(hidden)]
        pub trait $capability {}
        $(impl $capability for $kind {})*
    )*};
}

takes! {
    TakesExcluded: SendsToMany ClosesMany;
    TakesFilter: SendsToMany SendsToUser AddsOrRemoves;
    TakesMessage: SendsToMany SendsToUser SendsToConnection;
    TakesReason: ClosesOne ClosesMany;
    TakesTarget: Permits AsksPermission;
}

impl<T: Transport, K> Call<T, K> {
    pub(super) fn new(core: &Arc<Core<T>>, kind: OperationKind) -> Self {
        Self {
            core: core.clone(),
            operation: Operation::new(kind),
            message: None,
            options: CallOptions::default(),
            kind: PhantomData,
        }
    }

    pub(super) fn group(mut self, group: &str) -> Self {
        self.operation.parameters.group = Some(group.into());
        self
    }

    pub(super) fn user(mut self, user_id: &str) -> Self {
        self.operation.parameters.user = Some(user_id.into());
        self
    }

    pub(super) fn connection(mut self, connection_id: &str) -> Self {
        self.operation.parameters.connection = Some(connection_id.into());
        self
    }

    pub(super) fn permission(mut self, permission: crate::Permission) -> Self {
        self.operation.parameters.permission = Some(permission.as_str().into());
        self
    }

    pub(super) fn groups<S: AsRef<str>>(mut self, groups: &[S]) -> Self {
        self.operation.parameters.groups = groups.iter().map(|group| group.as_ref().into()).collect();
        self
    }

    pub(super) fn message(mut self, message: Message<T::Body>) -> Self {
        self.message = Some(message);
        self
    }

    /// The most time that the call may take, retries and waits included; zero is without end. Unless told, the
    /// client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Adds a header to the request, or replaces it; `Authorization` stays the client's.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.headers.push((name.into(), value.into()));
        self
    }

    /// How the request is repeated, in place of the client's way.
    pub fn retry(mut self, retry: RetryOptions) -> Self {
        self.options.retry = Some(retry);
        self
    }

    /// What is logged of this call, in place of the client's way.
    pub fn log(mut self, log: LogOptions) -> Self {
        self.options.log = Some(log);
        self
    }
}

impl<T: Transport, K: TakesExcluded> Call<T, K> {
    /// Leaves these connections out.
    pub fn excluded<S: AsRef<str>>(mut self, connection_ids: &[S]) -> Self {
        self.operation.parameters.excluded = connection_ids.iter().map(|id| id.as_ref().into()).collect();
        self
    }
}

impl<T: Transport, K: TakesFilter> Call<T, K> {
    /// Only connections that the filter matches.
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.operation.parameters.filter = Some(filter.into());
        self
    }
}

impl<T: Transport, K: TakesMessage> Call<T, K> {
    /// How long the message may wait for a connection to recover: 0 to 300 seconds; 0 is without end.
    pub fn message_ttl_seconds(mut self, seconds: u32) -> Self {
        self.operation.parameters.message_ttl_seconds = Some(seconds.into());
        self
    }

    /// Adds metadata: sent as a header `X-WebPubSub-Metadata-{key}`.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.operation
            .parameters
            .metadata
            .push((key.into(), value.into()));
        self
    }
}

impl<T: Transport, K: TakesReason> Call<T, K> {
    /// What the closed clients are told.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.operation.parameters.reason = Some(reason.into());
        self
    }
}

impl<T: Transport, K: TakesTarget> Call<T, K> {
    /// The group that the permission is for. The service asks for it with both permissions that there are.
    pub fn target_name(mut self, group: impl Into<String>) -> Self {
        self.operation.parameters.target_name = Some(group.into());
        self
    }
}

impl<T: Transport, K: Kind> IntoFuture for Call<T, K> {
    type Output = Result<K::Output>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.core
                .run(&self.operation, self.message, &self.options)
                .await
                .map(|answer| K::output(&answer))
        })
    }
}

impl<T: Transport> Core<T> {
    /// Runs an operation; its answer has the status of success, or 404 where that is an answer.
    pub(crate) async fn run(
        &self,
        operation: &Operation,
        message: Option<Message<T::Body>>,
        options: &CallOptions,
    ) -> Result<T::Answer> {
        let request = operation.request(&self.endpoint, &self.hub, &self.options.api_version, message)?;
        let kind = operation.kind;
        let expect = Expect {
            success: Some(kind.success()),
            not_found: kind.asks_existence(),
            repeatable: kind.is_repeatable(),
            secret: kind == OperationKind::GenerateClientToken,
        };
        self.exchange(request, options, expect).await
    }

    /// Sends a request of the caller's own to the service; any status is an answer.
    pub(crate) async fn send_request(
        &self,
        request: Request<T::Body>,
        options: &CallOptions,
    ) -> Result<T::Answer> {
        self.endpoint.check_own(&request.url)?;
        let repeatable = !matches!(request.method, Method::Post);
        let expect = Expect {
            success: None,
            not_found: true,
            repeatable,
            secret: true,
        };
        self.exchange(request, options, expect).await
    }
}
