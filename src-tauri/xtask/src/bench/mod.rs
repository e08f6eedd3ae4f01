//! `cargo xtask bench`: how long `skm` takes, against a plain tool that does the least that must be done, in the
//! same run and on the same disk. Times differ between machines; ratios hold.

mod cases;
mod data;
mod library;
mod measure;
mod sets;

use crate::step::Step;
use crate::{Failure, place};
use cases::Bench;
use library::Library;
use sets::Sets;
use std::path::{Path, PathBuf};

/// Rounds that count, when nobody says otherwise.
const ROUNDS: usize = 9;
/// Fewer say nothing.
const FEWEST_ROUNDS: usize = 7;

/// Builds `skm` for release, lays out the data and prints one table.
pub(crate) fn bench(arguments: &[String]) -> Result<(), Failure> {
    let options = Options::parse(arguments)?;
    Step::new("release", "skm, release", "cargo build --release -p skillmeat-cli")
        .run_quietly(options.json)?;
    Step::new(
        "release",
        "the cache alone, release",
        "cargo build --release -p skillmeat-engine --example write_through",
    )
    .run_quietly(options.json)?;
    Step::new(
        "release",
        "sets alone, release",
        "cargo build --release -p skillmeat-engine --example resolve",
    )
    .run_quietly(options.json)?;
    let scratch = Scratch::new(options.folder.as_deref())?;
    let skm = || place::built("release", "skm");
    let (mut results, mut peaks, mut about) = (Vec::new(), Vec::new(), Vec::new());
    if options.wants(&cases::NAMES) {
        let bench = Bench::lay_out(&scratch.0, skm())?;
        results.extend(bench.run(options.rounds, &options.cases)?);
        about.push(bench.about().to_owned());
    }
    if options.wants(&sets::NAMES) {
        results.extend(Sets::new(&scratch.0, skm()).run(options.rounds, &options.cases)?);
        about.push(Sets::about());
    }
    // Last, so that the disk is not busy with a large library while small ones are measured.
    if options.wants(&library::NAMES) {
        let library = Library::lay_out(&scratch.0, skm())?;
        let measured = library.run(options.rounds, &options.cases)?;
        results.extend(measured.0);
        peaks.extend(measured.1);
        about.push(Library::about());
    }
    let about = about.join("; ");
    if options.json {
        println!("{}", measure::json(&results, &peaks, &about));
    } else {
        println!("\n{}", measure::table(&results, &peaks, &about));
    }
    Ok(())
}

/// What was asked for.
struct Options {
    json: bool,
    rounds: usize,
    /// On whose disk; without one, on the disk that is built on.
    folder: Option<PathBuf>,
    /// Empty means all.
    cases: Vec<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self { json: false, rounds: ROUNDS, folder: None, cases: Vec::new() };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--rounds" => {
                    let number = arguments.next().and_then(|text| text.parse().ok());
                    options.rounds = number
                        .filter(|rounds| *rounds >= FEWEST_ROUNDS)
                        .ok_or_else(|| format!("--rounds takes a number, at least {FEWEST_ROUNDS}"))?;
                }
                "--in" => {
                    let folder = arguments.next().ok_or("--in takes a folder on the disk to measure on")?;
                    options.folder = Some(PathBuf::from(folder));
                }
                case if names().any(|name| name == case) => options.cases.push(case.to_owned()),
                other => {
                    let known = names().collect::<Vec<_>>().join(", ");
                    return Err(format!("“{other}” is no case; there are {known}"));
                }
            }
        }
        Ok(options)
    }

    /// Whether one of these is to be run.
    fn wants(&self, names: &[&str]) -> bool {
        self.cases.is_empty() || self.cases.iter().any(|case| names.contains(&case.as_str()))
    }
}

/// Every case.
fn names() -> impl Iterator<Item = &'static str> {
    cases::NAMES.into_iter().chain(sets::NAMES).chain(library::NAMES)
}

/// A folder that goes when the run ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(above: Option<&Path>) -> Result<Self, Failure> {
        // A temporary folder in memory would measure nothing.
        let above = above.map_or_else(place::target, Path::to_owned);
        let folder = above.join(format!("bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, Failure> {
        Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn too_few_rounds_are_refused() {
        assert!(parse(&["--rounds", "3"]).is_err());
        assert_eq!(parse(&["--rounds", "7"]).unwrap().rounds, 7);
    }

    #[test]
    fn cases_are_known_by_name() {
        assert_eq!(parse(&["P1", "--json"]).unwrap().cases, ["P1"]);
        assert!(parse(&["P99"]).is_err());
    }
}
