//! Our lines in git's `info/exclude`: pure text.
//!
//! The file is a person's. Ours is one block per project, between two marks that name the project by its path below the
//! repository, at the head of the file (behind a byte order mark, which git knows only there), so that a person's own
//! lines come later and win:
//!
//! ```text
//! # skillmeat begin files+records /apps/web
//! /apps/web/.claude/skills/review
//! /apps/web/.claude/.skillmeat-deployed.toml
//! # skillmeat end /apps/web
//! ```
//!
//! Everything outside the block stays to the byte, whatever its encoding. Patterns are those of gitignore(5).

const BEGIN: &str = "# skillmeat begin ";
const END: &str = "# skillmeat end ";
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What git is kept from seeing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    pub(super) files: bool,
    pub(super) records: bool,
}

impl Hidden {
    fn word(self) -> &'static str {
        match (self.files, self.records) {
            (true, true) => "files+records",
            (true, false) => "files",
            (false, true) => "records",
            (false, false) => "nothing",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let all = [(true, true), (true, false), (false, true), (false, false)];
        all.into_iter().map(|(files, records)| Self { files, records }).find(|hidden| hidden.word() == word)
    }
}

/// A block as it stands in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) hidden: Hidden,
    start: usize,
    end: usize,
}

/// The block of the project at `place` below the repository.
///
/// # Errors
/// What is wrong with it: it does not end, or begins twice.
pub(super) fn find(text: &[u8], place: &str) -> Result<Option<Block>, &'static str> {
    let (mut found, mut open) = (None, None);
    let mut at = head(text);
    for line in text[at..].split_inclusive(|byte| *byte == b'\n') {
        let start = at;
        at += line.len();
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let line = line.trim_end_matches(['\n', '\r']);
        if let Some((word, of)) = line.strip_prefix(BEGIN).and_then(|rest| rest.split_once(' ')) {
            if of != place {
                continue;
            }
            let hidden = Hidden::parse(word).ok_or("our block in it says what this version does not know")?;
            if open.replace((hidden, start)).is_some() || found.is_some() {
                return Err("our block in it begins twice");
            }
        } else if line.strip_prefix(END) == Some(place) {
            let Some((hidden, start)) = open.take() else {
                return Err("our block in it ends without a beginning");
            };
            found = Some(Block { hidden, start, end: at });
        }
    }
    match open {
        Some(_) => Err("our block in it does not end"),
        None => Ok(found),
    }
}

/// The text with the block of `place` hiding `paths`, which are relative to the repository; without a block where nothing
/// is hidden.
///
/// # Errors
/// As [`find`].
pub(super) fn with(
    text: &[u8],
    place: &str,
    hidden: Hidden,
    paths: &[String],
) -> Result<Vec<u8>, &'static str> {
    let (start, end) = find(text, place)?.map_or((head(text), head(text)), |block| (block.start, block.end));
    let mut block = String::new();
    if hidden != Hidden::default() {
        block = format!("{BEGIN}{} {place}\n", hidden.word());
        for path in paths {
            block.push('/');
            block.push_str(&escaped(path));
            block.push('\n');
        }
        block.push_str(&format!("{END}{place}\n"));
    }
    Ok([&text[..start], block.as_bytes(), &text[end..]].concat())
}

/// Where the first line begins.
fn head(text: &[u8]) -> usize {
    if text.starts_with(MARK) { MARK.len() } else { 0 }
}

/// A path as a pattern that means exactly it.
fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for char in path.chars() {
        if matches!(char, '\\' | '*' | '?' | '[' | ' ') {
            text.push('\\');
        }
        text.push(char);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const BOTH: Hidden = Hidden { files: true, records: true };
    const FILES: Hidden = Hidden { files: true, records: false };

    fn paths(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[rstest]
    #[case(b"")]
    #[case(b"# mine\n*.log\n")]
    #[case(b"no line end")]
    #[case(b"\xff\xfe not utf-8\r\nwindows\r\n")]
    #[case(b"# skillmeat begin files /another\n/another/x\n# skillmeat end /another\n")]
    fn what_is_added_and_taken_away_leaves_the_rest_to_the_byte(#[case] text: &[u8]) {
        let once = with(text, "/a b", BOTH, &paths(&["a b/.claude/skills/x"])).unwrap();
        assert!(once.ends_with(text));
        assert_eq!(find(&once, "/a b").unwrap().unwrap().hidden, BOTH);
        let again = with(&once, "/a b", FILES, &paths(&["y"])).unwrap();
        assert_eq!(find(&again, "/a b").unwrap().unwrap().hidden, FILES);
        assert_eq!(with(&again, "/a b", Hidden::default(), &[]).unwrap(), text);
    }

    #[test]
    fn a_byte_order_mark_stays_at_the_head() {
        let text = b"\xef\xbb\xbf*.log\n";
        let once = with(text, "/", BOTH, &paths(&["x"])).unwrap();
        assert!(once.starts_with(b"\xef\xbb\xbf# skillmeat begin ") && once.ends_with(b"\n*.log\n"));
        assert_eq!(with(&once, "/", Hidden::default(), &[]).unwrap(), text);
    }

    #[test]
    fn a_block_stays_where_a_person_moved_it() {
        let text = b"one\n# skillmeat begin files /\n/x\n# skillmeat end /\ntwo\n";
        let changed = with(text, "/", FILES, &paths(&["a*b", "c d"])).unwrap();
        let want = "one\n# skillmeat begin files /\n/a\\*b\n/c\\ d\n# skillmeat end /\ntwo\n";
        assert_eq!(String::from_utf8(changed).unwrap(), want);
    }

    #[rstest]
    #[case("# skillmeat begin files /\n/x\n")]
    #[case("# skillmeat end /\n")]
    #[case("# skillmeat begin files /\n# skillmeat begin files /\n# skillmeat end /\n")]
    #[case("# skillmeat begin all /\n# skillmeat end /\n")]
    fn a_block_that_is_not_whole_is_left_alone(#[case] text: &str) {
        assert!(find(text.as_bytes(), "/").is_err());
        assert!(with(text.as_bytes(), "/", FILES, &[]).is_err());
    }
}
