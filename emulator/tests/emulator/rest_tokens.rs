//! Which tokens open the REST API, what a refusal says, and the tokens that the service makes.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use crate::support::{Answer, Client, KEY, Service, content_type, in_one_minute, sign};

const SECONDARY: &str = "the-secondary-key";

async fn call(service: &Service, token: Option<&str>) -> Answer {
    service
        .raw(
            "DELETE",
            &service.url("/api/hubs/chat/connections/c"),
            token,
            &[],
            "",
        )
        .await
}

/// The message of a 401, which must be one in the service's shape.
fn refusal(answer: &Answer) -> String {
    assert_eq!(answer.refusal(), (401, "Error.Unauthorized"), "{answer:?}");
    assert_eq!(content_type(answer), "application/json; charset=utf-8");
    assert!(answer.header("date").is_some());
    assert!(answer.header("www-authenticate").is_some());
    let body = answer.json();
    assert_eq!(
        (&body["code"], &body["details"], &body["inner"]),
        (&json!("Error.Unauthorized"), &json!(null), &json!(null))
    );
    body["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_for_the_exact_url_signed_with_either_key_is_accepted() {
    let service = Service::with(|builder| builder.access_key(SECONDARY).unwrap()).await;
    let url = service.url("/api/hubs/chat/connections/c");
    for key in [KEY, SECONDARY] {
        let token = sign(key, &json!({"aud": url, "exp": in_one_minute()}));
        assert_eq!(call(&service, Some(&token)).await.status, 204);
    }
    let token = sign(
        KEY,
        &json!({"aud": ["https://elsewhere", url], "exp": in_one_minute(), "nbf": 1}),
    );
    assert_eq!(call(&service, Some(&token)).await.status, 204);
}

#[tokio::test]
async fn a_refusal_says_which_check_failed() {
    let service = Service::start().await;
    let url = service.url("/api/hubs/chat/connections/c");
    let good = json!({"aud": url, "exp": in_one_minute()});
    let with = |name: &str, value: serde_json::Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sign(KEY, &claims)
    };
    let hs512 = encode(
        &Header::new(Algorithm::HS512),
        &good,
        &EncodingKey::from_secret(KEY.as_bytes()),
    )
    .unwrap();
    let now = in_one_minute() - 60;
    for (token, says) in [
        (sign("another key", &good), "signature"),
        (with("exp", json!(now - 310)), "has expired"),
        (with("nbf", json!(now + 600)), "not valid yet"),
        (with("exp", json!(null)), "no usable claim 'exp'"),
        (with("aud", json!(null)), "no usable claim 'aud'"),
        (with("aud", json!(url.replace("/c?", "/d?"))), "audience"),
        (with("aud", json!(format!("{url}&top=1"))), "audience"),
        (with("aud", json!(url.replacen("http", "ws", 1))), "audience"),
        (hs512, "HS256"),
        ("no.token".to_owned(), "JSON Web Token"),
    ] {
        let message = refusal(&call(&service, Some(&token)).await);
        assert!(message.contains(says), "{message:?} does not say {says:?}");
        assert!(!message.contains(&token) && !message.contains(KEY));
    }
    assert!(refusal(&call(&service, None).await).contains("no token"));
    let answer = service
        .raw("DELETE", &url, Some("t"), &[("authorization", "Bearer u")], "")
        .await;
    assert!(refusal(&answer).contains("more than one"));
}

#[tokio::test]
async fn a_refused_head_has_the_headers_of_the_body_that_it_does_not_have() {
    let service = Service::start().await;
    let answer = service
        .raw("HEAD", &service.url("/api/hubs/chat/users/u"), None, &[], "")
        .await;
    assert_eq!(answer.refusal(), (401, "Error.Unauthorized"));
    assert_eq!(answer.body, "");
    assert!(answer.header("content-length").unwrap().parse::<usize>().unwrap() > 100);
}

