//! Colours where they can be seen, and sizes that read well.

use skillmeat_engine::status::Status;

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
