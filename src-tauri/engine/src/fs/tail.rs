//! The end of a file that grows.

use super::fault::Call;
use super::root::Root;
use crate::error::Result;
use crate::path::RelPath;
use std::io::{Read, Seek, SeekFrom};

impl Root {
    /// The last `limit` bytes of a file; all of a shorter one.
    ///
    /// # Errors
    /// `io` and its relatives, also when there is no such file.
    pub fn read_end(&self, rel: &RelPath, limit: u64) -> Result<Vec<u8>> {
        let failed = |source| self.failed("read", rel, source);
        let mut file = self.open_file(rel).map_err(failed)?;
        self.point(Call::Read, rel).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(limit))).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_file_and_all_of_a_short_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("log"), "one\ntwo\n").unwrap();
        let (root, rel) = (Root::open(folder.path()).unwrap(), RelPath::new("log").unwrap());
        assert_eq!(root.read_end(&rel, 4).unwrap(), b"two\n");
        assert_eq!(root.read_end(&rel, 100).unwrap(), b"one\ntwo\n");
        assert!(root.read_end(&RelPath::new("none").unwrap(), 4).is_err());
    }
}
