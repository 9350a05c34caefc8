//! What is answered, and what it looks like on the wire.

use serde_json::json;
use webpubsub_edge::events::{Answer, ConnectAnswer, Refusal, Reply, StateChange, mqtt};

use crate::service::{code, json_of, words};

#[test]
fn a_client_is_accepted() {
    assert_eq!(ConnectAnswer::new().answer(&StateChange::Keep), Answer::empty());
    let accept = ConnectAnswer::new()
        .user_id("ada")
        .and_then(|answer| answer.groups(&["g"]))
        .and_then(|answer| answer.roles::<&str>(&[]).subprotocol("b", &["a", "b"]))
        .unwrap()
        .user_properties(&[("n", "v")])
        .answer(&StateChange::Replace(r#"{"key":"a"}"#.into()));
    assert_eq!(
        (accept.status(), accept.header("ce-connectionState")),
        (200, Some("eyJrZXkiOiJhIn0="))
    );
    assert_eq!(
        json_of(&accept),
        json!({"userId": "ada", "groups": ["g"], "roles": [], "subprotocol": "b", "mqtt": {"userProperties": [{"name": "n", "value": "v"}]}})
    );
    assert_eq!(
        json_of(
            &ConnectAnswer::new()
                .user_id("")
                .unwrap()
                .answer(&StateChange::Keep)
        ),
        json!({"userId": ""})
    );
    assert_eq!(
        code(ConnectAnswer::new().subprotocol("c", &["a", "b"])),
        "InvalidSubprotocol"
    );
    assert_eq!(code(ConnectAnswer::new().groups(&["a", ".."])), "InvalidGroup");
    assert_eq!(code(ConnectAnswer::new().user_id(" ")), "InvalidUserId");
}

#[test]
fn a_client_is_refused() {
    let refused = Refusal::status(403).unwrap().detail("not you").answer(None);
    assert_eq!((refused.status(), words(&refused)), (403, "not you"));
    assert_eq!(refused.header("Content-Type"), Some("text/plain; charset=utf-8"));
    for status in [0, 200, 399, 600] {
        assert_eq!(code(Refusal::status(status)), "InvalidStatus");
    }
}

#[test]
fn an_mqtt_client_is_refused_by_status() {
    let table = [
        (4, 400, 4),
        (4, 401, 5),
        (4, 500, 3),
        (4, 418, 3),
        (5, 400, 134),
        (5, 401, 135),
        (5, 500, 128),
        (5, 418, 128),
        (3, 401, 1),
    ];
    for (version, status, code) in table {
        let answer = Refusal::status(status).unwrap().answer(Some(version));
        assert_eq!(answer.status(), status);
        assert_eq!(json_of(&answer), json!({"mqtt": {"code": code}}));
        assert_eq!(mqtt::code_of(status, version), code);
    }
    let failed = json_of(&Refusal::failed().answer(Some(mqtt::V3_1_1)));
    assert_eq!(failed["mqtt"]["code"], 3);
}

#[test]
fn an_mqtt_client_is_refused_by_code() {
    let by_status: [(u16, &[u8]); 6] = [
        (400, &[1, 2, 129, 131, 132, 133, 140, 144, 149, 153, 154, 155]),
        (401, &[4, 5, 134, 135]),
        (403, &[138]),
        (429, &[151, 159]),
        (500, &[0, 6, 127, 128, 130, 136, 137, 156, 157, 255]),
        (503, &[3]),
    ];
    for (status, codes) in by_status {
        for code in codes {
            let answer = Refusal::mqtt(*code)
                .detail("r")
                .user_properties(&[("n", "v")])
                .answer(Some(mqtt::V5));
            assert_eq!(
                (answer.status(), mqtt::status_of(*code)),
                (status, status),
                "{code}"
            );
            assert_eq!(
                json_of(&answer),
                json!({"mqtt": {"code": code, "reason": "r", "userProperties": [{"name": "n", "value": "v"}]}})
            );
        }
    }
}

#[test]
fn a_user_event_is_replied_to() {
    let cases = [
        (
            Reply::Text("ä".into()),
            "text/plain; charset=utf-8",
            "ä".as_bytes(),
        ),
        (
            Reply::Json("[1]".into()),
            "application/json; charset=utf-8",
            b"[1]",
        ),
        (Reply::Binary(vec![0, 255]), "application/octet-stream", &[0, 255]),
    ];
    for (reply, content_type, body) in cases {
        let answer = reply.answer(&StateChange::Clear);
        assert_eq!(
            (answer.status(), answer.header("Content-Type"), answer.body()),
            (200, Some(content_type), body)
        );
        assert_eq!(answer.header("ce-connectionState"), Some("e30="));
        assert_eq!(answer.headers().count(), 2);
        assert_eq!(answer.into_body(), body);
    }
    let quiet = Reply::Nothing.answer(&StateChange::Keep);
    assert_eq!(
        (quiet.status(), quiet.headers().count(), quiet.body()),
        (204, 0, &[][..])
    );
}
