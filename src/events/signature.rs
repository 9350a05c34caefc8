//! `ce-signature`: whether an event comes from somebody who knows an access key.

use alloc::boxed::Box;

use super::{
    answer::{Answer, fault},
    head::{Head, hex_byte},
};
use crate::access_key::AccessKey;

pub(super) const SIGNATURE: &str = "ce-signature";

/// Checks every `sha256=…` entry against every key, each comparison in constant time.
pub(super) fn verify(
    head: &Head<'_>,
    connection_id: &str,
    keys: [&[AccessKey]; 2],
) -> Result<(), Box<Answer>> {
    let mut wrong = " is missing: only what Azure Web PubSub signed is taken here.";
    for value in head.all(SIGNATURE) {
        wrong = " has no entry of the form sha256=<64 hexadecimal digits>.";
        for entry in value.split(',') {
            let Some(signature) = parse(entry.trim()) else {
                continue;
            };
            if keys
                .iter()
                .any(|keys| keys.iter().any(|key| key.verify(connection_id, &signature)))
            {
                return Ok(());
            }
            wrong = " was made with none of the access keys of this handler: give it the keys of the resource that sends the events.";
        }
    }
    Err(Box::new(fault(401, SIGNATURE, wrong)))
}

fn parse(entry: &str) -> Option<[u8; 32]> {
    let (algorithm, digits) = entry.split_once('=')?;
    let mut signature = [0; 32];
    if !algorithm.eq_ignore_ascii_case("sha256") || digits.len() != 2 * signature.len() {
        return None;
    }
    let mut digits = digits.bytes();
    for byte in &mut signature {
        *byte = hex_byte(&mut digits)?;
    }
    Some(signature)
}
