//! Colours where they can be seen, and text that cannot harm a terminal.

use skillmeat_engine::status::Status;
use std::borrow::Cow;

/// The role of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// As it is.
    Plain,
    /// A heading.
    Strong,
    /// Less important.
    Faint,
    /// Good.
    Good,
    /// News.
    News,
    /// To be looked at.
    Warning,
    /// Bad.
    Bad,
    /// Gone.
    Gone,
}

impl Colour {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::News => "34",
            Self::Warning => "33",
            Self::Bad => "31",
            Self::Gone => "35",
        }
    }
}

/// What a stream can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether a person looks at it.
    pub(super) terminal: bool,
    colours: bool,
}

impl Style {
    pub(super) fn new(terminal: bool, plain: bool) -> Self {
        Self { terminal, colours: terminal && !plain }
    }

    /// `text` in the colour of its role, where colours are shown.
    pub(super) fn paint(self, colour: Colour, text: &str) -> String {
        if self.colours && colour != Colour::Plain && !text.is_empty() {
            format!("\x1b[{}m{text}\x1b[0m", colour.code())
        } else {
            text.to_owned()
        }
    }
}

/// Text from a file or a file name on one line: control characters, which could command a terminal or fake lines, and
/// characters that nobody sees but that reorder, hide or carry text are shown as `·`. They are those that the window
/// shows by their names.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            )
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
            || matches!(c, '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
    };
    if text.contains(harmful) { Cow::Owned(text.replace(harmful, "·")) } else { Cow::Borrowed(text) }
}

/// Glyph and word of a status, with its colour.
pub(crate) fn status(status: Status) -> (String, Colour) {
    let (glyph, colour) = match status {
        Status::Synced => ("✓", Colour::Good),
        Status::Outdated => ("↑", Colour::News),
        Status::Modified => ("●", Colour::Warning),
        Status::Conflict => ("!", Colour::Bad),
        Status::Missing => ("∅", Colour::Gone),
        Status::Orphaned => ("⌀", Colour::Gone),
        Status::Unmanaged | Status::Unknown => ("?", Colour::Faint),
    };
    (format!("{glyph} {}", status.as_str()), colour)
}

/// Bytes for people: `512 B`, `1.4 kB`, `13 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1000;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_command_a_terminal_is_shown_as_dots() {
        assert_eq!(clean("a\x1b[2Jb\r\nc\u{202e}d"), "a·[2Jb··c·d");
        assert!(matches!(clean("Größe ✓"), Cow::Borrowed(_)));
    }

    #[test]
    fn sizes_read_well() {
        let sizes = [0, 999, 1000, 1440, 9_999, 10_000, 13_200_000, u64::MAX];
        let texts: Vec<String> = sizes.into_iter().map(size).collect();
        assert_eq!(texts, ["0 B", "999 B", "1.0 kB", "1.4 kB", "9.9 kB", "10 kB", "13 MB", "18446 PB"]);
    }

    #[test]
    fn colours_are_for_terminals_only() {
        assert_eq!(Style::new(false, false).paint(Colour::Bad, "x"), "x");
        assert_eq!(Style::new(true, true).paint(Colour::Bad, "x"), "x");
        assert_eq!(Style::new(true, false).paint(Colour::Bad, "x"), "\x1b[31mx\x1b[0m");
    }
}
