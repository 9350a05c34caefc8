//! Options of clients and of calls.
//!
//! In here: the options that every call accepts, and their defaults. Not in here: options of single operations
//! (`call.rs`).

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::time::Duration;

use super::log::LogOptions;
use crate::{
    core::{headers::USER_AGENT, judge::TIMEOUT, operation::API_VERSION},
    endpoint::ReverseProxy,
    retry::RetryOptions,
};

/// Options of a client.
///
/// ```
/// # use webpubsub_edge::{ClientOptions, Error, RetryOptions, ReverseProxy, WebPubSubServiceClient};
/// # use webpubsub_edge::service::{LogOptions, Transport};
/// # fn client<T: Transport + Clone>(service: WebPubSubServiceClient<T>) -> Result<WebPubSubServiceClient<T>, Error> {
/// # use core::time::Duration;
/// let service = service.with_options(ClientOptions {
///     timeout: Duration::from_secs(10),
///     retry: RetryOptions { max_retries: 5, ..RetryOptions::default() },
///     reverse_proxy: Some(ReverseProxy::parse("https://api.contoso.com/webpubsub")?),
///     log: LogOptions::new(|attempt| println!("{} {} {:?}", attempt.method, attempt.url, attempt.status)),
///     ..ClientOptions::default()
/// });
/// # Ok(service)
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Maximum time for a call, retries and delays included; zero for no limit. Default: 60 s.
    pub timeout: Duration,
    /// How requests are retried.
    pub retry: RetryOptions,
    /// A reverse proxy that requests are sent through. Tokens are still signed for the service's own URL.
    pub reverse_proxy: Option<ReverseProxy>,
    /// Whether clients connect through the proxy too: the URLs of client access tokens are the proxy's. Default: false.
    pub reverse_proxy_client_urls: bool,
    /// Whether bearer tokens may be sent over http, to a service on this machine. Default: false.
    pub allow_insecure_connection: bool,
    /// The version of the service's API. Default: [`API_VERSION`].
    pub api_version: String,
    /// The `User-Agent` header. Default: the name and version of this library.
    pub user_agent: String,
    /// Options for logging.
    pub log: LogOptions,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_millis(TIMEOUT.into()),
            retry: RetryOptions::default(),
            reverse_proxy: None,
            reverse_proxy_client_urls: false,
            allow_insecure_connection: false,
            api_version: API_VERSION.to_string(),
            user_agent: USER_AGENT.to_string(),
            log: LogOptions::default(),
        }
    }
}

/// Options common to all calls.
#[derive(Debug, Clone, Default)]
pub(super) struct CallOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) retry: Option<RetryOptions>,
    pub(super) log: Option<LogOptions>,
    pub(super) allow_insecure_connection: bool,
}

/// The methods that set the options common to all calls, for the `impl` of a type with a field `options`.
macro_rules! common_options {
    () => {
        /// Maximum time for the call, retries and delays included; zero for no limit. Default: the client's.
        pub fn timeout(mut self, timeout: core::time::Duration) -> Self {
            self.options.timeout = Some(timeout);
            self
        }

        /// Adds a header to the request, or replaces it; `Authorization` stays the client's. An invalid name or value
        /// fails the call with the code `InvalidHeader`, before anything is sent.
        pub fn header(
            mut self,
            name: impl Into<alloc::string::String>,
            value: impl Into<alloc::string::String>,
        ) -> Self {
            self.options.headers.push((name.into(), value.into()));
            self
        }

        /// How the request is retried. Default: the client's options.
        pub fn retry(mut self, retry: crate::retry::RetryOptions) -> Self {
            self.options.retry = Some(retry);
            self
        }

        /// Options for logging this call. Default: the client's.
        pub fn log(mut self, log: crate::service::LogOptions) -> Self {
            self.options.log = Some(log);
            self
        }

        /// Allows a bearer token to be sent over http, to a service on this machine. Tokens that an access key signs
        /// need no permission, because they are valid for one URL only.
        pub fn allow_insecure_connection(mut self) -> Self {
            self.options.allow_insecure_connection = true;
            self
        }
    };
}
pub(super) use common_options;
