//! Signatures: which requests are accepted.

use webpubsub_edge::{
    AccessKey,
    events::{Handler, Received},
};

use crate::service::{ORIGIN, PRIMARY, Request, SECONDARY, SIGNED_PRIMARY, builder, event, response};

#[test]
fn keys_may_come_with_each_event() {
    let handler = Handler::builder("chat").keys_per_event().build().unwrap();
    let request = Request::event("sys.connect");
    assert!(handler.needs_keys(&request.head()));
    assert!(!handler.needs_keys(&request.clone().with("ce-hub", "another").head()));
    assert!(!handler.needs_keys(&Request::handshake(ORIGIN).head()));
    let keys = |texts: &[&str]| {
        texts
            .iter()
            .map(|key| AccessKey::new(key).unwrap())
            .collect::<Vec<_>>()
    };
    let status = |keys: Vec<AccessKey>| match handler.receive_with(request.head(), &keys) {
        Received::Response(response) => response.status(),
        Received::Event(_) => 0,
        other => panic!("{other:?}"),
    };
    assert_eq!(status(keys(&[SECONDARY])), 0);
    assert_eq!(status(keys(&["old", PRIMARY])), 0);
    assert_eq!(status(keys(&["old"])), 401);
    assert_eq!(status(Vec::new()), 500, "fails closed");
    assert_eq!(response(&handler, &request).status(), 500);
}

#[test]
fn debug_output_has_no_secret() {
    let secret = "/hooks/s3cret/";
    let connection_string = format!("Endpoint=https://{ORIGIN};AccessKey={PRIMARY};Version=1.0;");
    let builder = builder().path(secret).connection_string(connection_string);
    let request = Request::event("sys.connect").at(secret);
    let handler = builder.clone().build().unwrap();
    let printed = format!(
        "{builder:?} {handler:?} {:?} {:?}",
        request.head(),
        event(&handler, &request)
    );
    for secret in [PRIMARY, "s3cret", &SIGNED_PRIMARY[7..]] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