#[tokio::test]
async fn clocks_may_differ_by_five_minutes() {
    let service = Service::start().await;
    let url = service.url("/api/hubs/chat/connections/c");
    let now = in_one_minute() - 60;
    for claims in [
        json!({"aud": url, "exp": now - 240}),
        json!({"aud": url, "exp": now + 600, "nbf": now + 240}),
    ] {
        assert_eq!(call(&service, Some(&sign(KEY, &claims))).await.status, 204);
    }
    let url = service.client_url("chat", &json!({"exp": now - 240}));
    Client::open(&url, None).await;
}

#[tokio::test]
async fn the_audience_is_compared_as_the_service_compares_it() {
    let service = Service::start().await;
    let signs = |audience: String| sign(KEY, &json!({"aud": audience, "exp": in_one_minute()}));
    // What is sent, and the audience that was signed before a client or proxy rewrote the URL.
    for (sent, signed) in [
        (
            "users/ann@example.com/groups/x",
            "users/ann%40example.com/groups/x",
        ),
        (
            "users/ann%40example.com/groups/x",
            "users/ann@example.com/groups/x",
        ),
        ("users/a%20b/groups/x", "users/a b/groups/x"),
        ("users/%c3%a9/groups/x", "users/%C3%A9/groups/x"),
        ("users/u/groups/a%2Fb", "users/u/groups/a%2fb"),
        ("users/u/groups/X", "USERS/u/groups/x"),
    ] {
        let url = |path: &str| service.url(&format!("/api/hubs/chat/{path}"));
        let without_query = url(signed).split('?').next().unwrap().to_owned();
        for audience in [url(sent), url(signed), without_query] {
            let answer = service
                .raw("DELETE", &url(sent), Some(&signs(audience.clone())), &[], "")
                .await;
            assert_eq!(answer.status, 204, "{audience} for {sent}");
        }
    }
    let filtered = |filter: &str| service.url(&format!("/api/hubs/chat/:send?filter={filter}"));
    let (sent, signed) = (filtered("userId%20eq%20'it'"), filtered("userId%20eq%20%27it%27"));
    let text = [("content-type", "text/plain")];
    for audience in [&sent, &signed] {
        let answer = service
            .raw("POST", &sent, Some(&signs(audience.clone())), &text, "x")
            .await;
        assert_eq!(answer.status, 202, "{audience}");
    }
    // Another resource and another query are others still; a slash in a name is not one in the path.
    for (sent, signed) in [
        (sent, filtered("userId%20eq%20%27other%27")),
        (
            service.url("/api/hubs/chat/users/u%2Fgroups%2Fx/:send"),
            service.url("/api/hubs/chat/users/u/groups/x/:send"),
        ),
    ] {
        let answer = service.raw("POST", &sent, Some(&signs(signed)), &text, "x").await;
        assert!(refusal(&answer).contains("audience"), "{sent}");
    }
}

#[tokio::test]
async fn behind_a_proxy_the_audience_may_be_the_url_of_the_connection_string() {
    let service = Service::start().await;
    let url = service.url("/api/hubs/chat/connections/c");
    let token = sign(KEY, &json!({"aud": url, "exp": in_one_minute()}));
    let answer = service
        .raw("DELETE", &url, Some(&token), &[("host", "proxy.example")], "")
        .await;
    assert_eq!(answer.status, 204);
    let token = sign(
        KEY,
        &json!({"aud": url.replace("127.0.0.1", "other.example"), "exp": in_one_minute()}),
    );
    let answer = service
        .raw("DELETE", &url, Some(&token), &[("host", "proxy.example")], "")
        .await;
    assert!(refusal(&answer).contains("audience"));
}

