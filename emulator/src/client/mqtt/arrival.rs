//! From an open socket to a session: the CONNECT packet, the connect event, and the session that the client gets.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::StreamExt as _;
use mqtt_proto::v5::ConnectReasonCode as Code;
use rand::distr::{Alphanumeric, SampleString as _};
use tokio::time::timeout;

use super::super::identity::{Identity, permissions};
use super::super::socket;
use super::journal;
use super::session::Session;
use super::upgrade::Admission;
use crate::events::{ConnectRequest, EventFailure};
use crate::http::WebSocket;
use crate::hub::{Arrival, Call, Client, Connection, Hub, MqttSide};
use crate::instruments::Tap;
use crate::model::permissions::Permission;
use crate::protocol::Frame;
use crate::protocol::mqtt::{Connect, Input, MqttFault, Refusal, SUBPROTOCOL, Version};
use crate::service::Service;

/// How long a client may take to send CONNECT.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves a socket until its client has a session that takes it over, or is refused.
pub(super) async fn receive(admission: Admission, mut socket: WebSocket) {
    let service = Arc::clone(&admission.service);
    let hub = service.hub(&admission.hub);
    let (mut input, mut frames) = (Input::default(), Vec::new());
    let connect = tokio::select! {
        connect = timeout(CONNECT_TIMEOUT, read_connect(&mut socket, &mut input, &mut frames)) => connect,
        () = service.stopping.cancelled() => return,
    };
    let understood = match &connect {
        Ok(Ok(Some(connect))) => Some(connect),
        _ => None,
    };
    let id = understood.map(|connect| connect.client_id.as_str());
    let tap = journal::tap(
        &service,
        &admission.hub,
        id,
        admission.identity.user_id.as_deref(),
    );
    let password = |connect: &Connect| {
        let password = connect.details.password.as_ref()?;
        STANDARD.decode(password).ok()
    };
    journal::note_connect(&tap, &frames, understood.map(password));
    drop(frames);
    let admitted = match connect {
        Ok(Ok(Some(connect))) => admit(admission, connect).await,
        // The client has gone.
        Ok(Ok(None)) => return,
        Ok(Err(refusal)) => Err(refusal),
        Err(_) => Err(Refusal::silent(MqttFault::protocol(
            "No CONNECT packet has come within 10 seconds.",
        ))),
    };
    match admitted {
        Ok(client) => {
            let arrival = Arrival {
                socket,
                input,
                client,
            };
            settle(service, hub, arrival).await;
        }
        Err(refusal) => refuse(socket, &refusal, &tap).await,
    }
}

/// Reads frames until there is a CONNECT packet.
async fn read_connect(
    socket: &mut WebSocket,
    input: &mut Input,
    frames: &mut Vec<Bytes>,
) -> Result<Option<Connect>, Refusal> {
    loop {
        match socket.next().await {
            Some(Ok(Frame::Binary(bytes))) => {
                frames.push(bytes.clone());
                input.add(bytes);
            }
            Some(Ok(Frame::Text(_))) => return Err(Refusal::silent(MqttFault::text_frame())),
            Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => continue,
            Some(Ok(Frame::Close(_)) | Err(_)) | None => return Ok(None),
        }
        if let Some(connect) = input.connect()? {
            return Ok(Some(connect));
        }
    }
}

/// Asks the event handler whether the client may connect, and as whom.
async fn admit(admission: Admission, connect: Connect) -> Result<Client, Refusal> {
    let Admission {
        service,
        hub,
        claims,
        query,
        headers,
        subprotocols,
        mut identity,
    } = admission;
    let physical_id = Alphanumeric.sample_string(&mut rand::rng(), 32);
    let events = service.events.connection(&hub, &connect.client_id);
    events.identify(identity.user_id.as_deref(), Some(SUBPROTOCOL));
    events.identify_mqtt(&physical_id, None);
    let mut request = ConnectRequest::new(&claims, &query, &headers, &subprotocols);
    request.mqtt = Some(connect.details.clone());
    let answer = events
        .connect(&request)
        .await
        .map_err(|failure| refusal(connect.version, &failure))?;

    // From here on the handler has accepted, so it hears of the end even if there is never a session.
    let bad_answer = |error: &dyn Display| {
        events.disconnected("The answer of the connect event handler was refused.");
        let message = format!("The answer of the connect event handler is not valid: {error}");
        Refusal::new(connect.version, Code::UnspecifiedError, message)
    };
    if answer
        .subprotocol
        .as_deref()
        .is_some_and(|name| name != SUBPROTOCOL)
    {
        return Err(bad_answer(&"the subprotocol of an MQTT client is always mqtt"));
    }
    identity.decide(&answer).map_err(|error| bad_answer(&error))?;
    let Identity {
        user_id,
        groups,
        roles,
    } = identity;
    events.identify(user_id.as_deref(), Some(SUBPROTOCOL));
    let user_properties = answer.mqtt.and_then(|mqtt| mqtt.user_properties);
    let tap = journal::tap(&service, &hub, Some(&connect.client_id), user_id.as_deref());
    Ok(Client {
        connect,
        tap,
        physical_id,
        events,
        user_id,
        groups,
        roles,
        user_properties: user_properties.unwrap_or_default(),
    })
}

