//! What fields of a limited size can carry of a text.

/// As much of a text as has at most so many bytes.
pub(crate) fn cut(text: &str, max_bytes: usize) -> &str {
    let end = (0..=text.len().min(max_bytes))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}
