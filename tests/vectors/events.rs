//! Vectors of the event handler: what becomes of a request.

use serde_json::{Map, Value, json};
use webpubsub_edge::events::{
    Builder, Connect, Data, DataType, Disconnected, Event, EventResponse, GroupChange, Handler, Head, Kind,
    Received,
};
use webpubsub_edge::{AccessKey, Error};

use crate::cases::{base64_encode, bytes, error_of, texts, without_empty};

const PRIMARY: &str = "7aab239577fd4f24bc919802fb629f5f";
const CONNECTION: &str = "0f9c97a2f0bf4706afe87a14e0797b11";
/// The signatures of this connection by two keys, the primary one first.
const SIGNATURES: &str = "sha256=7767effcb3946f3e1de039df4b986ef02c110b1469d02c0a06f41b3b727ab561,\
    sha256=d4aefb65547a00a9881fa8ac8bd03d0faf77af9da5205d45c6e57cbda4377760";
const ORIGIN: &str = "contoso.webpubsub.azure.com";
const PATH: &str = "/api/webpubsub/hubs/chat/";

/// The handler that a vector describes, which can be verified by the usual key unless it says otherwise.
fn handler_of(options: &Value) -> Result<Handler, Error> {
    let mut builder: Builder = Handler::builder(options["hub"].as_str().unwrap_or("chat"));
    match options.get("accessKeys") {
        None => builder = builder.access_key(AccessKey::new(PRIMARY)?),
        Some(Value::String(key)) => builder = builder.access_key(AccessKey::new(key)?),
        Some(keys) => {
            for key in texts(keys).unwrap_or_default() {
                builder = builder.access_key(AccessKey::new(&key)?);
            }
        }
    }
    if let Some(path) = options["path"].as_str() {
        builder = builder.path(path);
    }
    if let Some(text) = options["connectionString"].as_str() {
        builder = builder.connection_string(text);
    }
    if let Some(endpoints) = texts(&options["allowedEndpoints"]) {
        builder = builder.allowed_endpoints(endpoints);
    }
    if options["dangerouslySkipSignatureVerification"] == true {
        builder = builder.dangerously_skip_signature_verification();
    }
    builder.build()
}

/// The headers of a request of the service: of an event, a handshake, or any other; one that is `null` is left out.
fn headers_of(request: &Value) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    let mut set = |name: &str, value: Option<&str>| {
        headers.retain(|(other, _): &(String, String)| !other.eq_ignore_ascii_case(name));
        headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    };
    if let Some(kind) = request["event"].as_str() {
        for (name, value) in [
            ("WebHook-Request-Origin", ORIGIN),
            ("Content-Type", "application/json; charset=utf-8"),
            ("ce-specversion", "1.0"),
            ("ce-awpsversion", "1.0"),
            ("ce-type", &format!("azure.webpubsub.{kind}")),
            ("ce-source", &format!("/hubs/chat/client/{CONNECTION}")),
            ("ce-id", "1"),
            ("ce-time", "2026-01-31T12:00:00Z"),
            ("ce-signature", SIGNATURES),
            ("ce-connectionId", CONNECTION),
            ("ce-hub", "chat"),
            ("ce-eventName", kind.split_once('.').map_or("", |(_, name)| name)),
        ] {
            set(name, Some(value));
        }
    }
    if let Some(origin) = request["handshake"].as_str() {
        set("WebHook-Request-Origin", Some(origin));
        set("ce-awpsversion", Some("1.0"));
    }
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        set(name, value.as_str());
    }
    for pair in request["repeated"].as_array().into_iter().flatten() {
        headers.push((pair[0].as_str().unwrap().into(), pair[1].as_str().unwrap().into()));
    }
    headers
}

/// What becomes of a request: nothing, a response or an event.
pub(crate) fn observe(case: &Value) -> Value {
    let handler = match handler_of(&case["handler"]) {
        Ok(handler) => handler,
        Err(error) => return json!({"error": error_of(&error)}),
    };
    let request = &case["request"];
    if request.is_null() {
        return json!({"path": handler.path()});
    }
    let headers = headers_of(request);
    let sends = request["event"].is_string() || request["method"] == "POST";
    let method = request["method"]
        .as_str()
        .unwrap_or(if sends { "POST" } else { "OPTIONS" });
    let path = request["path"].as_str().unwrap_or(PATH);
    let pairs = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    match handler.receive(Head::new(method, path, pairs)) {
        Received::NotMine => json!({"notMine": true}),
        Received::Response(response) => json!({"response": response_of(&response)}),
        Received::Event(event) => {
            let output = event_of(&event, request.get("body"));
            output.unwrap_or_else(|response| json!({"response": response_of(&response)}))
        }
        other => panic!("unknown outcome {other:?}"),
    }
}

/// A response as vectors have it: a body that is JSON as its value.
pub(crate) fn response_of(response: &EventResponse) -> Value {
    let headers: Map<_, _> = response
        .headers()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into()))
        .collect();
    let is_json = response
        .header("content-type")
        .is_some_and(|value| value.starts_with("application/json"));
    let body = match str::from_utf8(response.body()) {
        Ok(text) if is_json => serde_json::from_str(text).unwrap(),
        Ok("") => Value::Null,
        Ok(text) => text.into(),
        Err(_) => json!({"base64": base64_encode(response.body())}),
    };
    without_empty(json!({"status": response.status(), "headers": headers, "body": body}))
}

