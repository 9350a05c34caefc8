//! URLs: no name changes where a request goes. That no URL parser changes what was signed is a property (`tests/properties`).

use webpubsub_edge::operation::{Operation, OperationKind, Parameters};

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
