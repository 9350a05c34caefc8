//! URLs: no name changes where a request goes, and no URL parser changes what was signed.

use proptest::prelude::*;
use url::Url;
use webpubsub_edge::{
    Endpoint, Hub, Message,
    operation::{API_VERSION, Operation, OperationKind, Parameters},
};

use crate::operation::{everything, request};

#[test]
fn a_hostile_name_is_refused_in_every_parameter() {
    type Place = for<'p> fn(&'p mut Parameters, &str) -> &'p mut Parameters;
    let places: [(Place, &str); 7] = [
        (|p, name| p.group(name), "InvalidGroup"),
        (|p, name| p.user(name), "InvalidUserId"),
        (|p, name| p.connection(name), "InvalidConnectionId"),
        (|p, name| p.permission(name), "InvalidPermission"),
        (|p, name| p.target_name(name), "InvalidGroup"),
        (|p, name| p.excluded(["c", name]), "InvalidConnectionId"),
        (|p, name| p.groups(["g", name]), "InvalidGroup"),
    ];
    for (place, code) in places {
        for name in ["", ".", "..", " "] {
            let mut refusals = 0;
            for kind in OperationKind::ALL.iter().copied() {
                let mut parameters = everything();
                place(&mut parameters, name);
                // A token with an empty user id is one for an anonymous client.
                let omitted = if code == "InvalidUserId" && name.is_empty() {
                    "&userId=u%2F1"
                } else {
                    ""
                };
                match request(&Operation { kind, parameters }) {
                    Ok(got) => {
                        let parameters = everything();
                        let usual = request(&Operation { kind, parameters }).unwrap();
                        let url = usual.url.replace(omitted, "");
                        assert_eq!((got.url, got.body), (url, usual.body), "it has no place there");
                    }
                    Err(error) => {
                        assert_eq!(error.code(), code, "{}", kind.name());
                        refusals += 1;
                    }
                }
            }
            assert!(refusals > 0, "no operation takes it");
        }
    }
}

/// A segment without its escapes.
fn decoded(segment: &str) -> String {
    let form = format!("x={}", segment.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes())
        .next()
        .unwrap()
        .1
        .into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn url_parsers_keep_a_signed_url(
        hub in "[a-zA-Z][a-zA-Z0-9_`,.\\[\\]]{0,10}",
        names in [(); 3].map(|()| "\\PC{1,8}|.{1,8}|[./%2eE\\\\;:@&=+$,?#]{1,8}"),
        filter in "\\PC{1,20}|.{1,20}",
        kind in proptest::sample::select(OperationKind::ALL),
    ) {
        let taken = |name: &String| !name.trim().is_empty() && name != "." && name != "..";
        // Ids travel in headers.
        let kept = |name: &String| name.trim() == name && !name.contains(char::is_control);
        let [group, user, connection] = names;
        prop_assume!([&group, &user, &connection].into_iter().all(taken));
        prop_assume!([&user, &connection].into_iter().all(kept));
        prop_assume!(!filter.trim().is_empty());
        let mut parameters = everything();
        parameters.group(&group).user(&user).connection(&connection).target_name(&group);
        parameters.excluded([&connection, &user]).reason(&filter).filter(&filter);
        let endpoint = Endpoint::parse("http://127.0.0.1:8080").unwrap();
        let operation = Operation { kind, parameters };
        let message = Some(Message::text("hello"));
        let request = operation.request::<String>(&endpoint, &Hub::new(&hub).unwrap(), API_VERSION, message).unwrap();
        let parsed = Url::parse(&request.url).unwrap();
        prop_assert_eq!(parsed.as_str(), &request.url);
        let template: Vec<_> = kind.path().split('/').skip(1).collect();
        let segments: Vec<_> = parsed.path_segments().unwrap().collect();
        prop_assert_eq!(segments.len(), template.len());
        for (segment, place) in segments.into_iter().zip(template) {
            let meant = match place {
                "{hub}" => &hub,
                "{group}" => &group,
                "{user}" => &user,
                "{connection}" => &connection,
                "{permission}" => "sendToGroup",
                literal => literal,
            };
            prop_assert_eq!(decoded(segment), meant);
        }
    }
}
