//! What a handler may decide, and how it is sent: the responses to connect events and to user events.
//!
//! In here: accepting a client, refusing a client or a user event, replying, and the state of a connection. Each function
//! checks what was given, appends the body and says the rest. Not in here: refusals of the requests themselves
//! (`refusal.rs`).

use super::super::error::Fault;
use super::super::given::{Given, Parameter, Place};
use super::super::names::Name;
use super::super::sink::Sink;
use super::mqtt;
use super::verdict::DataType;

/// The name of the header with the state of a connection.
pub const STATE: &str = "ce-connectionState";

/// The text of a refusal because the handler failed. It says nothing of how.
pub const FAILED: &str = "The event could not be handled.";

/// The status and the content type of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseHead {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`; none without a body.
    pub content_type: Option<&'static [u8]>,
}

impl ResponseHead {
    /// The event is acknowledged, and there is nothing to say to it.
    pub const EMPTY: Self = Self {
        status: 204,
        content_type: None,
    };

    fn with(status: u16, data_type: DataType) -> Self {
        Self {
            status,
            content_type: Some(data_type.content_type()),
        }
    }
}

/// Accepts a client. What is not given stays as the client's token says; an empty user id makes the client anonymous, an
/// empty list of roles takes every role away.
pub fn write_acceptance<'a>(given: &impl Given<'a>, sink: &mut Sink<'_>) -> Result<ResponseHead, Fault> {
    let user_id = given.first(Parameter::UserId);
    if let Some(id) = user_id
        && !id.is_empty()
    {
        Name::UserId.check(id)?;
    }
    Name::Group.check_all(given, Parameter::Groups)?;
    let subprotocol = given.first(Parameter::Subprotocol);
    if let Some(chosen) = subprotocol {
        let mut place = Place::default();
        loop {
            match given.next(Parameter::OfferedSubprotocols, &mut place) {
                None => return Err(Fault::Subprotocol),
                Some(offered) if offered == chosen => break,
                Some(_) => {}
            }
        }
    }
    let start = sink.len();
    sink.byte(b'{');
    if given.has(Parameter::UserPropertiesGiven) {
        sink.member("mqtt");
        sink.byte(b'{');
        write_user_properties(given, sink);
        sink.byte(b'}');
    }
    write_text("userId", user_id, sink);
    sink.member_list(
        "groups",
        given.has(Parameter::GroupsGiven),
        given,
        Parameter::Groups,
    );
    sink.member_list("roles", given.has(Parameter::RolesGiven), given, Parameter::Roles);
    write_text("subprotocol", subprotocol, sink);
    sink.byte(b'}');
    Ok(if sink.len() - start == 2 {
        ResponseHead::EMPTY
    } else {
        ResponseHead::with(200, DataType::Json)
    })
}

/// By what a client, or a user event, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The handler failed: the status is 500, and the text says nothing of how it failed.
    Failed,
    /// An HTTP status, 400 to 599. For an MQTT client its code follows from the status.
    Status(u16),
    /// The code of an MQTT CONNACK packet. The HTTP status follows from the code.
    Mqtt(u8),
}

/// Refuses a client, or a user event. The reason is given as [`Parameter::Reason`]; only clients of MQTT 5.0 see it. The
/// service repeats a user event that is refused with a status from 500 on, up to four times. `mqtt_version` is what the
/// connect event of an MQTT client says, nothing for other clients and for user events.
pub fn write_refusal<'a>(
    refused: Refused,
    mqtt_version: Option<u8>,
    given: &impl Given<'a>,
    sink: &mut Sink<'_>,
) -> Result<ResponseHead, Fault> {
    let (status, code) = match refused {
        Refused::Failed => (500, None),
        Refused::Status(status) => (status, None),
        Refused::Mqtt(code) => {
            let status = mqtt::status_of(code, mqtt_version.unwrap_or_default());
            (status.ok_or(Fault::MqttCode)?, Some(code))
        }
    };
    let code = code.or_else(|| mqtt_version.map(|version| mqtt::code_of(status, version)));
    if !(400..=599).contains(&status) {
        return Err(Fault::RefusalStatus);
    }
    let reason = match refused {
        Refused::Failed => Some(FAILED.as_bytes()),
        _ => given.first(Parameter::Reason),
    };
    let Some(code) = code else {
        sink.text(reason.unwrap_or_default());
        return Ok(ResponseHead::with(status, DataType::Text));
    };
    sink.text(b"{\"mqtt\":{\"code\":");
    sink.number(code.into());
    write_text("reason", reason, sink);
    if given.has(Parameter::UserPropertiesGiven) {
        write_user_properties(given, sink);
    }
    sink.text(b"}}");
    Ok(ResponseHead::with(status, DataType::Json))
}

/// The head of a reply to a user event: with data of a type, or without any.
pub fn reply(data_type: Option<DataType>) -> ResponseHead {
    data_type.map_or(ResponseHead::EMPTY, |data_type| {
        ResponseHead::with(200, data_type)
    })
}

fn write_text(name: &str, text: Option<&[u8]>, sink: &mut Sink<'_>) {
    if let Some(text) = text {
        sink.member(name);
        sink.json(text);
    }
}

#[inline(always)]
fn write_user_properties<'a>(given: &impl Given<'a>, sink: &mut Sink<'_>) {
    sink.member("userProperties");
    sink.byte(b'[');
    let mut place = Place::default();
    while let Some((name, value)) = given.next_pair(Parameter::UserProperty, &mut place) {
        write_property(name, value, sink);
    }
    sink.byte(b']');
}

/// Appends a user property to a list.
pub fn write_property(name: &[u8], value: &[u8], sink: &mut Sink<'_>) {
    sink.separate();
    sink.byte(b'{');
    write_text("name", Some(name), sink);
    write_text("value", Some(value), sink);
    sink.byte(b'}');
}

/// The longest state as a header, in bytes: it travels with every event, and servers reject requests with much more.
const MAX_STATE: usize = 8 * 1024;

/// Appends the header with the new state of a connection. No header means that the state stays, and an empty one may be
/// dropped on the way.
pub fn write_state(json: &[u8], sink: &mut Sink<'_>) -> Result<(), Fault> {
    let start = sink.len();
    sink.base64(json);
    if sink.len() - start > MAX_STATE {
        return Err(Fault::StateTooLarge);
    }
    Ok(())
}
