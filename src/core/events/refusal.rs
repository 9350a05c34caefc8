//! Everything that can be wrong with a request of a webhook, and the only place that has words for it.
//!
//! In here: statuses and texts of responses that refuse. The texts are for whoever operates the server: the service shows
//! them in its logs. Not in here: refusals that a handler decides (`response.rs`).

use super::super::sink::Sink;
use super::super::text::nth;
use super::head::{Header, name_at};

/// What is wrong with a request of the service: a cause, and the header that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRefusal {
    /// What is wrong.
    pub cause: RefusalCause,
    /// The place of the header on the list of those that are read.
    pub(super) header: u8,
}

impl RequestRefusal {
    pub(super) const fn about(cause: RefusalCause, header: Header) -> Self {
        Self {
            cause,
            header: header as u8,
        }
    }

    pub(super) const fn of(cause: RefusalCause) -> Self {
        Self::about(cause, Header::Type)
    }

    /// Writes the text.
    pub fn write(self, sink: &mut Sink<'_>) {
        self.cause.write(name_at(self.header.into()), b"", sink);
    }
}

macro_rules! causes {
    ($($name:ident $status:literal $text:literal;)*) => {
        /// What can be wrong. In the texts `%` stands for what it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum RefusalCause {
            $(#[doc = $text] $name,)*
        }

        static STATUSES: &[u16] = &[$($status),*];
        const TEXTS: &str = concat!($($text, "\n"),*);

        impl RefusalCause {
            /// The cause with this number, counted from 0 in the order of the table.
            pub fn from_number(number: u32) -> Option<Self> {
                const ALL: &[RefusalCause] = &[$(RefusalCause::$name),*];
                ALL.get(number as usize).copied()
            }
        }
    };
}

causes! {
    BodyBroken 400 "The connection closed before the full body arrived.";
    BodyTooLarge 413 "The body is larger than % bytes: raise maxBodyBytes, or send less.";
    BodyUnreadable 500 "The body of the event could not be read.";
    BodyNotText 400 "The body of the user event is not text in UTF-8.";
    BodyNotJson 400 "The body of the user event is not JSON.";
    BodyNotObject 400 "The body of the % event is not a JSON object.";
    BodyMember 400 "The body of the % event has a malformed member: %.";
    BodyNoGroup 400 "The body of the % event names no group.";
    State 400 "The header ce-connectionState is not base64 of a JSON object.";
    KeysUnreadable 500 "The access keys of this handler could not be read.";
    Unauthorized 401 "The event is not authorized.";
    NotFound 404 "Only events of the hub % are accepted: check the URL template.";
    HeaderMissing 400 "The header % is missing: the service sends it with every request.";
    HeaderTwice 400 "The header % came more than once, or its value looks like that.";
    HeaderTooLong 431 "The header % has more than 16 entries.";
    HeaderNotText 400 "The header % is not text in UTF-8.";
    Version 400 "The header ce-awpsversion names an unknown version: 1.0 is known.";
    NoKeys 500 "This handler has no access key to verify events with.";
    SignatureMissing 401 "The header ce-signature is missing: only signed events are accepted.";
    SignatureMalformed 401 "The header ce-signature has no entry sha256=<64 hexadecimal digits>.";
    SignatureWrong 401 "The header ce-signature was made with none of the access keys of this handler: give it the keys of the service.";
    Origin 403 "Events are not accepted from ";
}

impl RefusalCause {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        STATUSES.get(self as usize).copied().unwrap_or_default()
    }

    /// Writes the text, with what it is about in the order of its `%`.
    pub fn write(self, first: &[u8], second: &[u8], sink: &mut Sink<'_>) {
        let mut about = first;
        for byte in nth(TEXTS, b'\n', self as usize) {
            if *byte == b'%' {
                sink.text(about);
                about = second;
            } else {
                sink.byte(*byte);
            }
        }
    }
}
