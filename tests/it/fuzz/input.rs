//! Texts, from a seed: the same seed gives the same texts.

/// A generator of random numbers (SplitMix64): small, and the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap()
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// The words of one kind of file.
pub(super) struct Vocabulary {
    /// Lines that begin something: table headers, fences.
    pub(super) headers: &'static [&'static str],
    /// Keys.
    pub(super) keys: &'static [&'static str],
    /// Values as they stand in the file.
    pub(super) values: &'static [&'static str],
    /// Between key and value.
    pub(super) between: &'static str,
}

/// Values that a file of any kind could hold, most of them where it should not.
const ODD: &[&str] = &[
    "3",
    "-0",
    "true",
    "nan",
    "1979-05-27",
    "07:32:00",
    "[]",
    "[1, \"a\", [2]]",
    "{}",
    "{ a = 1, b.c = 2 }",
    "\"\"",
    "''",
    "\"\"\"\nmany\nlines # no comment\n\"\"\"",
    "'''\n[[deployed]]\n'''",
    "\"\\u0000\"",
    "\"\\u202e\\u0007\"",
    "\"../../etc/passwd\"",
    "\"/etc/passwd\"",
    "\"C:\\\\x\"",
    "\"a\\\\b\"",
    "\".\"",
    "\"..\"",
    "\"con\"",
    "\"x.\"",
    "\"näïve/ünï\"",
    "\"n\u{308}\"",
    "&a [*a, *a]",
    "!!binary x",
    "| \n  text",
    "> x",
    "- a",
];

/// Pieces that a mutation puts in.
const PIECES: &[&str] = &[
    "\0",
    "\r\n",
    "\r",
    "\t",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "#",
    "# a comment\n",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\\",
    "\\u0000",
    "..",
    "/",
    "\n",
    "\n\n",
    "---\n",
    "...\n",
    ": ",
    "- ",
    "*",
    "&",
    "=======\n",
    "<<<<<<< HEAD\n",
    "x = 1\n",
    "[other]\n",
    "\u{fffd}",
    "é",
    "𝔘",
];

/// One text: from the corpus or generated, and mutated a few times.
pub(super) fn text(random: &mut Random, corpus: &[Vec<u8>], words: &Vocabulary) -> Vec<u8> {
    let mut text = match random.below(3) {
        0 => generated(random, words).into_bytes(),
        _ if corpus.is_empty() => generated(random, words).into_bytes(),
        _ => corpus[random.below(corpus.len())].clone(),
    };
    let times = [0, 1, 1, 1, 2, 3, 8][random.below(7)];
    for _ in 0..times {
        mutate(random, &mut text, corpus, words);
    }
    text.truncate(64 * 1024);
    text
}

fn generated(random: &mut Random, words: &Vocabulary) -> String {
    let mut text = String::new();
    for _ in 0..random.below(30) {
        match random.below(12) {
            0 | 1 => text.push_str(random.pick(words.headers)),
            2 => text.push_str("# a comment"),
            3 => {}
            _ => text.push_str(&pair(random, words)),
        }
        if random.one_in(10) {
            text.push_str(" # beside");
        }
        text.push('\n');
    }
    text
}

fn pair(random: &mut Random, words: &Vocabulary) -> String {
    let key = if random.one_in(10) { "unknown-key" } else { random.pick(words.keys) };
    let values = if random.one_in(5) { ODD } else { words.values };
    let value = random.pick(values);
    format!("{key}{}{value}", words.between)
}

fn mutate(random: &mut Random, text: &mut Vec<u8>, corpus: &[Vec<u8>], words: &Vocabulary) {
    let at = random.below(text.len() + 1);
    let most = random.below(40);
    let end = (at + random.below(1 + most)).min(text.len());
    match random.below(10) {
        0 => drop(text.drain(at..end)),
        1 => text.truncate(at),
        2 if at < text.len() => text[at] ^= 1 << random.below(8),
        3 => insert(text, at, random.pick(PIECES).as_bytes()),
        4 => text.extend_from_within(at..end),
        5 => {
            let deep = random.pick(&["[", "{ a = ", "[[", "- ", "a."]).repeat(1 + random.below(2000));
            insert(text, at, deep.as_bytes());
        }
        6 if !corpus.is_empty() => {
            let other = &corpus[random.below(corpus.len())];
            let from = random.below(other.len() + 1);
            let to = (from + random.below(200)).min(other.len());
            insert(text, at, &other[from..to]);
        }
        kind => edit_lines(random, text, kind, words),
    }
}

fn insert(text: &mut Vec<u8>, at: usize, piece: &[u8]) {
    drop(text.splice(at..at, piece.iter().copied()));
}

fn edit_lines(random: &mut Random, text: &mut Vec<u8>, kind: usize, words: &Vocabulary) {
    let mut lines: Vec<Vec<u8>> = text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = random.below(lines.len());
    match kind {
        7 if !lines.is_empty() => drop(lines.remove(at)),
        8 if !lines.is_empty() => lines.insert(random.below(lines.len()), lines[at].clone()),
        _ => {
            let header = random.one_in(4).then(|| random.pick(words.headers).to_owned());
            let line = header.unwrap_or_else(|| pair(random, words));
            lines.insert(at, format!("{line}\n").into_bytes());
        }
    }
    *text = lines.concat();
}

/// Makes a failing text smaller for as long as `fails` says that it still fails.
pub(super) fn shrink(text: Vec<u8>, fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut smallest = text;
    let mut tries = 3000;
    let mut size = smallest.len().div_ceil(2);
    while size > 0 && tries > 0 {
        let mut at = 0;
        while at < smallest.len() && tries > 0 {
            tries -= 1;
            let end = (at + size).min(smallest.len());
            let shorter = [&smallest[..at], &smallest[end..]].concat();
            if fails(&shorter) {
                smallest = shorter;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    smallest
}

#[test]
fn a_failing_text_is_made_small() {
    let text = b"lots of text, then the culprit, then more text".to_vec();
    let fails = |text: &[u8]| String::from_utf8_lossy(text).contains("culprit");
    assert_eq!(shrink(text, fails), b"culprit");
}

#[test]
fn a_seed_gives_the_same_texts_again_and_another_one_others() {
    let words = super::manifest::VOCABULARY;
    let texts = |seed| {
        let mut random = Random::new(seed);
        (0..50).map(|_| text(&mut random, &[b"a = 1\n".to_vec()], &words)).collect::<Vec<_>>()
    };
    assert_eq!(texts(1), texts(1));
    assert_ne!(texts(1), texts(2));
}
