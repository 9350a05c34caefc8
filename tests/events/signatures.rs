//! Who is let in.

use webpubsub_edge::{
    AccessKey,
    events::{Handler, Kind, Received},
};

use crate::service::{
    ORIGIN, PRIMARY, Request, SECONDARY, SIGNED_PRIMARY, SIGNED_SECONDARY, answer, builder, code, event,
    handler, words,
};

#[test]
fn either_signature_fits_with_either_key() {
    for key in [PRIMARY, SECONDARY] {
        let handler = Handler::builder("chat")
            .access_key(AccessKey::new(key).unwrap())
            .build()
            .unwrap();
        for header in [
            format!("{SIGNED_PRIMARY},{SIGNED_SECONDARY}"),
            format!(" {SIGNED_SECONDARY} , {SIGNED_PRIMARY} "),
            format!(
                "sha256=00,nonsense,{},{}",
                SIGNED_PRIMARY.to_uppercase(),
                SIGNED_SECONDARY.to_uppercase()
            ),
        ] {
            assert_eq!(
                event(
                    &handler,
                    &Request::event("sys.connected").with("ce-signature", header)
                )
                .kind(),
                Kind::Connected
            );
        }
    }
    let repeated = Request::event("sys.connected")
        .with("ce-signature", SIGNED_SECONDARY)
        .and("ce-signature", SIGNED_PRIMARY);
    event(&handler(), &repeated);
}

#[test]
fn what_no_key_has_signed_is_refused_with_the_cause_and_no_more() {
    let cases = [
        (SIGNED_SECONDARY.to_owned(), "none of the access keys"),
        (format!("sha256={}", "0".repeat(64)), "none of the access keys"),
        (
            SIGNED_PRIMARY.replace("sha256=", "sha512="),
            "no entry of the form",
        ),
        (SIGNED_PRIMARY.replace("sha256=", ""), "no entry of the form"),
        (format!("{SIGNED_PRIMARY}00"), "no entry of the form"),
        (format!("sha256={}", "+1".repeat(32)), "no entry of the form"),
        (String::new(), "no entry of the form"),
    ];
    for (header, cause) in cases {
        let answer = answer(
            &handler(),
            &Request::event("sys.connect").with("ce-signature", &header),
        );
        assert_eq!(answer.status(), 401, "{header}");
        assert!(words(&answer).contains(cause), "{header}: {}", words(&answer));
        assert!(!words(&answer).contains(PRIMARY) && !words(&answer).contains("7767"));
    }
    let missing = answer(&handler(), &Request::event("sys.connect").without("ce-signature"));
    assert_eq!(
        (missing.status(), words(&missing).contains("missing")),
        (401, true)
    );
}

#[test]
fn a_signature_is_for_one_connection() {
    let other = Request::event("sys.connect").with("ce-connectionId", "another");
    assert_eq!(answer(&handler(), &other).status(), 401);
}

#[test]
fn a_handler_without_keys_cannot_be_built() {
    assert_eq!(code(Handler::builder("chat").build()), "MissingAccessKey");
    let open = Handler::builder("chat")
        .dangerously_skip_signature_verification()
        .build()
        .unwrap();
    event(&open, &Request::event("sys.connect").without("ce-signature"));
}

#[test]
fn a_connection_string_has_a_key() {
    let with = |text: String| Handler::builder("chat").connection_string(text).build();
    let handler = with(format!(
        "Endpoint=https://{ORIGIN};AccessKey={PRIMARY};Version=1.0;"
    ))
    .unwrap();
    event(&handler, &Request::event("sys.connect"));
    assert_eq!(code(with("nonsense".to_owned())), "InvalidConnectionString");
}

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
        Received::Answer(answer) => answer.status(),
        Received::Event(_) => 0,
        other => panic!("{other:?}"),
    };
    assert_eq!(status(keys(&[SECONDARY])), 0);
    assert_eq!(status(keys(&["old", PRIMARY])), 0);
    assert_eq!(status(keys(&["old"])), 401);
    assert_eq!(status(Vec::new()), 500, "fails closed");
    assert_eq!(answer(&handler, &request).status(), 500);
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
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
