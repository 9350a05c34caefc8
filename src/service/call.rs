//! A call: an operation with its options, which runs when it is awaited.
//!
//! In here: what every call may be told, and what only some may; an option that an operation does not take is
//! not there to be set. Not in here: the verbs (`client.rs`, `group.rs`), requests without a verb (`request.rs`).

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
    operation::{Operation, OperationKind},
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

/// The options that every call takes, for the `impl` of whatever is one: it holds its `options`.
macro_rules! common_options {
    () => {
        /// The most time that the call may take, retries and waits included; zero is without end. Unless told,
        /// the client's.
        pub fn timeout(mut self, timeout: core::time::Duration) -> Self {
            self.options.timeout = Some(timeout);
            self
        }

        /// Adds a header to the request, or replaces it; `Authorization` stays the client's. A name or a value
        /// that no header may have fails the call with the code `InvalidHeader`, before anything is sent.
        pub fn header(
            mut self,
            name: impl Into<alloc::string::String>,
            value: impl Into<alloc::string::String>,
        ) -> Self {
            self.options.headers.push((name.into(), value.into()));
            self
        }

        /// How the request is repeated, in place of the client's way.
        pub fn retry(mut self, retry: crate::retry::RetryOptions) -> Self {
            self.options.retry = Some(retry);
            self
        }

        /// What is logged of this call, in place of the client's way.
        pub fn log(mut self, log: crate::service::LogOptions) -> Self {
            self.options.log = Some(log);
            self
        }

        /// Sends a bearer token over http, to a service on this machine. A key's signature goes anyway.
        pub fn allow_insecure_connection(mut self) -> Self {
            self.options.allow_insecure_connection = true;
            self
        }
    };
}
pub(super) use common_options;

/// A call that was not made yet: `.await` it. A call that is dropped is cancelled.
///
/// Which options it has depends on the operation, so that one which the service would ignore is not there:
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
    /// The answer, out of the transport's.
    type Output<A: Answer>;
    /// Reads it.
    #[doc(hidden)]
    fn output<A: Answer>(answer: A) -> Self::Output<A>;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident -> $output:ty = $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl Kind for $name {
            type Output<A: Answer> = $output;

            fn output<A: Answer>(answer: A) -> $output {
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

/// Answers with the whole answer of the service, in place of what is read out of it: see [`Call::raw`].
#[derive(Debug)]
pub struct Raw<K>(PhantomData<K>);

impl<K: Kind> Kind for Raw<K> {
    type Output<A: Answer> = A;

    fn output<A: Answer>(answer: A) -> A {
        answer
    }
}

macro_rules! takes {
    ($($capability:ident: $($kind:ident)*;)*) => {$(
        #[doc(hidden)]
        pub trait $capability {}
        $(impl $capability for $kind {})*
        impl<K: $capability> $capability for Raw<K> {}
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

    common_options!();
}

impl<T: Transport, K: Kind> Call<T, K> {
    /// Answers with the transport's whole answer: status, headers and body. What fails without this fails with
    /// it too; a [`ServiceError`](crate::error::ServiceError) has the same of an answer that is an error.
    ///
    /// ```
    /// # use webpubsub_edge::{Error, WebPubSubServiceClient, service::{Answer, Transport}};
    /// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
    /// let answer = service.user_exists("ada").raw().await?;
    /// println!("{} at {:?}", answer.status(), answer.header("date"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(self) -> Call<T, Raw<K>> {
        Call {
            core: self.core,
            operation: self.operation,
            message: self.message,
            options: self.options,
            kind: PhantomData,
        }
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
    type Output = Result<K::Output<T::Answer>>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            self.core
                .run(&self.operation, self.message, &self.options)
                .await
                .map(K::output)
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
}
