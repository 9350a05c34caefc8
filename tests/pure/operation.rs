//! The 25 operations: the request of each, and its required parameters.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use webpubsub_edge::{
    ClientProtocol, Endpoint, Error, Hub, Message,
    operation::{API_VERSION, Method, Operation, OperationKind, Parameters, Request},
};

use crate::{message, refused};

type Row = (&'static str, &'static str, &'static str, u16);

/// Each operation on the wire, given every parameter: it uses the ones that it accepts and ignores the others.
const WIRE: [Row; 25] = [
    ("getServiceStatus", "HEAD", "/api/health?V", 200),
    (
        "addConnectionsToGroups",
        "POST",
        "/api/hubs/Chat/:addToGroups?V",
        200,
    ),
    (
        "removeConnectionsFromGroups",
        "POST",
        "/api/hubs/Chat/:removeFromGroups?V",
        200,
    ),
    (
        "closeAllConnections",
        "POST",
        "/api/hubs/Chat/:closeConnections?V&excluded=e%2C1&excluded=e2&reason=be%20good",
        204,
    ),
    (
        "generateClientToken",
        "POST",
        "/api/hubs/Chat/:generateToken?V&userId=u%2F1&minutesToExpire=5&group=j&group=k&clientType=MQTT&role=r.1&role=r%202",
        200,
    ),
    (
        "sendToAll",
        "POST",
        "/api/hubs/Chat/:send?V&excluded=e%2C1&excluded=e2&filter=userId%20eq%20%27a%26b%27&messageTtlSeconds=0",
        202,
    ),
    (
        "closeConnection",
        "DELETE",
        "/api/hubs/Chat/connections/c%2B1?V&reason=be%20good",
        204,
    ),
    (
        "connectionExists",
        "HEAD",
        "/api/hubs/Chat/connections/c%2B1?V",
        200,
    ),
    (
        "sendToConnection",
        "POST",
        "/api/hubs/Chat/connections/c%2B1/:send?V&messageTtlSeconds=0",
        202,
    ),
    (
        "removeConnectionFromAllGroups",
        "DELETE",
        "/api/hubs/Chat/connections/c%2B1/groups?V",
        204,
    ),
    ("groupExists", "HEAD", "/api/hubs/Chat/groups/g%20%C3%A9?V", 200),
    (
        "closeGroupConnections",
        "POST",
        "/api/hubs/Chat/groups/g%20%C3%A9/:closeConnections?V&excluded=e%2C1&excluded=e2&reason=be%20good",
        204,
    ),
    (
        "sendToGroup",
        "POST",
        "/api/hubs/Chat/groups/g%20%C3%A9/:send?V&excluded=e%2C1&excluded=e2&filter=userId%20eq%20%27a%26b%27&messageTtlSeconds=0",
        202,
    ),
    (
        "listConnections",
        "GET",
        "/api/hubs/Chat/groups/g%20%C3%A9/connections?V&maxpagesize=200&top=7&continuationToken=t%3D%3D",
        200,
    ),
    (
        "removeConnectionFromGroup",
        "DELETE",
        "/api/hubs/Chat/groups/g%20%C3%A9/connections/c%2B1?V",
        204,
    ),
    (
        "addConnectionToGroup",
        "PUT",
        "/api/hubs/Chat/groups/g%20%C3%A9/connections/c%2B1?V",
        200,
    ),
    (
        "revokePermission",
        "DELETE",
        "/api/hubs/Chat/permissions/sendToGroup/connections/c%2B1?V&targetName=t%2A",
        204,
    ),
    (
        "hasPermission",
        "HEAD",
        "/api/hubs/Chat/permissions/sendToGroup/connections/c%2B1?V&targetName=t%2A",
        200,
    ),
    (
        "grantPermission",
        "PUT",
        "/api/hubs/Chat/permissions/sendToGroup/connections/c%2B1?V&targetName=t%2A",
        200,
    ),
    ("userExists", "HEAD", "/api/hubs/Chat/users/u%2F1?V", 200),
    (
        "closeUserConnections",
        "POST",
        "/api/hubs/Chat/users/u%2F1/:closeConnections?V&excluded=e%2C1&excluded=e2&reason=be%20good",
        204,
    ),
    (
        "sendToUser",
        "POST",
        "/api/hubs/Chat/users/u%2F1/:send?V&filter=userId%20eq%20%27a%26b%27&messageTtlSeconds=0",
        202,
    ),
    (
        "removeUserFromAllGroups",
        "DELETE",
        "/api/hubs/Chat/users/u%2F1/groups?V",
        204,
    ),
    (
        "removeUserFromGroup",
        "DELETE",
        "/api/hubs/Chat/users/u%2F1/groups/g%20%C3%A9?V",
        204,
    ),
    (
        "addUserToGroup",
        "PUT",
        "/api/hubs/Chat/users/u%2F1/groups/g%20%C3%A9?V",
        200,
    ),
];

/// Every parameter.
pub(crate) fn everything() -> Parameters {
    let mut parameters = Parameters::default();
    parameters
        .group("g é")
        .user("u/1")
        .connection("c+1")
        .permission("sendToGroup")
        .excluded(["e,1", "e2"])
        .filter("userId eq 'a&b'")
        .message_ttl_seconds(0)
        .reason("be good")
        .target_name("t*")
        .max_page_size(200)
        .top(7)
        .continuation_token("t==")
        .groups(["j", "k"])
        .roles(["r.1", "r 2"])
        .lifetime(Duration::from_secs(359))
        .client_protocol(ClientProtocol::Mqtt)
        .metadata("lang", "en");
    parameters
}

/// An operation with these parameters.
fn operation(kind: OperationKind, set: impl FnOnce(&mut Parameters) -> &mut Parameters) -> Operation {
    let mut operation = Operation::new(kind);
    set(&mut operation.parameters);
    operation
}

/// The request of an operation that is given a message.
pub(crate) fn request(operation: &Operation) -> Result<Request<String>, Error> {
    let endpoint = Endpoint::parse("https://a.example").unwrap();
    operation.request(
        &endpoint,
        &Hub::new("Chat").unwrap(),
        API_VERSION,
        Some(Message::text("hello")),
    )
}

fn header<'a>(request: &'a Request<String>, name: &str) -> Option<&'a str> {
    let mut values = request
        .headers
        .iter()
        .filter(|(n, _)| n == name)
        .map(|(_, value)| value.as_str());
    let value = values.next();
    assert!(values.next().is_none(), "{name} is there twice");
    value
}

