use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::core::sink::Sink;
use crate::core::text;
use crate::sinks::{text_of, written};
use crate::{Input, Target};

/// What is not unreserved in RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(crate) const TEXTS: Target = Target {
    name: "texts",
    texts: &[
        "\\PC{0,12}|.{0,12}|[a-c,;=%0-9A-F ]{0,12}|[\\u{0}-\\u{2f}\\u{2000}-\\u{200b}]{0,4}",
        "[a-c,]{0,3}|\\PC{0,2}",
        "[0-9]{0,12}",
    ],
    check: |input| {
        for index in [0, 1, 2] {
            alone(input.text(index));
        }
        lists(input.text(0), input.text(1));
        encodings(input.text(0));
        let (a, b) = (input.text(0), input.text(1));
        assert_eq!(text::same(a.as_bytes(), b.as_bytes()), a.eq_ignore_ascii_case(b));
        let start = a.get(..b.len()).filter(|start| start.eq_ignore_ascii_case(b));
        let rest = start.map(|start| &a.as_bytes()[start.len()..]);
        assert_eq!(text::strip_prefix_same(a.as_bytes(), b.as_bytes()), rest);
    },
};

fn alone(text: &str) {
    let bytes = text.as_bytes();
    assert_eq!(text::is_blank(bytes), text.trim().is_empty(), "{text:?}");
    assert_eq!(text::is_trimmed(bytes), text.trim_ascii() == text);
    assert_eq!(text::utf16_length(bytes), text.encode_utf16().count());
    assert_eq!(
        text::is_token(bytes),
        http::Method::from_bytes(bytes).is_ok(),
        "{text:?}"
    );
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let expected = match text.parse::<u128>() {
        _ if !is_number => text::NO_NUMBER,
        Ok(number) => u32::try_from(number).unwrap_or(u32::MAX - 1).min(u32::MAX - 1),
        Err(_) => u32::MAX - 1,
    };
    // The largest numbers are not told apart.
    let limit = u32::MAX / 10 * 10 - 10;
    let number = text::number(bytes);
    assert!(
        number == expected || (number > limit && expected > limit && is_number),
        "{text}: {number}"
    );
    let hex = bytes.get(..2).and_then(|digits| hex::decode(digits).ok());
    assert_eq!(text::hex_byte(bytes), hex.map(|byte| byte[0]));
    let mut rest = bytes;
    let decoded: Vec<u8> = std::iter::from_fn(|| text::take_decoded(&mut rest)).collect();
    assert_eq!(decoded, percent_decode_str(text).collect::<Vec<_>>(), "{text}");
}

fn lists(list: &str, item: &str) {
    let bytes = list.as_bytes();
    let expected = list
        .split_once(',')
        .map(|(first, rest)| (first.as_bytes(), rest.as_bytes()));
    assert_eq!(text::cut(bytes, b','), expected);
    assert_eq!(text::split_first(bytes, b','), expected.unwrap_or((bytes, b"")));
    let mut rest = bytes;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        parts.push(text::take(&mut rest, b','));
    }
    // An empty part at the end does not count.
    let whole = list.strip_suffix(',').unwrap_or(list);
    let expected: Vec<_> = whole
        .split(',')
        .map(str::as_bytes)
        .filter(|_| !list.is_empty())
        .collect();
    assert_eq!(parts, expected, "{list:?}");
    let place = expected.iter().position(|part| *part == item.as_bytes());
    assert_eq!(
        text::index_of(item.as_bytes(), bytes, text::equal),
        place,
        "{item:?} in {list:?}"
    );
}

fn encodings(text: &str) {
    let bytes = text.as_bytes();
    let encoded = text_of(|sink| sink.encoded(bytes));
    assert_eq!(encoded, utf8_percent_encode(text, RESERVED).to_string());
    let json = text_of(|sink| sink.json(bytes));
    let read: Result<String, _> = serde_json::from_str(&json);
    assert_eq!(read.as_deref().ok(), Some(text), "{json}");
    assert_eq!(
        text_of(|sink| sink.base64url(bytes)),
        BASE64_URL_SAFE_NO_PAD.encode(text)
    );
    // Behind other text, which it leaves alone.
    assert_eq!(
        text_of(|sink| {
            sink.text(b"-_");
            sink.base64(bytes);
        }),
        format!("-_{}", BASE64_STANDARD.encode(text))
    );
    assert_eq!(text_of(|sink| sink.lower(bytes)), text.to_ascii_lowercase());
    let number = text.bytes().fold(0_u32, |number, byte| {
        number.wrapping_mul(31).wrapping_add(byte.into())
    });
    assert_eq!(text_of(|sink| sink.number(number)), number.to_string());
    let (twice, ()) = written(|sink| {
        sink.field(bytes);
        sink.repeat(0, bytes.len());
    });
    assert_eq!(twice, [bytes, b"\0", bytes].concat());
}
