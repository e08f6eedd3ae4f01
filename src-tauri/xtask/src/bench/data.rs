//! The collection that is measured with: the same bytes on every machine.

use std::io;
use std::path::Path;

/// What was laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// Artifacts.
    pub(crate) skills: u64,
    /// Files in them.
    pub(crate) files: u64,
    /// Bytes in those.
    pub(crate) bytes: u64,
}

/// The size called *L*.
pub(crate) const L: Size = Size { skills: 200, files: 830, bytes: 14_000_000 };

/// The size called *XL*, for looking at: its files are small, so that what is measured is how many they are.
pub(crate) const XL: Size = Size { skills: 10_000, files: 40_000, bytes: 100_000_000 };

/// One skill of four files, and room for it.
pub(crate) const ONE: Size = Size { skills: 1, files: 4, bytes: 24_000 };

const SEED: u64 = 0x5EED_0F5C_111A_3EA7;

/// Numbers that look random and are the same every time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// Makes `size` as managed skills `<folder>/<prefix>-000` and so on, and says what it wrote.
pub(crate) fn lay_out(folder: &Path, prefix: &str, size: Size) -> io::Result<Size> {
    let mut numbers = Numbers(SEED);
    let sizes = file_sizes(&mut numbers, size);
    let mut written = Size { skills: 0, files: 0, bytes: 0 };
    let mut sizes = sizes.into_iter();
    for skill in 0..size.skills {
        let home = folder.join(format!("{prefix}-{skill:03}"));
        let count = size.files / size.skills + u64::from(skill < size.files % size.skills);
        for (index, bytes) in sizes.by_ref().take(usize::try_from(count).unwrap_or(usize::MAX)).enumerate() {
            let (name, header) = match index {
                0 => ("SKILL.md".to_owned(), header(prefix, skill)),
                1 => ("scripts/run.py".to_owned(), String::new()),
                _ => (format!("references/part-{index}.md"), String::new()),
            };
            write(&home.join(name), &header, &mut numbers, bytes)?;
            written.files += 1;
            written.bytes += bytes;
        }
        written.skills += 1;
    }
    Ok(written)
}

/// Sizes between 1× and 16× of each other, many small and few large, that sum to exactly the bytes wanted.
fn file_sizes(numbers: &mut Numbers, size: Size) -> Vec<u64> {
    let weights: Vec<u64> = (0..size.files).map(|_| 1 << numbers.below(5)).collect();
    let total: u64 = weights.iter().sum();
    let mut sizes: Vec<u64> = weights.iter().map(|weight| size.bytes * weight / total).collect();
    let rest = size.bytes - sizes.iter().sum::<u64>();
    if let Some(first) = sizes.first_mut() {
        *first += rest;
    }
    sizes
}

fn header(prefix: &str, skill: u64) -> String {
    format!("---\nname: {prefix}-{skill:03}\ndescription: Measures how fast a skill is deployed.\n---\n")
}

fn write(path: &Path, header: &str, numbers: &mut Numbers, bytes: u64) -> io::Result<()> {
    const WORDS: [&str; 8] = ["collect", "plan", "stage", "swap", "record", "project", "skill", "status"];
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut text = String::with_capacity(bytes + 32);
    text.push_str(header);
    while text.len() < bytes {
        let number = numbers.next();
        text.push_str(WORDS[(number % 8) as usize]);
        text.push(if number.is_multiple_of(11) { '\n' } else { ' ' });
    }
    text.truncate(bytes);
    std::fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_sum_to_what_was_wanted_and_repeat() {
        let sizes = file_sizes(&mut Numbers(SEED), L);
        assert_eq!((sizes.len() as u64, sizes.iter().sum::<u64>()), (L.files, L.bytes));
        assert_eq!(sizes, file_sizes(&mut Numbers(SEED), L));
        assert!(sizes.iter().all(|bytes| *bytes > 100), "room for the header");
    }
}
