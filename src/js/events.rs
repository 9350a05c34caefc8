//! The operations of the event handler.
//!
//! Each takes its texts in the order in which `pkg/src/` writes them, calls the core, and writes the output.

use super::Written;
use super::arguments::{Arguments, Texts, optional, status};
use crate::core::access_key::AccessKey;
use crate::core::connection_string::ConnectionString;
use crate::core::error::Fault;
use crate::core::events::context::{Context, MQTT};
use crate::core::events::head::{Head, Header};
use crate::core::events::refusal::RefusalCause;
use crate::core::events::response::{self, Refused};
use crate::core::events::verdict::{
    DataType, EventKind, Handler, MAX_BODY_BYTES, Verdict, Verification, media_type, write_path,
};
use crate::core::given::{Given, Parameter, Place};
use crate::core::headers::METADATA;
use crate::core::sink::Sink;
use crate::core::text::{equal, index_of, nth, number};

/// Hub, path with a blank in front when it is given, connection string with one, whether there are other keys or none are
/// needed, whether endpoints are listed, then the endpoints. Gives the path, the key of the connection string and the largest body by
/// default.
pub(super) fn handler(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [hub, path, connection_string, has_keys, has_endpoints, ..] = arguments.texts;
    let has_keys = !has_keys.is_empty() || !connection_string.is_empty();
    write_path(
        hub,
        path.strip_prefix(b" "),
        has_keys,
        !has_endpoints.is_empty(),
        &arguments.given,
        sink,
    )?;
    sink.end_field();
    if !connection_string.is_empty() {
        sink.text(ConnectionString::parse(connection_string)?.access_key.expose());
    }
    sink.end_field();
    sink.number(MAX_BODY_BYTES);
    Ok(())
}

/// Hub, path of the handler, how events are verified (`keys`, `ask` or `skip`), method, path, the number of endpoints and keys,
/// then these and headers.
/// Gives nothing for a request that is not for the handler; `?` when keys are needed; a status with the text behind it, 200
/// with the origin that may send events; or the name of a handler, data type, media type, status of an empty response, context
/// and state.
pub(super) fn verdict(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [hub, path, verification, method, target, count, ..] = arguments.texts;
    let mut headers = arguments.given;
    let settings = headers.take_list(number(count) as usize);
    let handler = Handler {
        hub,
        path,
        verification: match index_of(verification, b"skip,ask", equal) {
            Some(0) => Verification::Skipped,
            Some(_) => Verification::KeysPerEvent,
            None => Verification::Keys,
        },
        settings: &settings,
    };
    let head = Head::new(method, target, &headers);
    match handler.judge(&head) {
        Verdict::NotMine => {}
        Verdict::NeedsKeys => sink.byte(b'?'),
        Verdict::Handshake(origin) => {
            write_status(200, sink);
            sink.text(origin);
        }
        Verdict::Refuse(refusal) => {
            write_status(refusal.cause.status(), sink);
            handler.write_refusal(refusal, &head, sink);
        }
        Verdict::Unknown => write_status(response::ResponseHead::EMPTY.status, sink),
        Verdict::Event(kind) => write_event(kind, &Context(&head), sink),
    }
    Ok(())
}

fn write_status(status: u16, sink: &mut Sink<'_>) {
    sink.number(status.into());
    sink.end_field();
}

fn write_event<'a, G: Given<'a>>(kind: EventKind, context: &Context<'_, 'a, G>, sink: &mut Sink<'_>) {
    const HANDLERS: &str =
        "handleConnect,onConnected,onDisconnected,onGroupJoined,onGroupLeft,handleUserEvent";
    sink.field(nth(HANDLERS, b',', kind.index()));
    if let EventKind::User(data_type) = kind {
        sink.text(data_type.name());
    }
    sink.end_field();
    sink.lower(media_type(context.0));
    sink.end_field();
    write_status(response::ResponseHead::EMPTY.status, sink);
    write_context(context, sink);
    sink.end_field();
    sink.text(context.0.value(Header::State));
}

/// How many members of the context are headers as they are; the host joins the values of repeated ones.
const MEMBERS: usize = 9;