/// An event; the data or the members only of a body that the vector gives.
fn event_of(event: &Event<'_>, body: Option<&Value>) -> Result<Value, EventResponse> {
    let mut output = json!({
        "event": match event.kind() {
            Kind::Connect => "connect",
            Kind::Connected => "connected",
            Kind::Disconnected => "disconnected",
            Kind::GroupJoined => "joined",
            Kind::GroupLeft => "left",
            Kind::User(_) => "user",
            other => panic!("unknown event {other:?}"),
        },
        "context": context_of(event)?,
    });
    if let Kind::User(data_type) = event.kind() {
        output["dataType"] = match data_type {
            DataType::Text => "text",
            DataType::Json => "json",
            DataType::Binary => "binary",
        }
        .into();
        output["contentType"] = event
            .content_type()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .into();
    }
    let Some(body) = body.map(bytes) else {
        return Ok(without_empty(output));
    };
    let members = match event.kind() {
        Kind::Connect => connect_of(Connect::read(&body)?),
        Kind::Disconnected => disconnected_of(Disconnected::read(&body)?),
        Kind::GroupJoined | Kind::GroupLeft => {
            json!({"group": GroupChange::read(event.event_name(), &body)?.group})
        }
        Kind::User(data_type) => {
            output["data"] = match Data::read(data_type, body)? {
                Data::Text(text) => text.into(),
                Data::Json(value) => value,
                Data::Binary(bytes) => json!({"base64": base64_encode(&bytes)}),
            };
            return Ok(output);
        }
        _ => Value::Null,
    };
    output["members"] = members;
    Ok(without_empty(output))
}

/// The members of a context that are not the usual ones.
fn context_of(event: &Event<'_>) -> Result<Value, EventResponse> {
    let object = |pairs: Vec<(&str, &str)>| -> Value {
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect::<Map<_, _>>()
            .into()
    };
    let mqtt = event.physical_connection_id().map(|id| {
        without_empty(json!({
            "physicalConnectionId": id,
            "sessionId": event.session_id(),
            "userProperties": properties_of(event.user_properties()),
        }))
    });
    let mut context = json!({
        "hub": event.hub(),
        "connectionId": event.connection_id(),
        "eventName": event.event_name(),
        "userId": event.user_id(),
        "origin": event.origin(),
        "signature": event.signature(),
        "subprotocol": event.subprotocol(),
        "id": event.id(),
        "time": event.time(),
        "source": event.source(),
        "metadata": object(event.metadata()),
        "states": event.states()?,
        "clientProtocol": if mqtt.is_some() { "mqtt" } else { "default" },
        "mqtt": mqtt,
    });
    let source = format!("/hubs/chat/client/{CONNECTION}");
    for (name, usual) in [
        ("hub", "chat"),
        ("connectionId", CONNECTION),
        ("origin", ORIGIN),
        ("signature", SIGNATURES),
        ("id", "1"),
        ("time", "2026-01-31T12:00:00Z"),
        ("source", &source),
        ("clientProtocol", "default"),
    ] {
        let value = &mut context[name];
        if *value == usual {
            value.take();
        } else if value.is_null() {
            *value = "missing".into();
        }
    }
    Ok(without_empty(context))
}

fn properties_of<S: AsRef<str>>(properties: Vec<(S, S)>) -> Value {
    let property = |(name, value): (S, S)| json!({"name": name.as_ref(), "value": value.as_ref()});
    properties.into_iter().map(property).collect()
}

fn connect_of(connect: Connect) -> Value {
    let certificates = connect.client_certificates.into_iter().map(|certificate| {
        without_empty(json!({"thumbprint": certificate.thumbprint, "content": certificate.content}))
    });
    let mqtt = connect.mqtt.map(|mqtt| {
        without_empty(json!({
            "protocolVersion": mqtt.protocol_version,
            "cleanStart": mqtt.clean_start,
            "username": mqtt.username,
            "password": mqtt.password,
            "userProperties": properties_of(mqtt.user_properties),
        }))
    });
    let members = json!({
        "claims": connect.claims,
        "query": connect.query,
        "headers": connect.headers,
        "subprotocols": connect.subprotocols,
        "clientCertificates": certificates.collect::<Vec<_>>(),
    });
    with_mqtt(without_empty(members), mqtt)
}

/// Adds the member that says, empty or not, that the client is an MQTT client.
fn with_mqtt(mut members: Value, mqtt: Option<Value>) -> Value {
    if let Some(mqtt) = mqtt {
        members["mqtt"] = mqtt;
    }
    members
}

fn disconnected_of(disconnected: Disconnected) -> Value {
    let mqtt = disconnected.mqtt.map(|mqtt| {
        let packet = mqtt.disconnect_packet.map(|packet| {
            without_empty(json!({
                "code": packet.code,
                "userProperties": properties_of(packet.user_properties),
            }))
        });
        without_empty(json!({"initiatedByClient": mqtt.initiated_by_client, "disconnectPacket": packet}))
    });
    with_mqtt(without_empty(json!({"reason": disconnected.reason})), mqtt)
}
