use crate::core::error::Fault;
use crate::core::given::Place;
use crate::core::sink::Sink;
use crate::sinks::written;
use crate::{Input, Target};
use arguments::Arguments;

#[path = "../../../src/js/arguments.rs"]
mod arguments;
#[path = "../../../src/js/events.rs"]
mod events;
#[path = "../../../src/js/service.rs"]
mod service;
#[path = "../../../src/js/tokens.rs"]
mod tokens;

type Written = Result<(), Fault>;

/// The operations of the entry. Their numbers are those of the package only by chance: which one runs is the input's choice.
static OPERATIONS: [fn(&Arguments<'_>, &mut Sink<'_>) -> Written; 27] = [
    service::client,
    service::operation,
    service::own_request,
    service::page,
    tokens::request_token,
    service::judge,
    service::failure,
    tokens::client_access,
    tokens::issued,
    service::redact,
    service::continuation_token,
    tokens::freshness,
    tokens::token_url,
    tokens::token_form,
    tokens::token_response,
    |arguments, _| service::check(arguments),
    service::literal,
    service::role,
    service::escaped_pattern,
    events::handler,
    events::verdict,
    events::refusal,
    events::acceptance,
    events::refused,
    events::reply,
    service::options,
    tokens::challenge,
];

pub(crate) const ENTRY: Target = Target {
    name: "entry",
    texts: &[
        "[0-9]|1[0-9]|2[0-6]",
        "[0-9]|1[0-9]|2[01]",
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
    ],
    check: |input| {
        let operation = OPERATIONS[input.number(0) as usize % OPERATIONS.len()];
        let texts = input.0.get(2..).unwrap_or_default();
        let ordered = (input.number(1) as usize).min(texts.len()).min(21);
        let table: Vec<u8> = texts
            .iter()
            .flat_map(|text| (text.encode_utf16().count() as u32).to_le_bytes())
            .collect();
        let bytes = [&table[..], texts.concat().as_bytes()].concat();
        let arguments = Arguments::new(&bytes, ordered, texts.len());
        for (read, text) in arguments.texts.iter().zip(&texts[..ordered]) {
            assert_eq!(read, &text.as_bytes());
        }
        let mut place = Place::default();
        for text in &texts[ordered..] {
            assert_eq!(arguments.given.next_text(&mut place), Some(text.as_bytes()));
        }
        assert_eq!(arguments.given.next_text(&mut place), None);
        let _ = written(|sink| operation(&arguments, sink));
        // Lengths that are wrong lead to other texts, and to nothing worse.
        let lengths = texts.iter().map(|text| text.bytes().next().unwrap_or_default());
        let table: Vec<u8> = lengths
            .flat_map(|length| u32::from(length).to_le_bytes())
            .collect();
        let bytes = [&table[..], texts.concat().as_bytes()].concat();
        for (ordered, count) in [(ordered, texts.len()), (21, texts.len() / 2)] {
            let arguments = Arguments::new(&bytes, ordered, count);
            let _ = written(|sink| operation(&arguments, sink));
        }
    },
};

const TEXT: &str = "|[a-zA-Z]?(https://a\\.example|Endpoint=https://a\\.example;AccessKey=k|/api/hubs|chat|POST|[0-9]{1,4}|\\PC{0,4})";