#[test]
fn each_operation_has_its_method_and_url() {
    let names: HashSet<_> = WIRE.iter().map(|row| row.0).collect();
    assert_eq!((names.len(), OperationKind::ALL.len()), (25, 25));
    for (name, method, target, status) in WIRE {
        let kind = OperationKind::from_name(name).unwrap();
        let request = request(&Operation {
            kind,
            parameters: everything(),
        })
        .unwrap();
        let target = target.replace("?V", "?api-version=2024-12-01");
        assert_eq!(request.url, format!("https://a.example{target}"));
        assert_eq!(
            (request.method.as_str(), kind.method(), kind.success()),
            (method, request.method, status),
            "{name}"
        );
        assert_eq!(kind.name(), name);
        let template = kind.path();
        assert_eq!(
            template.split('/').count(),
            target.split('/').count(),
            "{name}: {template}"
        );
    }
    assert!(OperationKind::from_name("SendToAll").is_none());
}

#[test]
fn only_sends_and_group_changes_have_a_body() {
    for kind in OperationKind::ALL.iter().copied() {
        let request = request(&Operation {
            kind,
            parameters: everything(),
        })
        .unwrap();
        let name = kind.name();
        let (content_type, body) = match name {
            name if name.starts_with("send") => (Some("text/plain"), Some("hello".to_owned())),
            "addConnectionsToGroups" | "removeConnectionsFromGroups" => {
                let body: Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
                assert_eq!(body, json!({"groups": ["j", "k"], "filter": "userId eq 'a&b'"}));
                (Some("application/json"), request.body.clone())
            }
            _ => (None, None),
        };
        assert_eq!(
            (header(&request, "Content-Type"), &request.body),
            (content_type, &body),
            "{name}"
        );
        assert_eq!(kind.sends(), name.starts_with("send"));
        assert_eq!(kind.is_repeatable(), !kind.sends(), "{name}");
        let metadata = kind.sends().then_some("en");
        assert_eq!(header(&request, "X-WebPubSub-Metadata-lang"), metadata, "{name}");
        let accept = (request.method != Method::Head).then_some("application/json");
        assert_eq!(
            header(&request, "Accept"),
            accept,
            "{name}: there is nothing to accept after HEAD"
        );
        let asks = ["connectionExists", "groupExists", "hasPermission", "userExists"].contains(&name);
        assert_eq!(kind.asks_existence(), asks, "{name}");
    }
}

#[test]
fn numbers_outside_their_limits_are_refused() {
    type Set = fn(&mut Parameters, u64) -> &mut Parameters;
    type Case = (OperationKind, Set, &'static str, [u64; 2], &'static [u64]);
    let cases: [Case; 3] = [
        (
            OperationKind::SendToAll,
            |p, n| p.message_ttl_seconds(n),
            "InvalidMessageTtl",
            [0, 300],
            &[301, u64::MAX],
        ),
        (
            OperationKind::ListConnections,
            |p, n| p.max_page_size(n),
            "InvalidPageSize",
            [1, 200],
            &[0, 201],
        ),
        (
            OperationKind::ListConnections,
            |p, n| p.top(n),
            "InvalidTop",
            [1, 2_147_483_647],
            &[0, 2_147_483_648],
        ),
    ];
    for (kind, set, code, limits, beyond) in cases {
        let with = |n| request(&operation(kind, |p| set(p.group("g"), n)));
        for n in limits {
            assert!(with(n).unwrap().url.ends_with(&format!("={n}")));
        }
        for &n in beyond {
            assert_eq!(refused(with(n)), (code, true), "{n}");
            assert!(message(with(n)).contains(&format!("from {} to {}", limits[0], limits[1])));
        }
    }
}

#[test]
fn missing_parameters_are_refused() {
    let endpoint = Endpoint::parse("https://a.example").unwrap();
    let hub = Hub::new("Chat").unwrap();
    let without =
        Operation::new(OperationKind::SendToAll).request::<String>(&endpoint, &hub, API_VERSION, None);
    assert_eq!(refused(without), ("InvalidMessage", false));
    for (kind, code) in [
        (OperationKind::SendToGroup, "InvalidGroup"),
        (OperationKind::UserExists, "InvalidUserId"),
        (OperationKind::CloseConnection, "InvalidConnectionId"),
        (OperationKind::GrantPermission, "InvalidPermission"),
        (OperationKind::AddConnectionsToGroups, "InvalidGroup"),
    ] {
        assert_eq!(
            refused(request(&Operation::new(kind))),
            (code, false),
            "{}",
            kind.name()
        );
    }
}
