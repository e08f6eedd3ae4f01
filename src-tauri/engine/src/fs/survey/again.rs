//! A second look at what was surveyed, which lists no folder.

use super::{RACY_NANOS, Stat, Survey, SurveyEntry};
use crate::fs::EntryKind;
use crate::fs::fault::{self, Call};
use cap_std::fs::Dir;
use std::io;
use std::path::PathBuf;

impl Survey {
    /// What the same entries are now in `folder`, which is open, by one stat each. What else is there by now it does not
    /// see: whoever needs that has to know that the folders were not touched.
    ///
    /// # Errors
    /// When one of them is gone or cannot be looked at.
    pub(in crate::fs) fn again(&self, folder: &Dir, at: impl Fn(&str) -> PathBuf) -> io::Result<Self> {
        let mut now = Self::empty(Stat::of_folder(folder)?, self.filtered);
        now.entries.reserve_exact(self.entries.len());
        for entry in &self.entries {
            fault::point(Call::Stat, || at(&entry.path))?;
            let stat = Stat::at(folder, &entry.path)?;
            // A link points elsewhere only when it is another link.
            now.entries.push(SurveyEntry::new(entry.path.clone(), stat, entry.link.clone()));
        }
        now.ignored.clone_from(&self.ignored);
        now.unreadable_name.clone_from(&self.unreadable_name);
        Ok(now)
    }

    /// Whether all folders were touched for the last time so long before `later` that whatever touches them after this
    /// survey shows in their times.
    pub(in crate::fs) fn lists_before(&self, later: &Survey) -> bool {
        let folders = self.entries.iter().filter(|entry| entry.kind == EntryKind::Folder);
        let touched = folders.map(|entry| entry.changed).chain([i128::from(self.changed)]);
        touched.max().is_some_and(|touched| touched + RACY_NANOS < i128::from(later.changed))
    }
}
