//! A document that is a list of tables and whatever else somebody put around it.

use super::form::{in_form_of, unmarked};
use super::tables::Tables;
use crate::error::parser_reason;
use toml_edit::{ArrayOfTables, Document, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// A text that was read, before it is edited: its tables know where they stand.
#[derive(Debug)]
pub struct Parsed {
    source: String,
    document: Document<String>,
    key: &'static str,
}

/// A table with the offset at which it starts.
type Located<'a> = (&'a dyn TableLike, Option<usize>);

impl Parsed {
    /// Reads a text whose list is called `key`.
    ///
    /// # Errors
    /// What the parser says, with its position.
    pub fn of(text: &str, key: &'static str) -> Result<Self, String> {
        let bare = unmarked(text);
        let document = Document::parse(bare.to_owned())
            .map_err(|error| parser_reason(bare, error.message(), error.span()))?;
        Ok(Self { source: text.to_owned(), document, key })
    }

    /// The list's tables, in the order of the file.
    ///
    /// # Errors
    /// Why it is no list of tables.
    pub fn tables(&self) -> Result<Vec<Located<'_>>, String> {
        let key = self.key;
        match self.document.get(key) {
            None => Ok(Vec::new()),
            Some(Item::ArrayOfTables(tables)) => Ok(tables
                .iter()
                .map(|table| (table as &dyn TableLike, table.span().map(|span| span.start)))
                .collect()),
            Some(Item::Value(Value::Array(array))) => array
                .iter()
                .map(|value| {
                    let table = value
                        .as_inline_table()
                        .ok_or_else(|| format!("“{key}” holds something that is no record"))?;
                    Ok((table as &dyn TableLike, table.span().map(|span| span.start)))
                })
                .collect(),
            Some(_) => Err(format!("“{key}” is not a list of records")),
        }
    }

    /// What stands beside the list under a key.
    pub fn top(&self, key: &str) -> Option<&Item> {
        self.document.get(key)
    }

    /// The line, from 1, of an offset that a table starts at.
    pub fn line(&self, start: usize) -> Option<usize> {
        Some(unmarked(&self.source).get(..start)?.matches('\n').count() + 1)
    }

    /// The same, to be edited.
    pub fn into_listed(self) -> Listed {
        Listed { source: self.source, document: self.document.into_mut(), edited: false, key: self.key }
    }
}

/// A document around one list of tables.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The text that was read.
    source: String,
    document: DocumentMut,
    /// The document says something else than the source.
    edited: bool,
    key: &'static str,
}

impl Listed {
    /// A document in which nothing stands yet.
    pub fn empty(key: &'static str) -> Self {
        Self { source: String::new(), document: DocumentMut::new(), edited: false, key }
    }

    /// The text that was read.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What stands around the list, to be edited.
    pub fn around(&mut self) -> &mut DocumentMut {
        self.edited = true;
        &mut self.document
    }

    /// The same document around another list of it.
    pub fn about<T>(&mut self, key: &'static str, work: impl FnOnce(&mut Self) -> T) -> T {
        let own = std::mem::replace(&mut self.key, key);
        let answer = work(self);
        self.key = own;
        answer
    }

    /// Edits a table of the list.
    pub fn edit(&mut self, index: usize, edit: impl FnOnce(&mut dyn TableLike)) {
        if let Some(table) = self.tables_mut().as_mut().and_then(|tables| tables.get_mut(index)) {
            edit(table);
        }
    }

    /// Puts a table at the end. Tells whether there is a list to put it in.
    pub fn push(&mut self, table: Table) -> bool {
        let trailing = self.trailing();
        let Some(mut tables) = self.tables_mut() else { return false };
        let trailing = tables.push(table, &trailing);
        self.document.set_trailing(trailing);
        true
    }

    /// Puts a table in the place of another one.
    pub fn replace(&mut self, index: usize, table: Table) {
        if let Some(mut tables) = self.tables_mut() {
            tables.replace(index, table);
        }
    }

    /// Takes tables out of the list; comments above them stay. Without any table the list goes too.
    pub fn remove(&mut self, removed: &[bool]) {
        let Some(mut tables) = self.tables_mut() else { return };
        let comments = tables.remove(removed);
        if removed.iter().all(|removed| *removed) && !self.list_is_commented() {
            self.document.remove(self.key);
        }
        if !comments.is_empty() {
            let trailing = format!("{comments}{}", self.trailing());
            self.document.set_trailing(trailing);
        }
    }

    /// A copy of a table of the list.
    pub fn table(&self, index: usize) -> Option<Table> {
        self.table_in(self.key, index)
    }

    /// A copy of a table of another list of the document.
    pub fn table_in(&self, key: &str, index: usize) -> Option<Table> {
        match self.document.get(key)? {
            Item::ArrayOfTables(tables) => tables.get(index).cloned(),
            Item::Value(Value::Array(list)) => {
                list.get(index)?.as_inline_table().cloned().map(InlineTable::into_table)
            }
            _ => None,
        }
    }

    /// What a table of a list of the document says, tables in it included.
    pub fn text_in(&self, key: &str, index: usize) -> Option<String> {
        // A table alone shows only its own values.
        self.table_in(key, index).map(|table| DocumentMut::from(table).to_string())
    }

    /// The text; `None` when nothing is left in it, so that the file should go.
    pub fn render(&self) -> Option<String> {
        let text = if self.edited {
            in_form_of(&self.source, &self.document.to_string())
        } else {
            self.source.clone()
        };
        (!unmarked(&text).trim().is_empty()).then_some(text)
    }

    fn trailing(&self) -> String {
        self.document.trailing().as_str().unwrap_or_default().to_owned()
    }

    /// The list, for an edit. An empty `entries = []` makes room for `[[entries]]` tables, unless that would cost a
    /// comment.
    fn tables_mut(&mut self) -> Option<Tables<'_>> {
        self.edited = true;
        if self.is_empty() && !self.list_is_commented() {
            self.document.remove(self.key);
            self.document.insert(self.key, Item::ArrayOfTables(ArrayOfTables::new()));
        }
        match self.document.get_mut(self.key)? {
            Item::ArrayOfTables(tables) => Some(Tables::Headed(tables)),
            Item::Value(Value::Array(list)) => Some(Tables::Inline(list)),
            _ => None,
        }
    }

    /// Whether the list has no tables.
    fn is_empty(&self) -> bool {
        match self.document.get(self.key) {
            None => true,
            Some(Item::ArrayOfTables(tables)) => tables.is_empty(),
            Some(Item::Value(Value::Array(list))) => list.is_empty(),
            Some(_) => false,
        }
    }

    /// Whether comments stand above, beside or in `entries = […]`.
    fn list_is_commented(&self) -> bool {
        let Some((key, Item::Value(Value::Array(list)))) = self.document.get_key_value(self.key) else {
            return false;
        };
        let places = [key.leaf_decor().prefix(), list.decor().suffix(), Some(list.trailing())];
        places.into_iter().flatten().any(|place| place.as_str().is_some_and(|text| text.contains('#')))
    }
}
