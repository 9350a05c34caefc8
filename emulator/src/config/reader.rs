//! Reading a config file: TOML, or JSON by its extension; and saying where and how it is wrong.

use std::path::Path;

use super::Settings;
use crate::model::ConfigError;

/// How like a known name an unknown one must be to be taken for a slip, from 0 to 1.
const SIMILARITY: f64 = 0.75;

/// Reads a file. Relative paths in it start at its folder.
pub(crate) fn read(path: &Path) -> Result<Settings, ConfigError> {
    let bytes = std::fs::read(path).map_err(|error| {
        ConfigError::new(format!("cannot read the config file {}: {error}", path.display()))
    })?;
    let is_json = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let parsed = text(&bytes).and_then(|text| match is_json {
        true => parse_json(text),
        false => parse_toml(text),
    });
    let mut settings = parsed.map_err(|Fault { line, column, reason }| {
        ConfigError::new(format!("{}:{line}:{column}: {reason}", path.display()))
    })?;
    settings.resolve_paths(path.parent().unwrap_or(Path::new("")));
    Ok(settings)
}

struct Fault {
    line: usize,
    column: usize,
    reason: String,
}

impl Fault {
    /// What is wrong after the text `before`.
    fn after(before: &str, reason: String) -> Self {
        Self {
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            reason,
        }
    }
}

/// The text, without the mark that some editors put before it.
fn text(bytes: &[u8]) -> Result<&str, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let reason = "this is not UTF-8: save the file with that encoding".to_owned();
        Fault::after(std::str::from_utf8(before).unwrap_or_default(), reason)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn parse_json(text: &str) -> Result<Settings, Fault> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let position = format!(" at line {} column {}", error.line(), error.column());
        Fault {
            line: error.line(),
            column: error.column(),
            reason: explain(message.strip_suffix(&position).unwrap_or(&message)),
        }
    })
}

fn parse_toml(text: &str) -> Result<Settings, Fault> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        Fault::after(text.get(..start).unwrap_or_default(), explain(error.message()))
    })
}

/// Serde's message, with the known name that is nearest to an unknown one.
pub(super) fn explain(message: &str) -> String {
    let message = message.trim();
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return message.to_owned();
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next() else {
        return message.to_owned();
    };
    let likeness = |known: &str| strsim::jaro_winkler(&unknown.to_lowercase(), &known.to_lowercase());
    let nearest = quoted
        .map(|known| (likeness(known), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest {
        Some((likeness, known)) if likeness >= SIMILARITY => {
            format!("{message}; did you mean `{known}`?")
        }
        _ => message.to_owned(),
    }
}
