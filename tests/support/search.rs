//! Looking for text where it should not be.

use std::path::Path;

/// Every file below `folder` that holds one of `words`, but for those below `except` (relative to `folder`): which
/// word, in which file.
///
/// # Panics
/// When a file cannot be read.
pub fn files_that_hold(words: &[&str], folder: &Path, except: &[&str]) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    let asked =
        files.filter(|entry| !except.iter().any(|place| entry.path().starts_with(folder.join(place))));
    asked
        .filter_map(|entry| {
            let bytes = std::fs::read(entry.path()).expect("a file that can be read");
            let held = |word: &&&str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
            words.iter().find(held).map(|word| format!("{word} in {}", entry.path().display()))
        })
        .collect()
}
