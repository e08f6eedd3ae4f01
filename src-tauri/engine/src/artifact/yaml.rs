//! One YAML mapping as text.
//!
//! Works on the parser's events, because nothing here wants types: `version: 1.10` is the text `1.10` and
//! `name: 3000` the text `3000`. Aliases stay as they are written, so there is nothing to blow up.

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};
use std::fmt;

/// Nesting deeper than this is not read as YAML.
const MAX_DEPTH: usize = 32;

/// A value of the frontmatter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A single value, as it is written, without its quotes. Empty for `null`.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping, in the order of the file.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The text of a single value or of a list's items; `None` when there is none or it is blank.
    pub fn text(&self) -> Option<String> {
        let text = match self {
            Self::Map(_) => return None,
            other => other.to_string(),
        };
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The value under `key`, for a mapping; the last one where a key is given twice.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Map(pairs) => pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// As a person reads it: `a, b` for a list, `a: 1, b: 2` for a mapping, with brackets inside another value.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nested = |f: &mut fmt::Formatter<'_>, value: &Value| match value {
            Self::Text(text) => f.write_str(text),
            Self::List(_) => write!(f, "[{value}]"),
            Self::Map(_) => write!(f, "{{{value}}}"),
        };
        match self {
            Self::Text(text) => f.write_str(text),
            Self::List(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                f.write_str(if index == 0 { "" } else { ", " })?;
                nested(f, item)
            }),
            Self::Map(pairs) => pairs.iter().enumerate().try_for_each(|(index, (key, value))| {
                write!(f, "{}{key}: ", if index == 0 { "" } else { ", " })?;
                nested(f, value)
            }),
        }
    }
}

/// Reads a document whose root is a mapping; no document at all is an empty one.
///
/// # Errors
/// What the parser said, with its line counted from 1.
pub(super) fn parse_mapping(yaml: &str) -> Result<Vec<(String, Value)>, String> {
    let mut tree = Tree::default();
    for event in Parser::new_from_str(yaml) {
        let (event, span) =
            event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
        match event {
            Event::Scalar(text, style, ..) => {
                let null = style == ScalarStyle::Plain && matches!(&*text, "~" | "null" | "Null" | "NULL");
                tree.add(Value::Text(if null { String::new() } else { text.into_owned() }));
            }
            Event::Alias(_) => tree.add(Value::Text(span.slice(yaml).unwrap_or_default().to_owned())),
            Event::SequenceStart(..) => tree.open(Open::List(Vec::new()))?,
            Event::MappingStart(..) => tree.open(Open::Map(Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => tree.close(),
            Event::DocumentEnd => break,
            _ => {}
        }
    }
    match tree.root {
        Some(Value::Map(pairs)) => Ok(pairs),
        None => Ok(Vec::new()),
        Some(Value::Text(text)) if text.is_empty() => Ok(Vec::new()),
        Some(_) => Err("line 1: it is not a list of “key: value” lines".to_owned()),
    }
}

/// A collection whose end has not come yet.
enum Open {
    List(Vec<Value>),
    /// The pairs, and a key that waits for its value.
    Map(Vec<(String, Value)>, Option<String>),
}

/// The value under construction. A stack instead of recursion, so that no input can exhaust ours.
#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    root: Option<Value>,
}

impl Tree {
    fn open(&mut self, collection: Open) -> Result<(), String> {
        if self.open.len() == MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} levels deep"));
        }
        self.open.push(collection);
        Ok(())
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::List(items)) => self.add(Value::List(items)),
            Some(Open::Map(pairs, _)) => self.add(Value::Map(pairs)),
            None => {}
        }
    }

    fn add(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map(pairs, key)) => match key.take() {
                Some(key) => pairs.push((key, value)),
                None => *key = Some(value.to_string()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn pairs(yaml: &str) -> Vec<(String, String)> {
        parse_mapping(yaml).unwrap().into_iter().map(|(key, value)| (key, value.to_string())).collect()
    }

    #[rstest]
    #[case("name: 3000", "name", "3000")]
    #[case("version: 1.10", "version", "1.10")]
    #[case("on: yes", "on", "yes")]
    #[case("title: 'it''s: quoted'", "title", "it's: quoted")]
    #[case("text: >\n  one\n  two\n", "text", "one two\n")]
    #[case("tools: [Read, \"Bash(git:*)\"]", "tools", "Read, Bash(git:*)")]
    #[case("tools:\n- Read\n- Edit\n", "tools", "Read, Edit")]
    #[case("meta:\n  a: 1\n  b: [x, y]\n", "meta", "a: 1, b: [x, y]")]
    #[case("empty:", "empty", "")]
    #[case("empty: ~", "empty", "")]
    #[case("tilde: '~'", "tilde", "~")]
    fn values_are_read_as_they_are_written(#[case] yaml: &str, #[case] key: &str, #[case] text: &str) {
        assert_eq!(pairs(yaml), [(key.to_owned(), text.to_owned())]);
    }

    #[rstest]
    #[case("just a sentence")]
    #[case("- a\n- b\n")]
    #[case("a: b: c")]
    #[case("a: [1, 2")]
    #[case("a: *nobody")]
    fn what_is_no_mapping_is_refused(#[case] yaml: &str) {
        assert!(parse_mapping(yaml).is_err(), "{:?}", parse_mapping(yaml));
    }

    #[test]
    fn nothing_is_an_empty_mapping() {
        for yaml in ["", "\n\n", "# only a comment\n"] {
            assert_eq!(parse_mapping(yaml), Ok(Vec::new()));
        }
    }

    #[test]
    fn aliases_are_not_expanded() {
        let mut bomb = "a0: &a0 [lol, lol, lol, lol]\n".to_owned();
        for level in 1..10 {
            let last = level - 1;
            bomb += &format!("a{level}: &a{level} [*a{last}, *a{last}, *a{last}, *a{last}]\n");
        }
        let longest = pairs(&bomb).into_iter().map(|(_, value)| value.len()).max();
        assert!(longest < Some(100), "{longest:?}");
    }

    #[rstest]
    #[case("[".repeat(50_000))]
    #[case("- ".repeat(50_000))]
    #[case("? ".repeat(50_000))]
    #[case("{a: ".repeat(50_000))]
    #[case((0..3000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>())]
    fn deep_nesting_is_refused(#[case] yaml: String) {
        assert!(parse_mapping(&yaml).is_err());
    }
}
