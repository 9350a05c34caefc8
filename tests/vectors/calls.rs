//! Vectors of the client: what a call sends, and what becomes of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value, json};
use url::Url;
use webpubsub_edge::error::TransportError;
use webpubsub_edge::operation::Request;
use webpubsub_edge::service::{AccessToken, Attempt, BoxFuture, LogOptions, TokenCredential};
use webpubsub_edge::{
    AzureKeyCredential, ClientAccessToken, ClientOptions, Error, RetryOptions, ReverseProxy,
};

use crate::cases::{base64_encode, base64url_decode, error_of, texts, without_empty};
use crate::host::{Host, NOW};
use crate::operations::{Client, Outcome, call};

const ENDPOINT: &str = "https://contoso.example";
const KEY: &str = "key";

/// Always issues the same token.
struct Issuer(String);

impl TokenCredential for Issuer {
    fn get_token(&self, _: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
        Box::pin(std::future::ready(Ok(AccessToken {
            token: self.0.clone(),
            expires_on: Duration::from_secs(NOW + 3600),
            refresh_after: None,
        })))
    }
}

/// The client that a vector describes.
fn client_of(case: &Value, host: Host, log: LogOptions) -> Result<Client, Error> {
    let target = |name: &str| case["target"][name].as_str();
    let hub = target("hub").unwrap_or("chat");
    let client = if let Some(text) = target("connectionString") {
        Client::from_connection_string(text, hub, host)
    } else {
        let endpoint = target("endpoint").unwrap_or(ENDPOINT);
        match target("bearer") {
            Some(token) => Client::new(endpoint, hub, Issuer(token.into()), host),
            None => {
                let key = AzureKeyCredential::new(target("key").unwrap_or(KEY))?;
                Client::new(endpoint, hub, key, host)
            }
        }
    }?;
    let options = &case["options"];
    let mut all = ClientOptions {
        timeout: Duration::ZERO,
        log,
        ..ClientOptions::default()
    };
    all.retry = retry_of(&options["retryOptions"]);
    all.reverse_proxy = options["reverseProxyEndpoint"]
        .as_str()
        .map(ReverseProxy::parse)
        .transpose()?;
    all.reverse_proxy_client_urls = options["reverseProxyClientUrls"] == true;
    all.allow_insecure_connection = options["allowInsecureConnection"] == true;
    if let Some(version) = options["apiVersion"].as_str() {
        all.api_version = version.into();
    }
    if let Some(prefix) = options["userAgentOptions"]["userAgentPrefix"].as_str() {
        all.user_agent = prefix.into();
    }
    Ok(client.with_options(all))
}

fn retry_of(options: &Value) -> RetryOptions {
    let mut retry = RetryOptions::default();
    let number = |name: &str| options[name].as_u64();
    if let Some(retries) = number("maxRetries") {
        retry.max_retries = u32::try_from(retries).unwrap();
    }
    if let Some(delay) = number("retryDelayInMs") {
        retry.delay = Duration::from_millis(delay);
    }
    if let Some(delay) = number("maxRetryDelayInMs") {
        retry.max_delay = Duration::from_millis(delay);
    }
    retry.repeat_sends = options["repeatSends"] == true;
    retry
}

/// The header and the claims of a token that is signed with the key of a vector.
fn decoded(token: &str, case: &Value) -> (Map<String, Value>, Map<String, Value>) {
    let key = case["target"]["key"].as_str().unwrap_or(KEY);
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_aud = false;
    validation.validate_exp = false;
    // The library knows no other members of the header, so that it is decoded here.
    let key = DecodingKey::from_secret(key.as_bytes());
    let claims = decode(token, &key, &validation).unwrap().claims;
    let header = base64url_decode(token.split('.').next().unwrap());
    (serde_json::from_slice(&header).unwrap(), claims)
}

fn usual_header() -> Map<String, Value> {
    json!({"alg": "HS256", "typ": "JWT"}).as_object().unwrap().clone()
}

/// Whether a text is a UUID of version 4.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
        && parts[2].starts_with('4')
        && parts[3].starts_with(['8', '9', 'a', 'b'])
}

/// A request as vectors have it. Its token must be good for the URL at the service, its id a UUID, its user agent this
/// crate; what is not in the headers was checked here.
fn request_of(request: Request<Vec<u8>>, case: &Value) -> Value {
    let url = request.url;
    assert_eq!(Url::parse(&url).unwrap().as_str(), url, "the URL after a parser");
    let mut headers = Map::new();
    for (name, value) in request.headers {
        let name = name.to_ascii_lowercase();
        assert!(
            headers.insert(name.clone(), value.into()).is_none(),
            "{name} is there twice"
        );
    }
    let authorization = headers.remove("authorization").unwrap();
    let token = authorization.as_str().unwrap().strip_prefix("Bearer ").unwrap();
    let mut output = json!({"method": request.method.as_str(), "url": url});
    if let Some(bearer) = case["target"]["bearer"].as_str() {
        assert_eq!(token, bearer);
    } else {
        let (header, mut claims) = decoded(token, case);
        assert_eq!(header, usual_header());
        let audience = claims.remove("aud").unwrap();
        assert_eq!(Value::Object(claims), json!({"iat": NOW, "exp": NOW + 3600}));
        if audience != url {
            output["audience"] = audience;
        }
    }
    if headers["x-ms-client-request-id"].as_str().is_some_and(is_uuid) {
        headers.remove("x-ms-client-request-id");
    }
    let own = concat!("webpubsub-edge/", env!("CARGO_PKG_VERSION"));
    let agent = headers.remove("user-agent").unwrap();
    if agent != own {
        headers.insert(
            "user-agent".into(),
            agent.as_str().unwrap().replace(own, "webpubsub-edge/*").into(),
        );
    }
    output["headers"] = headers.into();
    output["body"] = match request.body.map(String::from_utf8) {
        None => Value::Null,
        Some(Ok(text)) => text.into(),
        Some(Err(error)) => json!({"base64": base64_encode(error.as_bytes())}),
    };
    without_empty(output)
}

