//! What a parser says about a file, for people.

/// What a parser said and where, in one line and without the file's content: `expected a value (line 3, column 7)`.
pub(crate) fn parser_reason(text: &str, message: &str, span: Option<std::ops::Range<usize>>) -> String {
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(before) = span.and_then(|span| text.get(..span.start)) else { return message };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{message} (line {line}, column {column})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parser_says_where_in_one_line() {
        let text = "a = 1\nbé = \n";
        let reason = parser_reason(text, "expected a value,\nfound nothing", Some(11..12));
        assert_eq!(reason, "expected a value, found nothing (line 2, column 5)");
        assert_eq!(parser_reason(text, "odd", None), "odd");
    }
}
