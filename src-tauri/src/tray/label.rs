//! Names of a person's things as a menu can show them.

use skillmeat_engine::id::legible;
use unicode_segmentation::UnicodeSegmentation;

/// The longest name in a menu, in letters as a person counts them.
const LONGEST: usize = 36;

/// A name on one line, cut in the middle where it is long: what tells names apart is at their ends.
pub(super) fn name(text: &str) -> String {
    cut(text, LONGEST)
}

/// The same with another longest length.
pub(super) fn cut(text: &str, longest: usize) -> String {
    let text = legible(text);
    let letters: Vec<&str> = text.graphemes(true).map(tame).collect();
    if letters.len() <= longest {
        return letters.concat();
    }
    let tail = longest / 3;
    let head = longest - 1 - tail;
    [letters[..head].concat().trim_end(), "…", letters[letters.len() - tail..].concat().trim_start()].concat()
}

/// A letter with a heap of marks on it would cover the lines around it.
fn tame(letter: &str) -> &str {
    const MOST: usize = 32;
    if letter.len() <= MOST {
        return letter;
    }
    let end = (0..=MOST).rev().find(|end| letter.is_char_boundary(*end)).unwrap_or_default();
    &letter[..end]
}

/// A text as a native menu takes it: one `&` would be the letter for the keyboard. What else some systems take for a
/// sign (`_`) is escaped by the menu library itself.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays() {
        assert_eq!(name("code-review"), "code-review");
        assert_eq!(name(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
        assert_eq!(name(""), "");
    }

    #[test]
    fn a_long_name_keeps_both_ends() {
        let long = format!("service-{}-backend", "x".repeat(60));
        let short = name(&long);
        assert_eq!(short.graphemes(true).count(), LONGEST);
        assert!(short.starts_with("service-xx") && short.ends_with("xx-backend"), "{short}");
        assert_eq!(short.matches('…').count(), 1);
        assert_eq!(cut("one two three", 6), "one…ee");
    }

    #[test]
    fn letters_of_several_characters_are_not_cut_apart() {
        let family = "👩‍👩‍👧";
        let short = cut(&family.repeat(10), 4);
        assert_eq!(short, format!("{family}{family}…{family}"));
        let accented = "e\u{301}";
        assert_eq!(cut(&accented.repeat(9), 4), format!("{accented}{accented}…{accented}"));
    }

    #[test]
    fn what_reorders_hides_or_breaks_lines_is_shown_as_dots() {
        assert_eq!(name("a\u{202e}b\nc\td\u{200b}e\u{0}f"), "a·b·c·d·e·f");
    }

    #[test]
    fn a_tower_of_marks_is_taken_down() {
        let tower = format!("a{}b", "\u{30d}".repeat(500));
        assert!(name(&tower).len() <= 40, "{}", name(&tower).len());
    }

    #[test]
    fn no_letter_becomes_a_key() {
        assert_eq!(escaped("R&D && _x_"), "R&&D &&&& _x_");
    }
}
