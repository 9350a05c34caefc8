//! The operations of vectors, by the names in the table of `src/core/operation.rs`, as calls of the crate.

use std::time::Duration;

use serde_json::{Value, json};
use webpubsub_edge::operation::Method;
use webpubsub_edge::{ClientAccessToken, Error, Message, WebPubSubServiceClient};

use crate::cases::{base64_decode, pairs, texts};
use crate::host::Host;

pub(crate) type Client = WebPubSubServiceClient<Host>;

/// What a call returned.
pub(crate) enum Outcome {
    Value(Value),
    Access(ClientAccessToken),
}

impl From<Value> for Outcome {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Value(Value::Null)
    }
}

impl From<bool> for Outcome {
    fn from(exists: bool) -> Self {
        Self::Value(exists.into())
    }
}

/// Sets the options of a call that a vector gives, of those that the operation has, and makes the call.
macro_rules! run {
    ($call:expr, $given:expr $(, $option:ident)*) => {{
        let mut call = $call;
        for (name, value) in pairs(&$given["headers"]) {
            call = call.header(name, value);
        }
        $(call = set!(call, $given, $option);)*
        call.await?.into()
    }};
}

macro_rules! set {
    ($call:expr, $given:expr, excluded) => {
        match texts(&$given["excludedConnections"]) {
            Some(ids) => $call.excluded(&ids),
            None => $call,
        }
    };
    ($call:expr, $given:expr, filter) => {
        match $given["filter"].as_str() {
            Some(filter) => $call.filter(filter),
            None => $call,
        }
    };
    ($call:expr, $given:expr, ttl) => {
        match $given["messageTtlSeconds"].as_u64() {
            Some(seconds) => $call.message_ttl_seconds(u32::try_from(seconds).unwrap()),
            None => $call,
        }
    };
    ($call:expr, $given:expr, metadata) => {{
        let mut call = $call;
        for (key, value) in pairs(&$given["messageMetadata"]) {
            call = call.metadata(key, value);
        }
        call
    }};
    ($call:expr, $given:expr, reason) => {
        match $given["reason"].as_str() {
            Some(reason) => $call.reason(reason),
            None => $call,
        }
    };
    ($call:expr, $given:expr, target) => {
        match $given["targetName"].as_str() {
            Some(group) => $call.target_name(group),
            None => $call,
        }
    };
}

/// Makes the call of a vector.
pub(crate) async fn call(client: &Client, given: &Value) -> Result<Outcome, Error> {
    let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
    let (group, user, connection) = (text("group"), text("userId"), text("connectionId"));
    let permission = || text("permission").parse();
    let groups = texts(&given["groups"]).unwrap_or_default();
    let outcome = match given["operation"].as_str().unwrap() {
        "getServiceStatus" => run!(client.get_service_status(), given),
        "addConnectionsToGroups" => run!(client.add_connections_to_groups(&groups, text("filter")), given),
        "removeConnectionsFromGroups" => run!(
            client.remove_connections_from_groups(&groups, text("filter")),
            given
        ),
        "closeAllConnections" => run!(client.close_all_connections(), given, excluded, reason),
        "sendToAll" => {
            run!(
                client.send_to_all(message(given)),
                given,
                excluded,
                filter,
                ttl,
                metadata
            )
        }
        "closeConnection" => run!(client.close_connection(&connection), given, reason),
        "connectionExists" => run!(client.connection_exists(&connection), given),
        "sendToConnection" => {
            run!(
                client.send_to_connection(&connection, message(given)),
                given,
                ttl,
                metadata
            )
        }
        "removeConnectionFromAllGroups" => run!(client.remove_connection_from_all_groups(&connection), given),
        "groupExists" => run!(client.group_exists(&group), given),
        "closeGroupConnections" => run!(client.close_group_connections(&group), given, excluded, reason),
        "sendToGroup" => {
            run!(
                client.send_to_group(&group, message(given)),
                given,
                excluded,
                filter,
                ttl,
                metadata
            )
        }
        "listConnections" => pages(client, &group, given).await?.into(),
        "removeConnectionFromGroup" => run!(client.remove_connection_from_group(&group, &connection), given),
        "addConnectionToGroup" => run!(client.add_connection_to_group(&group, &connection), given),
        "revokePermission" => run!(
            client.revoke_permission(permission()?, &connection),
            given,
            target
        ),
        "hasPermission" => run!(client.has_permission(permission()?, &connection), given, target),
        "grantPermission" => run!(client.grant_permission(permission()?, &connection), given, target),
        "userExists" => run!(client.user_exists(&user), given),
        "closeUserConnections" => run!(client.close_user_connections(&user), given, excluded, reason),
        "sendToUser" => {
            run!(
                client.send_to_user(&user, message(given)),
                given,
                filter,
                ttl,
                metadata
            )
        }
        "removeUserFromAllGroups" => run!(client.remove_user_from_all_groups(&user), given),
        "removeUserFromGroup" => run!(client.remove_user_from_group(&group, &user), given),
        "addUserToGroup" => run!(client.add_user_to_group(&group, &user), given),
        "generateClientToken" => Outcome::Access(access(client, given).await?),
        "sendRequest" => own(client, given).await?.into(),
        other => panic!("unknown operation {other}"),
    };
    Ok(outcome)
}

