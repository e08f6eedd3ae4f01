//! What still parses of a text that does not.

use super::document::Manifest;
use crate::path::RelPath;
use crate::toml_text::unmarked;

/// The key that every writer writes last: a table at the end of the text without it was cut off.
const LAST_KEY: &str = "collection_sha";

/// The parts of a broken text that are sound on their own, as a manifest; the rest is left out.
///
/// The text is cut at its table headers, so that what broke one table costs that table only. The marks that a merge
/// leaves in a file are taken out first, and of two records of one copy `prefer` chooses. A table that was cut off at
/// the end of the text is left out even where its rest still parses.
pub fn salvage(text: &str, profile_root: &RelPath, prefer: impl Fn(&super::Record) -> bool) -> Manifest {
    let blocks = blocks(unmarked(text));
    let last = blocks.len().saturating_sub(1);
    let mut sound: Vec<(String, bool)> = Vec::new();
    let mut records: Vec<(usize, super::Record)> = Vec::new();
    for (index, block) in blocks.into_iter().enumerate() {
        let Ok(manifest) = Manifest::parse(&block, profile_root) else { continue };
        let deployed = manifest.records().next().is_some() || !manifest.bad_records().is_empty();
        let cut_off = index == last && deployed && !block.contains(LAST_KEY);
        if block.contains('\u{fffd}') || cut_off {
            continue;
        }
        let Some(record) = manifest.records().next().cloned() else {
            sound.push((block, deployed));
            continue;
        };
        match records.iter_mut().find(|(_, other)| other.same_place(&record)) {
            Some((at, other)) if !prefer(other) && prefer(&record) => {
                sound[*at].0 = block;
                *other = record;
            }
            Some(_) => {}
            None => {
                records.push((sound.len(), record));
                sound.push((block, true));
            }
        }
    }
    let join = |only: bool| {
        let parts = sound.iter().filter(|(_, deployed)| *deployed || !only).map(|(block, _)| block.as_str());
        Manifest::parse(&parts.collect::<String>(), profile_root)
    };
    // Two foreign tables of one name are sound alone and not together.
    join(false).or_else(|_| join(true)).unwrap_or_else(|_| Manifest::empty(profile_root))
}

/// The text cut before each header; the tables below a record stay with it.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in text.lines().filter(|line| !is_merge_mark(line)) {
        let header = line.trim_start();
        let below = header.trim_start_matches('[').trim_start().starts_with("deployed.");
        if header.starts_with('[') && !below {
            blocks.push(String::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.push_str(line);
            block.push('\n');
        }
    }
    blocks
}

fn is_merge_mark(line: &str) -> bool {
    line == "=======" || ["<<<<<<< ", ">>>>>>> ", "||||||| "].iter().any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "97a90288b4bdf661970187fd6d79ddb859cd1d9d06d500438afa1f13c557a69e";
    const B: &str = "0000000000000000000000000000000000000000000000000000000000000000";

    fn record(name: &str, hash: &str) -> String {
        format!(
            "[[deployed]]\nartifact_name = '{name}'\nartifact_type = 'skill'\nartifact_path = 'skills/{name}'\n\
             content_hash = '{hash}'\ndeployment_profile_id = 'x'\ncollection_sha = '{hash}'\n"
        )
    }

    fn salvaged(text: &str) -> Manifest {
        salvage(text, &RelPath::new(".claude").unwrap(), |record| record.content_hash.as_str() == B)
    }

    fn names(manifest: &Manifest) -> Vec<&str> {
        manifest.records().map(|record| record.artifact_name.as_str()).collect()
    }

    #[test]
    fn a_broken_table_costs_itself_only() {
        let text = format!("# team\nschema = 1\n{}\n[[deployed]\nx = \n{}", record("a", A), record("b", A));
        let manifest = salvaged(&text);
        assert_eq!(names(&manifest), ["a", "b"]);
        assert!(manifest.render().unwrap().starts_with("# team\nschema = 1\n"));
    }

    #[test]
    fn a_text_cut_anywhere_gives_the_records_before_the_cut() {
        let text = [record("a", A), record("b", A), record("c", A)].join("\n");
        let second = text.find("artifact_name = 'b'").unwrap();
        for cut in 0..=text.len() {
            let manifest = salvaged(&text[..cut]);
            assert_eq!(manifest.bad_records(), [], "cut at {cut}");
            let found = names(&manifest).len();
            assert!(manifest.records().all(|record| record.profile_id == "x"), "cut at {cut}");
            assert!(found <= 3 && (cut < second || found >= 1), "cut at {cut}: {found}");
        }
    }

    #[test]
    fn both_sides_of_a_merge_are_taken_and_the_one_on_disk_is_preferred() {
        let text = format!(
            "{}<<<<<<< HEAD\n{}{}=======\n{}{}>>>>>>> branch\n",
            record("same", A),
            record("ours", A),
            record("both", A),
            record("theirs", A),
            record("both", B),
        );
        let manifest = salvaged(&text);
        assert_eq!(names(&manifest), ["same", "ours", "both", "theirs"]);
        let both = manifest.records().find(|record| record.artifact_name == "both").unwrap();
        assert_eq!(both.content_hash.as_str(), B);
    }

    #[test]
    fn bad_records_foreign_keys_and_tables_below_a_record_are_taken_too() {
        let text = format!(
            "{}note = 'mine'\n[deployed.extra]\nx = 1\n\n[[deployed]]\nartifact_type = 'spaceship'\n\n[other]\ny = 2\n\n= broken\n",
            record("a", A)
        );
        let manifest = salvaged(&text);
        assert_eq!((names(&manifest), manifest.bad_records().len()), (vec!["a"], 1));
        let text = manifest.render().unwrap();
        for kept in ["note = 'mine'", "[deployed.extra]", "spaceship"] {
            assert!(text.contains(kept), "{text}");
        }
    }

    #[test]
    fn foreign_tables_that_contradict_each_other_cost_no_record() {
        let text = format!("[other]\nx = 1\n[other]\nx = 2\n{}", record("a", A));
        assert_eq!(names(&salvaged(&text)), ["a"]);
    }

    #[test]
    fn nothing_gives_nothing() {
        for text in ["", "\u{feff}", "deployed = 3", "\0\0\0\0", "{\"deployed\": []}"] {
            assert_eq!(salvaged(text).render(), None, "{text:?}");
        }
    }
}