/// The context as JSON, without the state.
fn write_context<'a, G: Given<'a>>(context: &Context<'_, 'a, G>, sink: &mut Sink<'_>) {
    sink.byte(b'{');
    let physical = context.physical_connection_id();
    for index in 0..MEMBERS {
        let (name, value) = context.member(index);
        // Only the signature is there even when it is empty.
        if !value.is_empty() || index == MEMBERS - 1 {
            sink.member_of(name);
            sink.json(value);
        }
    }
    write_member("eventName", Some(context.event_name()), sink);
    let protocol: &[u8] = if physical.is_some() { b"mqtt" } else { b"default" };
    write_member("clientProtocol", Some(protocol), sink);
    write_pairs("metadata", false, METADATA, context.0, sink);
    if physical.is_some() {
        sink.member("mqtt");
        sink.byte(b'{');
        write_member("physicalConnectionId", physical, sink);
        write_member("sessionId", context.session_id(), sink);
        write_pairs("userProperties", true, MQTT, context.0, sink);
        sink.byte(b'}');
    }
    sink.byte(b'}');
}

/// Writes the headers below a prefix as a member, an object or a list, unless there are none.
#[inline(never)]
fn write_pairs<'a, G: Given<'a>>(
    member: &str,
    is_list: bool,
    prefix: &[u8],
    head: &Head<'a, G>,
    sink: &mut Sink<'_>,
) {
    let (mut place, mut is_open) = (Place::default(), false);
    while let Some((name, value)) = head.next_below(prefix, &mut place) {
        if !is_open {
            sink.member(member);
            sink.byte(if is_list { b'[' } else { b'{' });
            is_open = true;
        }
        if is_list {
            response::write_property(name, value, sink);
        } else {
            sink.member_of(name);
            sink.json(value);
        }
    }
    if is_open {
        sink.byte(if is_list { b']' } else { b'}' });
    }
}

fn write_member(name: &str, value: Option<&[u8]>, sink: &mut Sink<'_>) {
    if let Some(value) = value {
        sink.member(name);
        sink.json(value);
    }
}

/// The number of a cause, what it is about. Gives the status and the text.
pub(super) fn refusal(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [which, first, second, ..] = arguments.texts;
    if let Some(cause) = RefusalCause::from_number(number(which)) {
        write_status(cause.status(), sink);
        cause.write(first, second, sink);
    }
    Ok(())
}

/// Access key, id of a connection. Gives the HMAC that signs its events, in base64url.
pub(super) fn signature(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [key, connection_id, ..] = arguments.texts;
    AccessKey::new(key)?.write_hmac(connection_id, sink);
    Ok(())
}

/// Appends what every response has behind its body: status, content type, state.
fn write_head(head: response::ResponseHead, given: &Texts<'_>, sink: &mut Sink<'_>) -> Written {
    sink.end_field();
    write_status(head.status, sink);
    sink.field(head.content_type.unwrap_or_default());
    match given.first(Parameter::State) {
        Some(state) => response::write_state(state, sink),
        None => Ok(()),
    }
}

/// What accepts a client. Gives body, status, content type and state.
pub(super) fn acceptance(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let head = response::write_acceptance(&arguments.given, sink)?;
    write_head(head, &arguments.given, sink)
}

/// HTTP status or nothing, MQTT code or nothing (both nothing when the handler failed), MQTT version or nothing, then what
/// goes along. Gives the same.
pub(super) fn refused(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [code, mqtt_code, mqtt_version, ..] = arguments.texts;
    let refused = match (code, mqtt_code) {
        (b"", b"") => Refused::Failed,
        (code, b"") => Refused::Status(status(code).unwrap_or_default()),
        (_, code) => Refused::Mqtt(u8::try_from(number(code)).map_err(|_| Fault::MqttCode)?),
    };
    // A version that is none is a version that is not known.
    let version = optional(mqtt_version).map(|version| u8::try_from(number(version)).unwrap_or(u8::MAX));
    let head = response::write_refusal(refused, version, &arguments.given, sink)?;
    write_head(head, &arguments.given, sink)
}

/// Data type or nothing, then the state. Gives the same, without a body.
pub(super) fn reply(arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    let [data_type, ..] = arguments.texts;
    let data_type = optional(data_type).map(DataType::parse).transpose()?;
    write_head(response::reply(data_type), &arguments.given, sink)
}
