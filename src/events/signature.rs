//! `ce-signature`: whether an event comes from somebody who knows an access key.

use alloc::string::String;

use super::{Answer, head::hex};
use crate::access_key::AccessKey;

const LENGTH: usize = 32;

/// Checks every `sha256=…` entry of the header against every key, each comparison in constant time.
pub(super) fn verify<'a>(
    header: &str,
    connection_id: &str,
    keys: impl Iterator<Item = &'a AccessKey> + Clone,
) -> Result<(), Answer> {
    let mut wrong = "The header ce-signature has no entry of the form sha256=<64 hexadecimal digits>.";
    for entry in header.split(',') {
        let Some(signature) = parse(entry.trim()) else {
            continue;
        };
        if keys.clone().any(|key| key.verify(connection_id, &signature)) {
            return Ok(());
        }
        wrong = "The signature in ce-signature was made with none of the access keys of this handler: give it the keys of the resource that sends the events.";
    }
    Err(Answer::text(401, String::from(wrong)))
}

fn parse(entry: &str) -> Option<[u8; LENGTH]> {
    let (algorithm, digits) = entry.split_once('=')?;
    if !algorithm.eq_ignore_ascii_case("sha256") || digits.len() != 2 * LENGTH {
        return None;
    }
    let mut digits = digits.bytes();
    let mut signature = [0; LENGTH];
    for byte in &mut signature {
        *byte = hex(digits.next()?)? << 4 | hex(digits.next()?)?;
    }
    Some(signature)
}
