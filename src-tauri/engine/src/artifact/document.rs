//! An artifact's main file, read within limits.

use super::frontmatter::{Frontmatter, notice};
use crate::error::{Problem, Result};
use crate::fs::Root;
use crate::path::RelPath;

/// More of a main file than this is not read, in bytes: 1 MiB.
pub const MAX_DOCUMENT_BYTES: u64 = 1024 * 1024;

/// The text of a main file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The text; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// What was wrong with reading it: cut off, or not UTF-8.
    pub problems: Vec<Problem>,
}

impl Document {
    /// Reads the file at `main`.
    ///
    /// # Errors
    /// `io` and its relatives, also when there is no such file.
    pub fn read(root: &Root, main: &RelPath) -> Result<Self> {
        Ok(Self::from_bytes(root.read_start(main, MAX_DOCUMENT_BYTES + 1)?))
    }

    fn from_bytes(mut bytes: Vec<u8>) -> Self {
        let limit = usize::try_from(MAX_DOCUMENT_BYTES).unwrap_or(usize::MAX);
        let mut problems = Vec::new();
        if bytes.len() > limit {
            bytes.truncate(limit);
            // Not in the middle of a character.
            let whole = bytes.iter().rposition(|byte| byte & 0xC0 != 0x80).unwrap_or(0);
            bytes.truncate(whole);
            problems.push(notice("The file is larger than 1 MiB; only its beginning was read."));
        }
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            problems.push(notice("The file is not valid UTF-8; what cannot be read is shown as “\u{fffd}”."));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        Self { text, problems }
    }

    /// The text taken apart.
    pub fn frontmatter(&self) -> Frontmatter<'_> {
        Frontmatter::parse(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_cut_at_a_character() {
        let limit = usize::try_from(MAX_DOCUMENT_BYTES).unwrap();
        let document = Document::from_bytes(format!("a{}", "é".repeat(limit)).into_bytes());
        assert_eq!(document.problems.len(), 1, "{:?}", document.problems);
        assert!(document.text.len() <= limit && document.text.len() > limit - 4);
        assert!(document.text.ends_with('é'));
    }

    #[test]
    fn other_encodings_are_read_as_well_as_can_be() {
        let document = Document::from_bytes(b"---\nname: caf\xe9\n---\n".to_vec());
        assert_eq!(document.frontmatter().properties(), [("name".to_owned(), "caf\u{fffd}".to_owned())]);
        assert_eq!(document.problems.len(), 1);
    }

    #[test]
    fn a_file_that_is_gone_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        assert!(Document::read(&root, &RelPath::new("SKILL.md").unwrap()).is_err());
    }
}
