//! URLs: no name changes where a request goes, and no URL parser changes what was signed.

use proptest::prelude::*;
use url::Url;
use webpubsub_edge::{
    Endpoint, Hub, Message,
    operation::{API_VERSION, Operation, OperationKind, Parameters},
};

use crate::operation::{everything, request};

#[test]
fn a_hostile_name_is_refused_wherever_it_stands() {
    type Place = fn(&mut Parameters, &str);
    let places: [(Place, &str); 7] = [
        (|p, name| p.group = Some(name.into()), "InvalidGroup"),
        (|p, name| p.user = Some(name.into()), "InvalidUserId"),
        (|p, name| p.connection = Some(name.into()), "InvalidConnectionId"),
        (|p, name| p.permission = Some(name.into()), "InvalidPermission"),
        (|p, name| p.target_name = Some(name.into()), "InvalidGroup"),
        (
            |p, name| p.excluded = vec!["c".into(), name.into()],
            "InvalidConnectionId",
        ),
        (|p, name| p.groups = vec!["g".into(), name.into()], "InvalidGroup"),
    ];
    for (place, code) in places {
        for name in ["", ".", "..", " "] {
            let mut refusals = 0;
            for kind in OperationKind::ALL.iter().copied() {
                let mut parameters = everything();
                place(&mut parameters, name);
                // A token for nobody is one for an anonymous client.
                let omitted = if parameters.user.as_deref() == Some("") {
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
    fn a_url_arrives_as_it_was_signed(
        hub in "[a-zA-Z][a-zA-Z0-9_`,.\\[\\]]{0,10}",
        names in [(); 3].map(|()| "\\PC{1,8}|.{1,8}|[./%2eE\\\\;:@&=+$,?#]{1,8}"),
        filter in "\\PC{0,20}|.{0,20}",
        kind in proptest::sample::select(OperationKind::ALL),
    ) {
        let taken = |name: &String| !name.trim().is_empty() && name != "." && name != "..";
        prop_assume!(names.iter().all(taken));
        let [group, user, connection] = names;
        let parameters = Parameters {
            group: Some(group.clone()),
            user: Some(user.clone()),
            connection: Some(connection.clone()),
            target_name: Some(group.clone()),
            excluded: vec![connection.clone(), user.clone()],
            reason: Some(filter.clone()),
            filter: Some(filter),
            ..everything()
        };
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
