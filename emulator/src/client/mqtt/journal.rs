//! What the journal gets to see of a client that has no session yet: the CONNECT packet without its password.

use bytes::Bytes;

use crate::instruments::{Peer, Tap};
use crate::protocol::Frame;
use crate::protocol::mqtt::SUBPROTOCOL;
use crate::service::Service;

/// Where the frames of a client are noted, as far as it is known.
pub(super) fn tap(service: &Service, hub: &str, connection: Option<&str>, user: Option<&str>) -> Tap {
    Tap::new(&service.instruments.journal, || Peer {
        hub: Some(hub.to_owned()),
        connection: connection.map(str::to_owned),
        user: user.map(str::to_owned),
        subprotocol: Some(SUBPROTOCOL.to_owned()),
    })
}

/// Records the frames that contained CONNECT. The password of a packet that could be read from one frame is covered;
/// otherwise the frames are covered completely, unless the packet has no password.
pub(super) fn note_connect(tap: &Tap, frames: &[Bytes], understood: Option<Option<Vec<u8>>>) {
    for frame in frames {
        let mut bytes = frame.to_vec();
        match (&understood, frames.len()) {
            (Some(None), _) => {}
            (Some(Some(password)), 1) => cover(&mut bytes, password),
            _ => bytes.fill(b'*'),
        }
        tap.received(&Frame::Binary(bytes.into()));
    }
}

/// Puts stars in place of a secret, wherever it is.
fn cover(bytes: &mut [u8], secret: &[u8]) {
    let mut at = 0;
    while let Some(part) = bytes
        .get_mut(at..at + secret.len())
        .filter(|_| !secret.is_empty())
    {
        at += match part == secret {
            true => {
                part.fill(b'*');
                secret.len()
            }
            false => 1,
        };
    }
}
