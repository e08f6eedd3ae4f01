//! What of a TOML text must survive an edit: every value that was not meant, and every comment.

use super::{Verdict, hold};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The values of a text, without the byte order mark that readers skip; `None` when it is no TOML.
pub(super) fn values(text: &str) -> Option<Table> {
    text.strip_prefix('\u{feff}').unwrap_or(text).parse().ok()
}

/// Holds two tables against each other. As text, because not-a-number equals nothing.
pub(super) fn same(what: &str, before: &Table, after: &Table) -> Verdict {
    let (before, after) = (sorted(before), sorted(after));
    hold!(before == after, "{what}: the rest changed\nbefore: {before}\n after: {after}");
    Ok(())
}

fn sorted(table: &Table) -> String {
    let parts: BTreeMap<&String, String> = table
        .iter()
        .filter(|(_, value)| !value.as_array().is_some_and(Vec::is_empty))
        .map(|(key, value)| (key, format!("{value:?}")))
        .collect();
    format!("{parts:?}")
}

/// Removes the tables of a list that `gone` means, and gives how many there were.
pub(super) fn without(table: &mut Table, list: &str, gone: impl Fn(&Table) -> bool) -> usize {
    let Some(Value::Array(entries)) = table.get_mut(list) else { return 0 };
    let before = entries.len();
    entries.retain(|entry| !entry.as_table().is_some_and(&gone));
    before - entries.len()
}

/// Holds that each comment of `before` is still there, as often as it was.
pub(super) fn comments_survive(what: &str, before: &str, after: &str) -> Verdict {
    let mut left = counted(after);
    for comment in comments(before) {
        let count = left.entry(comment).or_default();
        hold!(*count > 0, "{what}: the comment {comment:?} is lost\nbefore:\n{before}\nafter:\n{after}");
        *count -= 1;
    }
    Ok(())
}

fn counted(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    comments(text).into_iter().for_each(|comment| *counts.entry(comment).or_default() += 1);
    counts
}

/// The comments of a TOML text: from each `#` outside of a string to the end of its line.
fn comments(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '#' => {
                let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
                found.push(rest[..end].trim_end());
                end
            }
            '"' | '\'' => string_length(rest, next),
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    found
}

fn string_length(text: &str, quote: char) -> usize {
    let long = quote.to_string().repeat(3);
    let close = if text.starts_with(&long) { long } else { quote.to_string() };
    let mut at = close.len();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(&close) {
            // Up to two quotes may stand before the three that end a long string.
            let more =
                rest[close.len()..].chars().take_while(|next| close.len() == 3 && *next == quote).count();
            return at + close.len() + more;
        }
        let escaped = quote == '"' && rest.starts_with('\\');
        at += rest.chars().take(if escaped { 2 } else { 1 }).map(char::len_utf8).sum::<usize>();
    }
    text.len()
}

#[test]
fn comments_are_told_from_strings() {
    let text = "# a\nx = \"# no \\\" # no\" # b\ny = '''\n# no\n''''' # c\r\nz = '\\' # d";
    assert_eq!(comments(text), ["# a", "# b", "# c", "# d"]);
    assert!(comments_survive("x", text, &text.replace("# b", "")).is_err());
}
