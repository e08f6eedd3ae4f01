//! What the editing library does not keep of a text: its byte-order mark and its line endings.

use similar::{Algorithm, DiffOp, capture_diff_slices};

const MARK: char = '\u{feff}';

/// The text without its byte-order mark.
pub fn unmarked(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// `after` with the byte-order mark and the line endings that `before` had: a line that is in both keeps its own,
/// a new one gets what most lines have.
pub fn in_form_of(before: &str, after: &str) -> String {
    let mut text = String::with_capacity(after.len() + MARK.len_utf8());
    if before.starts_with(MARK) {
        text.push(MARK);
    }
    let before = unmarked(before);
    if !before.contains('\r') {
        text.push_str(after);
        return text;
    }
    let (old, new) = (lines(before), lines(after));
    let returns = old.iter().filter(|line| line.ends_with('\r')).count();
    let usual = if returns * 2 >= old.len() { "\r\n" } else { "\n" };
    let bare = |line: &&str| line.trim_end_matches('\r').to_owned();
    let mut endings = vec![usual; new.len()];
    if returns != old.len() {
        let (old_bare, new_bare): (Vec<_>, Vec<_>) =
            (old.iter().map(bare).collect(), new.iter().map(bare).collect());
        for same in capture_diff_slices(Algorithm::Myers, &old_bare, &new_bare) {
            let DiffOp::Equal { old_index, new_index, len } = same else { continue };
            for (line, ending) in old[old_index..old_index + len].iter().zip(&mut endings[new_index..]) {
                *ending = if line.ends_with('\r') { "\r\n" } else { "\n" };
            }
        }
    }
    for (line, ending) in new.iter().zip(endings) {
        text.push_str(line.trim_end_matches('\r'));
        text.push_str(ending);
    }
    // What stands after the last line ending is a line without one.
    text.push_str(after.rsplit('\n').next().unwrap_or_default());
    text
}

/// The lines that end, without the `\n` that ends them.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("a\nb\n", "a\nc\n", "a\nc\n")]
    #[case::all_returns("a\r\nb\r\n", "a\nc\nd", "a\r\nc\r\nd")]
    #[case::returns_kept_in_a_value("a\r\nb\r\n", "a\r\nb\nc\n", "a\r\nb\r\nc\r\n")]
    #[case::mixed("a\r\nb\nc\r\n", "a\nnew\nb\nc\n", "a\r\nnew\r\nb\nc\r\n")]
    #[case::mostly_without("a\r\nb\nc\n", "a\nnew\nc\n", "a\r\nnew\nc\n")]
    #[case::mark("\u{feff}a\n", "a\nb\n", "\u{feff}a\nb\n")]
    #[case::mark_and_returns("\u{feff}a\r\n", "b\n", "\u{feff}b\r\n")]
    fn the_form_stays(#[case] before: &str, #[case] after: &str, #[case] want: &str) {
        assert_eq!(in_form_of(before, after), want);
    }
}
