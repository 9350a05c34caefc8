//! MQTT: the codes that refuse a client, and the HTTP statuses that they travel with.
//!
//! In here: both tables, those of the official handler. A code below 0x80 is one of MQTT 3.1.1, others are of MQTT 5.0.

/// The protocol version of MQTT 3.1.1.
pub const V3_1_1: u8 = 4;
/// The protocol version of MQTT 5.0.
pub const V5: u8 = 5;

/// The HTTP status for a code of a CONNACK packet that rejects a client of a version; none for any other code, among them 0,
/// which accepts. A version that is not known may be either.
#[inline(always)]
pub const fn status_of(code: u8, version: u8) -> Option<u16> {
    match (code, version) {
        (..128, V5) | (128.., V3_1_1) => None,
        (1 | 2, _) => Some(400),
        (3, _) => Some(503),
        (4 | 5, _) => Some(401),
        (129 | 131 | 132 | 133 | 140 | 144 | 149 | 153 | 154 | 155, _) => Some(400),
        (134 | 135, _) => Some(401),
        (138, _) => Some(403),
        (151 | 159, _) => Some(429),
        (128 | 130 | 136 | 137 | 156 | 157, _) => Some(500),
        _ => None,
    }
}

/// The code of a CONNACK packet for an HTTP status, in a version of MQTT.
pub const fn code_of(status: u16, version: u8) -> u8 {
    match (version, status) {
        (V3_1_1, 400) => 4,
        (V3_1_1, 401) => 5,
        (V3_1_1, _) => 3,
        (V5, 400) => 134,
        (V5, 401) => 135,
        (V5, _) => 128,
        // A version that is not known is just that.
        _ => 1,
    }
}
