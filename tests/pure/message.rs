//! Messages and their metadata.

use std::collections::HashMap;

use webpubsub_edge::{
    ContentType, Endpoint, Error, Hub, Message,
    operation::{API_VERSION, Operation, OperationKind, Request},
};

use crate::refused;

fn send(metadata: &[(&str, &str)]) -> Result<Request<String>, Error> {
    let mut operation = Operation::new(OperationKind::SendToAll);
    for (key, value) in metadata {
        operation.parameters.metadata(*key, *value);
    }
    let endpoint = Endpoint::parse("https://a").unwrap();
    operation.request(
        &endpoint,
        &Hub::new("chat").unwrap(),
        API_VERSION,
        Some(Message::text("hello")),
    )
}

#[test]
fn each_constructor_sets_the_content_type() {
    let text: Message<String> = Message::text("a \"b\"");
    assert_eq!(
        (text.content_type, text.body.as_str()),
        (ContentType::Text, "a \"b\"")
    );
    let json: Message<String> = Message::json("a \"b\"").unwrap();
    assert_eq!(
        (json.content_type, json.body.as_str()),
        (ContentType::Json, r#""a \"b\"""#)
    );
    let json: Message<Vec<u8>> = Message::json(&[1, 2]).unwrap();
    assert_eq!(
        (json.content_type, json.body.as_slice()),
        (ContentType::Json, b"[1,2]".as_slice())
    );
    let written: Message<String> = Message::json_text("{ }");
    assert_eq!(
        (written.content_type, written.body.as_str()),
        (ContentType::Json, "{ }")
    );
    let bytes: Message<Vec<u8>> = Message::bytes([0, 255]);
    assert_eq!(
        (bytes.content_type, bytes.body.as_slice()),
        (ContentType::Binary, [0, 255].as_slice())
    );
}

#[test]
fn a_value_that_is_not_serializable_is_refused() {
    let keyed_by_lists = HashMap::from([(vec![1], 2)]);
    assert_eq!(
        refused(Message::<String>::json(&keyed_by_lists)),
        ("InvalidMessage", false)
    );
}

#[test]
fn metadata_keeps_the_limits_of_headers() {
    let (key, value) = ("k".repeat(256), "v".repeat(1024));
    send(&[(&key, &value), ("a.b-c_d", ""), ("!#$%&'*+^`|~", "! ~")]).unwrap();
    let (long_key, long_value) = (key.clone() + "k", value.clone() + "v");
    for metadata in [
        ("", "v"),
        ("a b", "v"),
        ("a:b", "v"),
        ("a\r\nX", "v"),
        ("é", "v"),
        (&*long_key, "v"),
        ("k", "a\r\nX: y"),
        ("k", "\t"),
        ("k", " v"),
        ("k", "v "),
        ("k", " "),
        ("k", "é"),
        ("k", "\u{7f}"),
        ("k", &*long_value),
    ] {
        assert_eq!(
            refused(send(&[metadata])),
            ("InvalidMetadata", false),
            "{metadata:?}"
        );
    }
    let all: Vec<_> = [("k", &*value); 8].into_iter().collect();
    assert_eq!(
        refused(send(&all)),
        ("InvalidMetadata", true),
        "8 KiB and 8 bytes"
    );
    send(&all[..7]).unwrap();
}
