//! The client of a hub: operations in as names and texts, requests out as JSON text, everything in between
//! decided here. The host's JavaScript does the sending (`pkg/lib/exchange.js`), because a promise that it
//! awaits itself belongs to the request that it serves, and a body never leaves it.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::time::Duration;

use wasm_bindgen::prelude::*;

use super::errors::thrown;
use crate::{
    access_key::AccessKey,
    connection_string::ConnectionString,
    endpoint::{Endpoint, ReverseProxy},
    error::{Error, Result},
    json::Object,
    message::{ContentType, Message},
    names::Hub,
    operation::{API_VERSION, Operation, OperationKind, Parameters, Request},
    service::continuation_token,
    token::{ClientAccess, ClientAccessToken, ClientProtocol, request_token},
};

type JsResult<T> = core::result::Result<T, JsValue>;

/// The client of a hub.
#[wasm_bindgen]
pub struct ServiceCore {
    endpoint: Endpoint,
    origin: String,
    hub: Hub,
    /// None where tokens come from elsewhere.
    key: Option<AccessKey>,
    proxy: Option<ReverseProxy>,
    proxies_clients: bool,
    api_version: String,
}

#[wasm_bindgen]
impl ServiceCore {
    /// A client out of a connection string and nothing more, or out of an endpoint and perhaps a key.
    #[wasm_bindgen(constructor)]
    pub fn new(
        target: &str,
        is_connection_string: bool,
        key: Option<String>,
        hub: &str,
        api_version: Option<String>,
        proxy: Option<String>,
        proxies_clients: bool,
    ) -> JsResult<ServiceCore> {
        let build = || {
            let (endpoint, key) = if is_connection_string {
                let ConnectionString { endpoint, access_key } = ConnectionString::parse(target)?;
                (endpoint, Some(access_key))
            } else {
                (Endpoint::parse(target)?, key.map(AccessKey::new).transpose()?)
            };
            Ok(Self {
                origin: endpoint.origin(),
                endpoint,
                hub: Hub::new(hub)?,
                key,
                proxy: proxy.as_deref().map(ReverseProxy::parse).transpose()?,
                proxies_clients,
                api_version: api_version.unwrap_or_else(|| API_VERSION.to_owned()),
            })
        };
        build().map_err(thrown)
    }

    /// Where the service is, with a slash at the end, as URLs have it.
    #[wasm_bindgen(getter)]
    pub fn endpoint(&self) -> String {
        [&self.origin, "/"].concat()
    }

    /// The version of the service's API.
    #[wasm_bindgen(getter, js_name = apiVersion)]
    pub fn api_version(&self) -> String {
        self.api_version.clone()
    }

    /// Whether bearer tokens may be sent, insecurely only where the user allows it and nobody else can listen.
    #[wasm_bindgen(js_name = isPrivate)]
    pub fn is_private(&self, allowed: bool) -> bool {
        self.proxy
            .as_ref()
            .map_or(&self.endpoint, ReverseProxy::endpoint)
            .is_private(allowed)
    }

    /// Replaces the key.
    #[wasm_bindgen(js_name = setKey)]
    pub fn set_key(&mut self, key: &str) -> JsResult<()> {
        self.key = Some(AccessKey::new(key).map_err(thrown)?);
        Ok(())
    }

    /// The request of an operation. `parameters` are names and values in turn; `content_type` is that of the
    /// message, which stays with the host.
    pub fn request(&self, kind: &str, parameters: Vec<String>, content_type: Option<u8>) -> JsResult<String> {
        self.operation(kind, parameters, content_type).map_err(thrown)
    }

    fn operation(&self, kind: &str, parameters: Vec<String>, content_type: Option<u8>) -> Result<String> {
        let kind = OperationKind::from_name(kind)
            .ok_or_else(|| Error::invalid("InvalidOperation", "There is no such operation"))?;
        let message = content_type.map(|kind| Message {
            content_type: match kind {
                0 => ContentType::Json,
                1 => ContentType::Text,
                _ => ContentType::Binary,
            },
            body: String::new(),
        });
        self.plan(
            &Operation {
                kind,
                parameters: read(parameters)?,
            },
            message,
        )
    }

    fn plan(&self, operation: &Operation, message: Option<Message<String>>) -> Result<String> {
        let request = operation.request(&self.endpoint, &self.hub, &self.api_version, message)?;
        let kind = operation.kind;
        let plan = self
            .sent(&request.url)
            .text("method", request.method.as_str())
            .raw("headers", &headers(&request))
            .integer("success", kind.success().into())
            .flag("asks", kind.asks_existence())
            .flag("repeatable", kind.is_repeatable())
            .flag("secret", kind == OperationKind::GenerateClientToken);
        Ok(match &request.body {
            Some(body) if !kind.sends() => plan.text("body", body),
            _ => plan,
        }
        .end())
    }

    /// Where a request goes, and what it is signed for.
    fn sent(&self, url: &str) -> Object {
        let proxied = self
            .proxy
            .as_ref()
            .and_then(|proxy| proxy.rebase(url, &self.origin));
        Object::new()
            .text("audience", url)
            .text("url", proxied.as_deref().unwrap_or(url))
    }

