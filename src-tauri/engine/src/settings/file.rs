//! One TOML file of the home folder, edited in place: what we do not know stays as it is, comments included.

use crate::error::{Error, Result, parser_reason};
use crate::fs::{EntryKind, Root};
use crate::path::RelPath;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

/// A larger file is refused: 4 MiB.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// How often a file of zero bytes is read again: SkillMeat truncates `config.toml` before it writes it.
const TORN_RETRIES: u32 = 5;
const TORN_PAUSE: Duration = Duration::from_millis(10);

/// A file as it was read, with edits that are not saved yet.
#[derive(Debug)]
pub(super) struct File {
    home: PathBuf,
    rel: RelPath,
    text: String,
    pub(super) document: DocumentMut,
}

impl File {
    /// Reads the file at `rel` below `home`. One that does not exist is empty.
    ///
    /// # Errors
    /// `config-invalid` when it does not parse, is not UTF-8 or too large; `io` and its relatives.
    pub(super) fn read(home: &Path, rel: &str) -> Result<Self> {
        let mut file = Self {
            home: home.to_owned(),
            rel: RelPath::new(rel)?,
            text: String::new(),
            document: DocumentMut::new(),
        };
        if let Some(bytes) = file.bytes()? {
            let text = String::from_utf8(bytes).map_err(|_| file.invalid("it is not valid UTF-8"))?;
            let source = text.strip_prefix('\u{feff}').unwrap_or(&text);
            file.document = source.parse().map_err(|error: toml_edit::TomlError| {
                file.invalid(parser_reason(source, error.message(), error.span()))
            })?;
            file.text = text;
        }
        Ok(file)
    }

    fn bytes(&self) -> Result<Option<Vec<u8>>> {
        let Some(root) = Root::open_existing(&self.home)? else { return Ok(None) };
        // Our own files are renamed into place whole, so an empty one of them is just empty.
        let retries = if self.rel.as_str() == super::SHARED { TORN_RETRIES } else { 1 };
        for _ in 0..retries {
            match root.read(&self.rel, MAX_BYTES) {
                Ok(Some(bytes)) if bytes.is_empty() && retries > 1 => std::thread::sleep(TORN_PAUSE),
                Err(Error::SourceTooLarge { .. }) => return Err(self.invalid("it is larger than 4 MiB")),
                other => return other,
            }
        }
        Ok(Some(Vec::new()))
    }

    /// Writes the file if it was changed, and what leads to it.
    ///
    /// # Errors
    /// `config-invalid` when the file is a link, which would be replaced; `io` and its relatives.
    pub(super) fn save(&self) -> Result<()> {
        let text = self.document.to_string();
        if text == self.text.strip_prefix('\u{feff}').unwrap_or(&self.text) {
            return Ok(());
        }
        let root = Root::create(&self.home)?;
        if let Some(folder) = self.rel.parent() {
            root.create_folders(&folder)?;
        }
        if root.entry(&self.rel)?.is_some_and(|entry| entry.kind == EntryKind::Link) {
            return Err(self.invalid("it is a symbolic link, which writing would replace"));
        }
        root.write_atomic(&self.rel, text.as_bytes())
    }

    /// The refusal to work with this file.
    pub(super) fn invalid(&self, reason: impl Into<String>) -> Error {
        Error::ConfigInvalid { path: self.home.join(&self.rel), reason: reason.into() }
    }

    /// The text under `key`, in `table` or at the top.
    ///
    /// # Errors
    /// `config-invalid` when there is something else.
    pub(super) fn text(&self, table: Option<&str>, key: &str) -> Result<Option<&str>> {
        let item = match table {
            None => self.document.get(key),
            Some(name) => match self.document.get(name) {
                None => None,
                Some(item) => item
                    .as_table_like()
                    .ok_or_else(|| self.invalid(format!("“{name}” is not a table")))?
                    .get(key),
            },
        };
        let wrong = || self.invalid(format!("“{key}” is not a text"));
        item.map(|item| item.as_str().ok_or_else(wrong)).transpose()
    }

    /// Sets the text under `key`, or removes it. Comments beside it stay.
    ///
    /// # Errors
    /// `config-invalid` when `table` is something else.
    pub(super) fn set_text(&mut self, table: Option<&str>, key: &str, text: Option<&str>) -> Result<()> {
        let wrong = self.invalid(format!("“{}” is not a table", table.unwrap_or_default()));
        let target: &mut dyn TableLike = match table {
            None => self.document.as_table_mut(),
            Some(name) => {
                let item = self.document.entry(name).or_insert_with(|| Item::Table(Table::new()));
                item.as_table_like_mut().ok_or(wrong)?
            }
        };
        match text {
            None => _ = target.remove(key),
            Some(text) => put(target, key, text.into()),
        }
        Ok(())
    }
}

/// Replaces a value, keeping what surrounds it.
fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => _ = table.insert(key, Item::Value(value)),
    }
}
