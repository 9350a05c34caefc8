//! Vectors of Microsoft Entra ID: what a credential sends, what it makes of the response, and how long a client uses a
//! token.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};
use webpubsub_edge::error::TransportError;
use webpubsub_edge::service::{
    AccessToken, BoxFuture, ClientAssertionCredential, ClientSecretCredential, SCOPE, TokenCredential,
    Transport as _,
};
use webpubsub_edge::{ClientOptions, Error};

use crate::cases::{error_of, texts};
use crate::host::{Host, NOW};
use crate::operations::Client;

pub(crate) async fn observe(case: Value) -> Value {
    if case["credential"].is_object() {
        tokens(&case).await
    } else {
        freshness(&case).await
    }
}

/// The credential that a vector describes.
fn credential_of(credential: &Value, host: Host) -> Result<Box<dyn TokenCredential>, Error> {
    let text = |name: &str| credential[name].as_str().map(str::to_owned);
    let (tenant, client) = (text("tenantId").unwrap(), text("clientId").unwrap());
    let authority = text("authorityHost");
    if let Some(assertion) = text("assertion") {
        let assertion = move || std::future::ready(Ok(assertion.clone()));
        let credential = ClientAssertionCredential::new(tenant, client, assertion, host)?;
        return Ok(match authority {
            Some(authority) => Box::new(credential.with_authority(&authority)?),
            None => Box::new(credential),
        });
    }
    let credential = ClientSecretCredential::new(tenant, client, text("secret").unwrap(), host)?;
    Ok(match authority {
        Some(authority) => Box::new(credential.with_authority(&authority)?),
        None => Box::new(credential),
    })
}

/// The request for a token, and the token, why there is none, or what is wrong with the credential. Times are from now.
async fn tokens(case: &Value) -> Value {
    let host = Host::of(case);
    let scopes = texts(&case["scopes"]).unwrap_or_else(|| vec![SCOPE.into()]);
    let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
    let mut output = match credential_of(&case["credential"], host.clone()) {
        Err(error) => return json!({"error": error_of(&error)}),
        Ok(credential) => match credential.get_token(&scopes, case["claims"].as_str()).await {
            Ok(token) => json!({"token": token_of(token)}),
            Err(error) => {
                let kind = Error::from(error.clone()).kind();
                json!({"failure": error.message, "kind": kind.as_str()})
            }
        },
    };
    for request in host.requests() {
        assert_eq!(request.method.as_str(), "POST");
        let body = request.body.unwrap();
        let form: Map<_, _> = url::form_urlencoded::parse(&body)
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        output["request"] = json!({"url": request.url, "form": form});
    }
    output
}

fn token_of(token: AccessToken) -> Value {
    let mut output = json!({"token": token.token, "expiresIn": token.expires_on.as_secs() - NOW});
    if let Some(at) = token.refresh_after {
        output["refreshIn"] = (at.as_secs() - NOW).into();
    }
    output
}

/// Issues `1`, `2` and so on, until it fails.
struct Issuer {
    host: Host,
    issued: AtomicU64,
    expires_in: u64,
    refresh_in: Option<u64>,
    fails_from: Option<u64>,
}

impl TokenCredential for Issuer {
    fn get_token(&self, _: &[&str], _: Option<&str>) -> BoxFuture<Result<AccessToken, TransportError>> {
        let now = self.host.now();
        let is_down = self.fails_from.is_some_and(|from| now.as_secs() >= NOW + from);
        let token = AccessToken {
            token: (self.issued.fetch_add(1, Ordering::SeqCst) + 1).to_string(),
            expires_on: now + Duration::from_secs(self.expires_in),
            refresh_after: self.refresh_in.map(|after| now + Duration::from_secs(after)),
        };
        let outcome = if is_down {
            Err(TransportError::credential("the issuer is down", None))
        } else {
            Ok(token)
        };
        Box::pin(std::future::ready(outcome))
    }
}

/// The tokens of calls at some times, in seconds; or the error.
async fn freshness(case: &Value) -> Value {
    let host = Host::of(case);
    let issuer = Issuer {
        host: host.clone(),
        issued: AtomicU64::new(0),
        expires_in: case["expiresIn"].as_u64().unwrap(),
        refresh_in: case["refreshIn"].as_u64(),
        fails_from: case["failsFrom"].as_u64(),
    };
    let client = Client::new("https://contoso.example", "chat", issuer, host.clone()).unwrap();
    let options = ClientOptions {
        timeout: Duration::ZERO,
        ..ClientOptions::default()
    };
    let client = client.with_options(options);
    let mut output = json!({});
    for time in case["calls"].as_array().unwrap() {
        host.set(time.as_u64().unwrap());
        if let Err(error) = client.user_exists("ada").await {
            let error = error_of(&error);
            output["error"] = json!({"kind": error["kind"], "code": error["code"]});
            break;
        }
    }
    let bearer = |headers: Vec<(String, String)>| {
        headers
            .into_iter()
            .find_map(|(_, value)| value.strip_prefix("Bearer ").map(Value::from))
    };
    output["tokens"] = host
        .requests()
        .into_iter()
        .filter_map(|request| bearer(request.headers))
        .collect();
    output
}