    /// The request for a page that a link leads to.
    pub fn follow(&self, link: &str) -> JsResult<String> {
        let url = self.endpoint.rebased(link).map_err(thrown)?;
        let token = continuation_token(link).unwrap_or_default();
        Ok(self.sent(&url).text("continuationToken", &token).end())
    }

    /// A request of the user's own.
    pub fn own(&self, url: &str) -> JsResult<String> {
        self.endpoint.check_own(url).map_err(thrown)?;
        Ok(self.sent(url).end())
    }

    /// The token of a request, signed with the key.
    pub fn sign(&self, audience: &str, now: f64) -> Option<String> {
        self.key
            .as_ref()
            .map(|key| request_token(key, audience, time(now)))
    }

    /// A client access token as JSON text, or nothing when there is no key to sign it with.
    #[wasm_bindgen(js_name = clientAccess)]
    pub fn client_access(
        &self,
        options: Vec<String>,
        jwt_headers: Vec<String>,
        now: f64,
    ) -> JsResult<Option<String>> {
        let sign = || {
            let mut access = access(options)?;
            access.jwt_headers = pairs(jwt_headers).collect();
            let Some(key) = &self.key else { return Ok(None) };
            let token = access.sign(key, &self.endpoint, &self.hub, time(now))?;
            Ok(Some(self.token_json(access.protocol, token.token)))
        };
        sign().map_err(thrown)
    }

    /// The request by which the service is asked for a client access token.
    #[wasm_bindgen(js_name = clientAccessRequest)]
    pub fn client_access_request(&self, options: Vec<String>) -> JsResult<String> {
        access(options)
            .and_then(|access| self.plan(&access.operation()?, None))
            .map_err(thrown)
    }

    /// A client access token that the service issued, as JSON text.
    #[wasm_bindgen(js_name = issued)]
    pub fn issued(&self, protocol: Option<String>, token: String) -> String {
        let protocol = protocol
            .and_then(|protocol| protocol.parse().ok())
            .unwrap_or_default();
        self.token_json(protocol, token)
    }

    fn token_json(&self, protocol: ClientProtocol, token: String) -> String {
        let proxy = self.proxy.as_ref().filter(|_| self.proxies_clients);
        let token = ClientAccessToken::new(protocol, &self.endpoint, proxy, &self.hub, token);
        let ClientAccessToken { base_url, token, url } = token;
        Object::new()
            .text("token", &token)
            .text("baseUrl", &base_url)
            .text("url", &url)
            .end()
    }
}

fn time(milliseconds: f64) -> Duration {
    Duration::from_millis(milliseconds as u64)
}

fn headers<B>(request: &Request<B>) -> String {
    let all = request.headers.iter();
    all.fold(Object::new(), |object, (name, value)| object.text(name, value))
        .end()
}

/// Names and values in turn, as pairs.
fn pairs(texts: Vec<String>) -> impl Iterator<Item = (String, String)> {
    let mut texts = texts.into_iter();
    core::iter::from_fn(move || Some((texts.next()?, texts.next()?)))
}

fn read(texts: Vec<String>) -> Result<Parameters> {
    let mut p = Parameters::default();
    // The host has numbers as text; what is none becomes one that no limit allows.
    let number = |text: &str| text.parse().unwrap_or(u64::MAX);
    for (name, value) in pairs(texts) {
        match &*name {
            "group" => p.group = Some(value),
            "user" => p.user = Some(value),
            "connection" => p.connection = Some(value),
            "permission" => p.permission = Some(value),
            "groups" => p.groups.push(value),
            "excludedConnections" => p.excluded.push(value),
            "filter" => p.filter = Some(value),
            "messageTtlSeconds" => p.message_ttl_seconds = Some(number(&value)),
            "reason" => p.reason = Some(value),
            "targetName" => p.target_name = Some(value),
            "maxPageSize" => p.max_page_size = Some(number(&value)),
            "top" => p.top = Some(number(&value)),
            "continuationToken" => p.continuation_token = Some(value),
            name => match name.strip_prefix("messageMetadata.") {
                Some(key) => p.metadata.push((key.to_owned(), value)),
                None => return Err(Error::invalid("InvalidOption", "There is no such parameter")),
            },
        }
    }
    Ok(p)
}

fn access(texts: Vec<String>) -> Result<ClientAccess> {
    let mut access = ClientAccess::default();
    for (name, value) in pairs(texts) {
        match &*name {
            "userId" => access.user_id = Some(value),
            "roles" => access.roles.push(value),
            "groups" => access.groups.push(value),
            // What is no number of seconds is no lifetime that is allowed either.
            "seconds" => access.lifetime = Duration::from_secs(value.parse().unwrap_or(0)),
            "clientProtocol" => access.protocol = value.parse()?,
            _ => return Err(Error::invalid("InvalidOption", "There is no such parameter")),
        }
    }
    access.check()?;
    Ok(access)
}
