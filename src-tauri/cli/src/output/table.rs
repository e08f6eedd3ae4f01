//! Columns that line up.

use super::clean;
use super::style::{Colour, Style};
use unicode_width::UnicodeWidthStr;

/// One cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    colour: Colour,
    right: bool,
}

impl Cell {
    /// Text in a colour. Control characters are made visible.
    pub(crate) fn new(text: &str, colour: Colour) -> Self {
        Self { text: clean(text).into_owned(), colour, right: false }
    }

    /// Plain text.
    pub(crate) fn plain(text: &str) -> Self {
        Self::new(text, Colour::Plain)
    }

    /// Less important text.
    pub(crate) fn faint(text: &str) -> Self {
        Self::new(text, Colour::Faint)
    }

    /// A number, aligned to the right.
    pub(crate) fn number(text: &str) -> Self {
        Self { right: true, ..Self::faint(text) }
    }

    /// A status.
    pub(crate) fn status((text, colour): (String, Colour)) -> Self {
        Self { text, colour, right: false }
    }
}

/// Rows of cells. A table without rows is nothing at all.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// One more row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Every row on a line of its own, indented; the last column is not padded.
    pub(super) fn lines(&self, style: Style, indent: usize) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.text.width())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<Cell>| {
            let mut line = " ".repeat(indent);
            for (column, cell) in row.iter().enumerate() {
                let pad = " ".repeat(widths[column] - cell.text.width());
                let text = style.paint(cell.colour, &cell.text);
                let (before, after) = if cell.right { (pad.as_str(), "") } else { ("", pad.as_str()) };
                line.push_str(&format!("{before}{text}{after}"));
                line.push_str("  ");
            }
            line.trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_also_for_wide_characters() {
        let mut table = Table::default();
        table.row([Cell::plain("a"), Cell::number("1"), Cell::plain("x")]);
        table.row([Cell::plain("日本"), Cell::number("100"), Cell::plain("")]);
        assert_eq!(table.lines(Style::new(false, true), 2), ["  a       1  x", "  日本  100"]);
    }
}
