//! Responses of handlers, on the wire.

use webpubsub_edge::events::{Reply, StateChange};

#[test]
fn a_reply_has_its_content_type_and_state() {
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
        let response = reply.response(&StateChange::Clear).unwrap();
        assert_eq!(
            (
                response.status(),
                response.header("Content-Type"),
                response.body()
            ),
            (200, Some(content_type), body)
        );
        assert_eq!(response.header("ce-connectionState"), Some("e30="));
        assert_eq!(response.headers().count(), 2);
        assert_eq!(response.into_body(), body);
    }
    let quiet = Reply::Nothing.response(&StateChange::Keep).unwrap();
    assert_eq!(
        (quiet.status(), quiet.headers().count(), quiet.body()),
        (204, 0, &[][..])
    );
}