/// A client access token as vectors have it.
fn access_of(access: ClientAccessToken, case: &Value) -> Value {
    let ClientAccessToken { token, base_url, url } = access;
    assert_eq!(url, format!("{base_url}?access_token={token}"));
    assert_eq!(
        Url::parse(&base_url).unwrap().as_str(),
        base_url,
        "the URL after a parser"
    );
    if case["target"]["bearer"].is_string() {
        return json!({"token": token, "baseUrl": base_url});
    }
    let (header, mut claims) = decoded(&token, case);
    assert_eq!(claims.remove("iat").unwrap(), NOW);
    let lifetime = claims.remove("exp").unwrap().as_u64().unwrap() - NOW;
    let mut output = json!({"baseUrl": base_url, "claims": claims, "lifetimeInSeconds": lifetime});
    if header != usual_header() {
        output["header"] = header.into();
    }
    output
}

/// Makes the call of a vector; returns its host, and its outcome or error.
async fn observed(case: &Value, log: LogOptions) -> (Host, Value) {
    let host = Host::of(case);
    let outcome = match client_of(case, host.clone(), log) {
        Ok(client) => call(&client, &case["call"]).await,
        Err(error) => Err(error),
    };
    let output = match outcome {
        Ok(Outcome::Value(Value::Null)) => json!({}),
        Ok(Outcome::Value(value)) => json!({"outcome": value}),
        Ok(Outcome::Access(access)) => json!({"outcome": access_of(access, case)}),
        Err(error) => json!({"error": error_of(&error)}),
    };
    (host, output)
}

/// Vectors about requests: every request, and the outcome.
pub(crate) async fn requests(case: Value) -> Value {
    let (host, mut output) = observed(&case, LogOptions::default()).await;
    let mut all: Vec<_> = host
        .requests()
        .into_iter()
        .map(|request| request_of(request, &case))
        .collect();
    match all.len() {
        0 => {}
        1 => output["request"] = all.remove(0),
        _ => output["requests"] = all.into(),
    }
    output
}

/// Vectors about names: the path and the query of the request.
pub(crate) async fn names(case: Value) -> Value {
    let mut output = requests(case).await;
    let error = output["error"].take();
    if error["kind"] == "InvalidInput" {
        return json!({"error": error});
    }
    let request = &output["request"];
    let target = request["url"].as_str().unwrap().replacen(ENDPOINT, "", 1);
    let target = target.replacen("?api-version=2024-12-01", "", 1);
    without_empty(json!({"target": target, "body": request["body"]}))
}

/// Vectors about addresses: where requests go, what they are signed for, and where clients connect.
pub(crate) async fn addresses(mut case: Value) -> Value {
    case["call"] = json!({"operation": "getServiceStatus"});
    let mut status = requests(case.clone()).await;
    if status["error"].is_object() {
        return status;
    }
    let origin_of = |url: Value| match url {
        Value::String(url) => url.replace("/api/health?api-version=2024-12-01", "").into(),
        other => other,
    };
    let mut output = json!({"requests": origin_of(status["request"]["url"].take())});
    output["audience"] = origin_of(status["request"]["audience"].take());
    if case["target"]["bearer"].is_null() {
        case["call"] = json!({"operation": "generateClientToken"});
        output["clients"] = requests(case).await["outcome"]["baseUrl"].take();
    }
    without_empty(output)
}

/// Vectors about attempts: how many there are, the delays between them, and the outcome.
pub(crate) async fn attempts(case: Value) -> Value {
    let (host, mut output) = observed(&case, LogOptions::default()).await;
    output["attempts"] = host.requests().len().into();
    let waits: Vec<_> = host.waits().into_iter().map(|wait| wait as u64).collect();
    if !waits.is_empty() {
        output["waits"] = waits.into();
    }
    output
}

/// Vectors about logs: what is shown of the last attempt.
pub(crate) async fn logs(case: Value) -> Value {
    let attempts = Arc::new(Mutex::new(Vec::<Attempt>::new()));
    let journal = attempts.clone();
    let mut log = LogOptions::new(move |attempt| journal.lock().unwrap().push(attempt.clone()));
    log.log_bodies = case["log"]["logBodies"] == true;
    let names = |name: &str| texts(&case["log"][name]).unwrap_or_default();
    log.shown.additional_allowed_header_names = names("additionalAllowedHeaderNames");
    log.shown.additional_allowed_query_parameters = names("additionalAllowedQueryParameters");
    let (_, mut output) = observed(&case, log).await;
    let attempt = attempts.lock().unwrap().pop().unwrap();
    let headers = |headers: Vec<(String, String)>| {
        let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value.into());
        Value::Object(headers.into_iter().map(lower).collect())
    };
    without_empty(json!({
        "url": attempt.url,
        "requestHeaders": headers(attempt.request_headers),
        "responseHeaders": headers(attempt.response_headers),
        "responseBody": attempt.response_body,
        "attemptError": attempt.error,
        "error": output["error"].take(),
    }))
}