/// What the client is told when the event handler does not accept it.
fn refusal(version: Version, failure: &EventFailure) -> Refusal {
    let EventFailure::Status(answer) = failure else {
        return Refusal::new(version, Code::UnspecifiedError, failure.to_string());
    };
    let mqtt = answer.mqtt();
    let code = match (mqtt.code, version, answer.status) {
        // No version has the code 255, so that the client gets an unspecified error.
        (Some(code), ..) => u8::try_from(code).unwrap_or(u8::MAX),
        (None, Version::V3, StatusCode::BAD_REQUEST) => 4,
        (None, Version::V3, StatusCode::UNAUTHORIZED) => 5,
        (None, Version::V3, _) => 3,
        (None, Version::V5, StatusCode::BAD_REQUEST) => 134,
        (None, Version::V5, StatusCode::UNAUTHORIZED) => 135,
        (None, Version::V5, _) => 128,
    };
    let reason = mqtt
        .reason
        .unwrap_or_else(|| format!("The event handler refused: {failure}"));
    Refusal::chosen(version, code, reason, mqtt.user_properties.unwrap_or_default())
}

async fn refuse(socket: WebSocket, refusal: &Refusal, tap: &Tap) {
    tracing::info!(reason = refusal.message, "MQTT client refused");
    socket::close(socket.split(), refusal.frame(), &refusal.close(), tap).await;
}

/// Gives a client its session: a new one, whose life this is, or the one that exists.
pub(super) async fn settle(service: Arc<Service>, hub: Arc<Hub>, mut arrival: Arrival) {
    loop {
        let client = &arrival.client;
        // The roles have been checked.
        let permissions = permissions(&client.roles).unwrap_or_default();
        let existing = hub.connection(&client.connect.client_id);
        let refusal = match (&existing, &client.connect.will) {
            (Some(existing), _) if existing.mqtt.is_none() => Some((
                Code::ClientIdentifierNotValid,
                "The client id is taken by a client of another protocol.",
            )),
            (existing, Some(will)) => {
                let send = Permission::SendToGroup;
                let may = match existing.as_ref().filter(|_| !client.connect.clean_start) {
                    Some(existing) => hub.allows(&existing.id, send, &will.topic_name).unwrap_or(false),
                    None => permissions.allows(send, &will.topic_name),
                };
                let message = "The client does not have permission to publish its will.";
                (!may).then_some((Code::NotAuthorized, message))
            }
            _ => None,
        };
        if let Some((code, message)) = refusal {
            client.events.disconnected(message);
            let refusal = Refusal::new(client.connect.version, code, message);
            return refuse(arrival.socket, &refusal, &client.tap).await;
        }
        if let Some(existing) = existing {
            match resume(&hub, &existing, arrival) {
                Some(back) => arrival = *back,
                None => return,
            }
            continue;
        }
        let clock = &service.instruments.clock;
        let side = Arc::new(MqttSide::new(clock.clone()));
        let connection = Arc::new(Connection::of_mqtt(
            client.connect.client_id.clone(),
            client.user_id.clone(),
            Arc::clone(&client.events),
            Arc::clone(&side),
            clock.clone(),
        ));
        if hub.claim(&connection, &client.groups, permissions) {
            let tap = client.tap.clone();
            let session = Session::new(service, hub, connection, side, tap);
            return session.run(Box::new(arrival)).await;
        }
    }
}

/// Hands a client over to its session, or ends that when the client wants another one. Gives the client back when
/// there is no session any more.
fn resume(hub: &Hub, existing: &Arc<Connection>, arrival: Arrival) -> Option<Box<Arrival>> {
    let arrival = Box::new(arrival);
    let Some(side) = &existing.mqtt else {
        return Some(arrival);
    };
    if arrival.client.connect.clean_start {
        hub.remove(existing);
        // One that takes no calls is at its end by itself.
        let _ = side.call(Call::GiveWay);
        return Some(arrival);
    }
    match side.call(Call::Attach(arrival)) {
        // It has ended, and so has left the hub.
        Err(Call::Attach(back)) => Some(back),
        Ok(()) | Err(Call::GiveWay) => None,
    }
}
