//! One TOML file of the home folder, edited in place: what we do not know stays as it is, comments included.

use crate::error::{Error, Result, parser_reason};
use crate::fs::{EntryKind, Root};
use crate::path::RelPath;
use chrono::{DateTime, Utc};
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
    /// The file at `rel` below `home` as if it were not there.
    ///
    /// # Errors
    /// None in practice: the path is valid.
    pub(super) fn empty(home: &Path, rel: &str) -> Result<Self> {
        let (home, rel) = (home.to_owned(), RelPath::new(rel)?);
        Ok(Self { home, rel, text: String::new(), document: DocumentMut::new() })
    }

    /// Reads the file at `rel` below `home`. One that does not exist is empty.
    ///
    /// # Errors
    /// `config-invalid` when it does not parse, is not UTF-8 or too large; `io` and its relatives.
    pub(super) fn read(home: &Path, rel: &str) -> Result<Self> {
        let mut file = Self::empty(home, rel)?;
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

    /// The content; `None` without a file. One of zero bytes is a write that was cut off, and not an empty file: we
    /// never write one.
    fn bytes(&self) -> Result<Option<Vec<u8>>> {
        let Some(root) = Root::open_existing(&self.home)? else { return Ok(None) };
        for attempt in 0.. {
            match root.read(&self.rel, MAX_BYTES) {
                Ok(Some(bytes)) if bytes.is_empty() => {}
                Err(Error::SourceTooLarge { .. }) => return Err(self.invalid("it is larger than 4 MiB")),
                other => return other,
            }
            // Our own files are renamed into place whole, so waiting helps for SkillMeat's only.
            if attempt == TORN_RETRIES || self.rel.as_str() != super::SHARED {
                break;
            }
            std::thread::sleep(TORN_PAUSE);
        }
        Err(self.invalid("it is empty, as after a write that was cut off"))
    }

    /// Writes the file if it was changed, and what leads to it.
    ///
    /// # Errors
    /// `config-invalid` when the file is a link, which would be replaced; `io` and its relatives.
    pub(super) fn save(&self) -> Result<()> {
        let mut text = self.document.to_string();
        if text == self.text.strip_prefix('\u{feff}').unwrap_or(&self.text) {
            return Ok(());
        }
        if text.is_empty() {
            text.push('\n');
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

    /// Moves a file out of the way, and gives its new path.
    ///
    /// # Errors
    /// `io` and its relatives.
    pub(super) fn set_aside(home: &Path, rel: &str, now: DateTime<Utc>) -> Result<PathBuf> {
        let (root, rel) = (Root::open(home)?, RelPath::new(rel)?);
        let aside = RelPath::new(format!("{rel}.set-aside-{}", now.format("%Y%m%dT%H%M%S%.6fZ")))?;
        root.rename_new(&rel, &aside)?;
        root.flush_folder(rel.parent().as_ref())?;
        Ok(root.absolute(&aside))
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

    /// The whole number from 1 under `key`.
    ///
    /// # Errors
    /// `config-invalid` when it is something else.
    pub(super) fn number(&self, key: &str) -> Result<Option<u32>> {
        let wrong = || self.invalid(format!("“{key}” is not a whole number from 1"));
        let number = |item: &Item| item.as_integer().and_then(|number| u32::try_from(number).ok());
        let number = |item: &Item| number(item).filter(|number| *number > 0).ok_or_else(wrong);
        self.document.get(key).map(number).transpose()
    }

    /// What is under `key` is true or false.
    ///
    /// # Errors
    /// `config-invalid` when it is something else.
    pub(super) fn truth(&self, key: &str) -> Result<Option<bool>> {
        let wrong = || self.invalid(format!("“{key}” is neither true nor false"));
        self.document.get(key).map(|item| item.as_bool().ok_or_else(wrong)).transpose()
    }

    /// Sets what is under `key`. Comments beside it stay.
    pub(super) fn set_truth(&mut self, key: &str, truth: bool) {
        put(self.document.as_table_mut(), key, truth.into());
    }

    /// Sets the number under `key`. Comments beside it stay.
    pub(super) fn set_number(&mut self, key: &str, number: u32) {
        put(self.document.as_table_mut(), key, i64::from(number).into());
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

/// The beginning of a text from a file, for a message: in one line and without control characters.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let more = if text.chars().nth(MOST).is_some() { "…" } else { "" };
    format!("{}{more}", text.chars().take(MOST).collect::<String>().escape_debug())
}

/// Replaces a value, keeping what surrounds it.
pub(super) fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => _ = table.insert(key, Item::Value(value)),
    }
}
