//! `cargo xtask fuzz`: the targets of `tests/it/fuzz`, for long and from a fresh seed.

use crate::step::Step;
use crate::{Failure, place, system};
use std::time::{SystemTime, UNIX_EPOCH};

/// The tests of that name in `tests/it/fuzz.rs`.
const TARGETS: [&str; 11] = [
    "manifest",
    "collection",
    "collection_lock",
    "skips",
    "frontmatter",
    "sets",
    "groups",
    "config",
    "settings",
    "projects",
    "collections",
];

const SECONDS: u64 = 60;

/// `[TARGET…] [--seconds N] [--seed N]`
pub(crate) fn fuzz(words: &[String]) -> Result<(), Failure> {
    let asked = asked(words)?;
    system::ensure_build()?;
    let seed = asked.seed.unwrap_or_else(fresh_seed);
    println!("seed {seed}, {} seconds for each of: {}", asked.seconds, asked.targets.join(", "));
    let mut failed = Vec::new();
    for target in &asked.targets {
        let line =
            format!("cargo test --quiet -p skillmeat-tests --test it -- --exact --nocapture fuzz::{target}");
        let step = Step::new("fuzz", target, &line)
            .with("SKILLMEAT_FUZZ_SECONDS", asked.seconds.to_string())
            .with("SKILLMEAT_FUZZ_SEED", seed.to_string());
        if step.run().is_err() {
            failed.push(*target);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let folder = place::target().join("fuzz");
    Err(format!(
        "{} failed with seed {seed}; the smallest failing texts are {}/TARGET-{seed}.input",
        failed.join(", "),
        folder.display()
    ))
}

#[derive(Debug)]
struct Asked {
    targets: Vec<&'static str>,
    seconds: u64,
    seed: Option<u64>,
}

fn asked(words: &[String]) -> Result<Asked, Failure> {
    let mut asked = Asked { targets: Vec::new(), seconds: SECONDS, seed: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let text = words.next().map(String::as_str).unwrap_or_default();
            text.parse::<u64>().map_err(|_| format!("{word} wants a number, not “{text}”"))
        };
        match word.as_str() {
            "--seconds" => asked.seconds = number()?,
            "--seed" => asked.seed = Some(number()?),
            name => match TARGETS.iter().find(|target| **target == name) {
                Some(target) => asked.targets.push(target),
                None => {
                    return Err(format!("there is no target “{name}”; there are: {}", TARGETS.join(", ")));
                }
            },
        }
    }
    if asked.targets.is_empty() {
        asked.targets = TARGETS.to_vec();
    }
    Ok(asked)
}

fn fresh_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(since.subsec_nanos()) ^ (since.as_secs() << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Asked, Failure> {
        asked(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn targets_seconds_and_seed_are_read() {
        let asked = read("manifest --seconds 5 --seed 7 config").unwrap();
        assert_eq!((asked.targets, asked.seconds, asked.seed), (vec!["manifest", "config"], 5, Some(7)));
        assert_eq!(read("").unwrap().targets, TARGETS);
        assert!(read("manifests").unwrap_err().contains("manifest, collection"));
        assert!(read("--seconds many").unwrap_err().contains("many"));
    }

    #[test]
    fn every_target_is_a_test() {
        let tests = std::fs::read_to_string(place::root().join("tests/it/fuzz.rs")).unwrap();
        for target in TARGETS {
            assert!(tests.contains(&format!("fn {target}()")), "{target}");
        }
        assert_eq!(tests.matches("#[test]").count(), TARGETS.len());
    }
}
