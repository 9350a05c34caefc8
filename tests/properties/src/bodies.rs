use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value, json};
use webpubsub_edge::events::{
    Connect, Data, DataType, Disconnected, EventResponse, GroupChange, Handler, Head, Received, Reply,
    StateChange,
};

use crate::{Input, Target};

/// What HTTP allows around the value of a header.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

pub(crate) const BODIES: Target = Target {
    name: "bodies",
    texts: &[
        "(\\{(\"(claims|query|headers|subprotocols|reason|group|mqtt|clientCertificates|protocolVersion|userProperties|[a-z]{0,2})\":(null|\\{\"a\":\\[\"b\"\\]\\}|\\[\"a\",?\"b\"\\]|\"[a-z]{0,3}\"|[0-9]{1,3}|\\{\\}|\\[\\]),?){0,4}\\}|\u{feff}?\\PC{0,6})",
        "[a-z]{0,4}",
    ],
    check: |input| {
        let (body, event) = (input.text(0), input.text(1));
        let text = body.strip_prefix('\u{feff}').unwrap_or(body);
        let parsed: Option<Value> = serde_json::from_str(text).ok();
        let members = parsed.as_ref().and_then(Value::as_object);
        if let Some(connect) = read(Connect::read(body.as_bytes())) {
            let members = members.unwrap_or_else(|| panic!("{body} is no object"));
            let member = |name: &str| members.get(name).filter(|value| !value.is_null()).cloned();
            assert_eq!(
                json!(connect.subprotocols),
                member("subprotocols").unwrap_or(json!([]))
            );
            for (name, map) in [
                ("claims", &connect.claims),
                ("query", &connect.query),
                ("headers", &connect.headers),
            ] {
                assert_eq!(json!(map), member(name).unwrap_or(json!({})));
            }
            // The password of an MQTT client is not printed, unless it is the user name too.
            if let Some(mqtt) = connect.mqtt
                && let (Some(password), name) = (&mqtt.password, mqtt.username.as_deref().unwrap_or_default())
                && password.len() > 20
            {
                let shown = format!("{mqtt:?}");
                assert!(
                    name.contains(&**password) || !shown.contains(&**password),
                    "{shown}"
                );
            }
        }
        if let Some(disconnected) = read(Disconnected::read(body.as_bytes())) {
            let reason = members
                .and_then(|members| members.get("reason"))
                .and_then(Value::as_str);
            assert_eq!(disconnected.reason.as_deref(), reason);
            assert!(members.is_some() || body.is_empty());
        }
        if let Some(change) = read(GroupChange::read(event, body.as_bytes())) {
            let group = members
                .and_then(|members| members.get("group"))
                .and_then(Value::as_str);
            assert_eq!(Some(&*change.group), group);
        }
        for data_type in [DataType::Text, DataType::Json, DataType::Binary] {
            match (data_type, read(Data::read(data_type, body.as_bytes().to_vec()))) {
                (DataType::Text, Some(Data::Text(text))) => assert_eq!(text, body),
                (DataType::Binary, Some(Data::Binary(bytes))) => assert_eq!(bytes, body.as_bytes()),
                (DataType::Json, Some(Data::Json(value))) => assert_eq!(Some(value), parsed),
                (DataType::Json, None) => assert_eq!(parsed, None),
                (data_type, data) => panic!("{data:?} for {data_type:?}"),
            }
        }
    },
};

fn read<T>(result: Result<T, EventResponse>) -> Option<T> {
    result.map_err(|refusal| assert_eq!(refusal.status(), 400)).ok()
}

pub(crate) const STATE: Target = Target {
    name: "state",
    texts: &[
        "[A-Za-z0-9+/]{0,12}={0,2}|e30=?|eyJhIjoxfQ(==)?|\\PC{0,4}",
        ".{0,6}",
        ".{0,6}",
    ],
    check: |input| {
        let header = input.text(0);
        // A host may have joined two values, so that it is refused.
        if header.contains(", ") {
            return;
        }
        let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = GeneralPurpose::new(&STANDARD, config)
            .decode(header.trim_matches(BLANKS))
            .ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text
            .as_deref()
            .map(|text| text.strip_prefix('\u{feff}').unwrap_or(text));
        let expected: Option<Map<String, Value>> = text.and_then(|text| serde_json::from_str(text).ok());
        let expected = if header.trim_matches(BLANKS).is_empty() {
            Some(Map::new())
        } else {
            expected
        };
        assert_eq!(states(header), expected, "{header:?}");
        // What a response sets comes back as it was.
        let mut state = Map::new();
        state.insert(input.text(1).to_owned(), input.text(2).into());
        let response =
            Reply::Nothing.response(&StateChange::Replace(Value::Object(state.clone()).to_string()));
        let Ok(response) = response else {
            let length = Value::Object(state).to_string().len();
            return assert!(length > 6 * 1024, "{length} bytes are too many");
        };
        let header = response
            .header("ce-connectionState")
            .unwrap_or_else(|| panic!("it has no state"));
        assert!(http::HeaderValue::try_from(header).is_ok(), "{header}");
        assert_eq!(states(header), Some(state));
    },
};

/// The state of an event with this header.
fn states(header: &str) -> Option<Map<String, Value>> {
    let handler = Handler::builder("chat")
        .dangerously_skip_signature_verification()
        .build();
    let handler = handler.unwrap_or_else(|error| panic!("{error}"));
    let headers = [
        ("ce-type", "azure.webpubsub.user.x"),
        ("ce-awpsversion", "1.0"),
        ("ce-hub", "chat"),
        ("ce-connectionId", "c"),
        ("WebHook-Request-Origin", "a.example"),
        ("ce-connectionState", header),
    ];
    let headers = headers.map(|(name, value)| (name, value.as_bytes()));
    let Received::Event(event) = handler.receive(Head::new("POST", "/api/webpubsub/hubs/chat/", headers))
    else {
        panic!("it is no event")
    };
    read(event.states())
}
