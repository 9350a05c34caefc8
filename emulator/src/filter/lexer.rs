//! From filter text to tokens.

/// One token and where it stands (byte offsets).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Word(String),
    Text(String),
    Int(i64),
    Open,
    Close,
    Comma,
    /// Always last, so that the parser never runs out of tokens.
    End,
}

/// All tokens, or the byte offset of the first thing that is none.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        let mut take_while = |accept: fn(char) -> bool| {
            while chars.next_if(|&(_, c)| accept(c)).is_some() {}
            chars.peek().map_or(text.len(), |&(at, _)| at)
        };
        let (kind, end) = match c {
            c if c.is_whitespace() => {
                take_while(char::is_whitespace);
                continue;
            }
            '(' | ')' | ',' => {
                chars.next();
                let kind = match c {
                    '(' => Kind::Open,
                    ')' => Kind::Close,
                    _ => Kind::Comma,
                };
                (kind, start + 1)
            }
            '\'' => quoted(text, start)?,
            c if c.is_ascii_digit() || c == '-' => {
                chars.next();
                let end = {
                    while chars.next_if(|&(_, c)| c.is_ascii_alphanumeric()).is_some() {}
                    chars.peek().map_or(text.len(), |&(at, _)| at)
                };
                (Kind::Int(text[start..end].parse().map_err(|_| start)?), end)
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = take_while(|c| c.is_ascii_alphanumeric() || c == '_');
                (Kind::Word(text[start..end].to_owned()), end)
            }
            _ => return Err(start),
        };
        while chars.next_if(|&(at, _)| at < end).is_some() {}
        tokens.push(Token { kind, start, end });
    }
    tokens.push(Token {
        kind: Kind::End,
        start: text.len(),
        end: text.len(),
    });
    Ok(tokens)
}

/// A string literal that opens at `start`; a quote inside it is doubled.
fn quoted(text: &str, start: usize) -> Result<(Kind, usize), usize> {
    let mut value = String::new();
    let mut at = start + 1;
    loop {
        let Some(length) = text[at..].find('\'') else {
            return Err(start);
        };
        value.push_str(&text[at..at + length]);
        at += length + 1;
        if !text[at..].starts_with('\'') {
            return Ok((Kind::Text(value), at));
        }
        value.push('\'');
        at += 1;
    }
}
