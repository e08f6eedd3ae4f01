//! The text for people.

use super::style::{Colour, Style};
use super::table::Table;

/// Text in the making.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    style: Style,
    verbose: bool,
}

impl Page {
    pub(super) fn new(style: Style, verbose: bool) -> Self {
        Self { text: String::new(), style, verbose }
    }

    /// Whether the person wants to see more.
    pub(crate) fn verbose(&self) -> bool {
        self.verbose
    }

    /// Whether a terminal shows this, which text from files could command.
    pub(crate) fn is_terminal(&self) -> bool {
        self.style.terminal
    }

    /// `text` in the colour of its role.
    pub(crate) fn paint(&self, colour: Colour, text: &str) -> String {
        self.style.paint(colour, text)
    }

    /// A line.
    pub(crate) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A heading, with an empty line before it unless it is the first thing.
    pub(crate) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let text = self.paint(Colour::Strong, text);
        self.line(&text);
    }

    /// A table, indented.
    pub(crate) fn table(&mut self, table: &Table, indent: usize) {
        for line in table.lines(self.style, indent) {
            self.line(&line);
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