#[tokio::test]
async fn health_needs_no_token_but_refuses_a_bad_one() {
    let service = Service::start().await;
    let url = service.url("/api/health");
    let answer = service.raw("HEAD", &url, None, &[], "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("api-supported-versions"), None);
    for method in ["HEAD", "GET"] {
        assert_eq!(service.expect(200, method, "/api/health").await.body, "");
        let url = format!("{}/api/health", service.emulator.endpoint());
        assert_eq!(service.raw(method, &url, None, &[], "").await.status, 200);
    }
    assert_eq!(
        service.raw("HEAD", &url, Some("x.y.z"), &[], "").await.status,
        401
    );
}

#[tokio::test]
async fn an_entra_token_may_generate_client_tokens_and_an_access_key_may_not() {
    let service = Service::with(|builder| builder.entra_token("opaque")).await;
    let target = "/api/hubs/chat/:generateToken?userId=ann&role=webpubsub.sendToGroup&role=r2&group=g%201&minutesToExpire=5";
    let url = service.url(target);
    assert!(refusal(&service.call("POST", target).await).contains("Entra"));

    let entra = sign(
        KEY,
        &json!({"aud": "https://webpubsub.azure.com", "exp": in_one_minute()}),
    );
    for token in ["opaque", &entra] {
        let answer = service.raw("POST", &url, Some(token), &[], "").await;
        assert_eq!(
            (answer.status, content_type(&answer)),
            (200, "application/json; charset=utf-8")
        );
        let body = answer.json();
        let token = body["token"].as_str().unwrap();
        let url = format!(
            "{}/client/hubs/chat?access_token={token}",
            service.socket_endpoint()
        );
        let mut client = Client::open(&url, Some("json.webpubsub.azure.v1")).await;
        assert_eq!(client.json().await["userId"], "ann");
        service
            .post_json(
                "/api/hubs/chat/groups/g%201/:send",
                &json!("to the initial group"),
            )
            .await;
        assert_eq!(client.json().await["data"], "to the initial group");
        client
            .ask(json!({"type": "sendToGroup", "group": "any", "data": 1}), 1)
            .await;
        client.close().await;
    }
}

#[tokio::test]
async fn an_entra_token_opens_every_operation_and_an_expired_one_none() {
    let service = Service::with(|builder| builder.entra_token("opaque")).await;
    assert_eq!(call(&service, Some("opaque")).await.status, 204);
    let entra = sign(
        KEY,
        &json!({"aud": "https://webpubsub.azure.com/", "exp": in_one_minute()}),
    );
    assert_eq!(call(&service, Some(&entra)).await.status, 204);
    let expired = sign(KEY, &json!({"aud": "https://webpubsub.azure.com", "exp": 1}));
    assert!(refusal(&call(&service, Some(&expired)).await).contains("has expired"));
}

#[tokio::test]
async fn generate_token_checks_its_parameters() {
    let service = Service::with(|builder| builder.entra_token("opaque")).await;
    for (query, target) in [
        ("clientType=socketio", "clientType"),
        ("minutesToExpire=0", "minutesToExpire"),
        ("minutesToExpire=soon", "minutesToExpire"),
        ("group=%20", "group"),
        ("role=webpubsub.sendToGroups.******", "role"),
    ] {
        let url = service.url(&format!("/api/hubs/chat/:generateToken?{query}"));
        let answer = service.raw("POST", &url, Some("opaque"), &[], "").await;
        assert_eq!(answer.refusal(), (400, "Error.BadRequest"), "{query}");
        assert_eq!(answer.json()["target"], target);
    }
    // As recorded from the service: this one refusal is plain JSON.
    let url = service.url("/api/hubs/chat/:generateToken?clientType=socketio");
    let answer = service.raw("POST", &url, Some("opaque"), &[], "").await;
    assert_eq!(content_type(&answer), "application/json; charset=utf-8");
    let message = "The value 'socketio' is not valid.";
    assert_eq!(
        answer.json(),
        json!({
            "code": "Error.BadRequest", "message": message, "target": "clientType",
            "errors": {"clientType": [message]}, "type": null, "title": "One or more validation errors occurred.",
            "status": 400, "detail": null, "instance": null, "extensions": {},
        })
    );
    for (client, path) in [
        ("MQTT", "/clients/mqtt/hubs/chat"),
        ("default", "/client/hubs/chat"),
    ] {
        let url = service.url(&format!("/api/hubs/chat/:generateToken?clientType={client}"));
        let token = service.raw("POST", &url, Some("opaque"), &[], "").await.json()["token"].clone();
        let claims = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(token.as_str().unwrap());
        assert_eq!(
            claims.unwrap().claims["aud"],
            format!("{}{path}", service.emulator.endpoint())
        );
    }
}
