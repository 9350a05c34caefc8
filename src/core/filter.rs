//! Filters over connections, in the service's subset of OData.
//!
//! In here: literals, so that a value never turns into syntax. Not in here: building a filter from values, which each face
//! does in the way of its language; parsing, which the service does.

use super::sink::Sink;

/// Appends a text as a literal: in quotes, with the quotes in it doubled.
pub fn write_literal(text: &[u8], sink: &mut Sink<'_>) {
    sink.byte(b'\'');
    for byte in text {
        if *byte == b'\'' {
            sink.byte(b'\'');
        }
        sink.byte(*byte);
    }
    sink.byte(b'\'');
}