fn message(given: &Value) -> Message<Vec<u8>> {
    let message = &given["message"];
    if let Some(text) = message["text"].as_str() {
        Message::text(text)
    } else if let Some(base64) = message["bytes"].as_str() {
        Message::bytes(base64_decode(base64))
    } else {
        Message::json(&message["json"]).unwrap()
    }
}

/// The pages of a list.
async fn pages(client: &Client, group: &str, given: &Value) -> Result<Value, Error> {
    let mut list = client.list_connections(group);
    for (name, value) in pairs(&given["headers"]) {
        list = list.header(name, value);
    }
    if let Some(size) = given["maxPageSize"].as_u64() {
        list = list.max_page_size(u32::try_from(size).unwrap());
    }
    if let Some(top) = given["top"].as_u64() {
        list = list.top(u32::try_from(top).unwrap());
    }
    if let Some(token) = given["continuationToken"].as_str() {
        list = list.continuation_token(token);
    }
    let mut pages = Vec::new();
    while let Some(page) = list.next_page().await? {
        let connections = page
            .connections
            .into_iter()
            .map(|connection| match connection.user_id {
                Some(id) => json!({"connectionId": connection.connection_id, "userId": id}),
                None => json!({"connectionId": connection.connection_id}),
            });
        let mut all = json!({"connections": connections.collect::<Vec<_>>()});
        if let Some(token) = page.continuation_token {
            all["continuationToken"] = token.into();
        }
        pages.push(all);
    }
    Ok(pages.into())
}

async fn access(client: &Client, given: &Value) -> Result<ClientAccessToken, Error> {
    let mut call = client.get_client_access_token();
    for (name, value) in pairs(&given["headers"]) {
        call = call.header(name, value);
    }
    if let Some(id) = given["userId"].as_str() {
        call = call.user_id(id);
    }
    if let Some(roles) = texts(&given["roles"]) {
        call = call.roles(roles);
    }
    if let Some(groups) = texts(&given["groups"]) {
        call = call.groups(groups);
    }
    if let Some(seconds) = given["lifetimeInSeconds"].as_f64() {
        call = call.expires_after(Duration::from_secs_f64(seconds));
    }
    if let Some(protocol) = given["clientProtocol"].as_str() {
        call = call.client_protocol(protocol.parse()?);
    }
    for (name, json) in given["jwtHeaders"].as_object().into_iter().flatten() {
        call = call.jwt_header(name, json.to_string());
    }
    call.await
}

/// A request of the caller's own.
async fn own(client: &Client, given: &Value) -> Result<Value, Error> {
    let text = |name: &str| given[name].as_str();
    let method = match text("method").unwrap() {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        other => panic!("unknown method {other}"),
    };
    let mut call = client.send_request(method, text("path").unwrap());
    for pair in given["query"].as_array().into_iter().flatten() {
        call = call.query(pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
    }
    if let (Some(body), Some(content_type)) = (text("body"), text("contentType")) {
        call = call.body(content_type, body);
    }
    for (name, value) in pairs(&given["headers"]) {
        call = call.header(name, value);
    }
    let response = call.await?;
    Ok(json!({"status": response.status, "body": String::from_utf8(response.body).unwrap()}))
}
