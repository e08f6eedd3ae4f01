//! `cargo xtask package`: installers in `target/package`, and a trial of the .deb in a clean root.
//!
//! On Linux what .deb and .rpm hold is laid out once ([`stage`]) and packed by the system's own tools, which know
//! what the programs link to; the AppImage (`--appimage`), and the installers of Windows and macOS, are Tauri's. The sources of all
//! of them are in `src-tauri/packaging`.

mod deb;
mod page;
mod rpm;
mod stage;
mod trial;

use crate::step::Step;
use crate::{Failure, node, place, system};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tauri's command line, in the version that `ui/package.json` pins.
const TAURI: &str = "npx --no --prefix ui tauri";
/// What Tauri has to know to make installers, beyond what it needs to build.
const OVERLAY: &str = "--config src-tauri/packaging/bundle.json";

/// A build: its profile, and the flag that asks Tauri for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Build {
    profile: &'static str,
    flag: &'static str,
}

const RELEASE: Build = Build { profile: "release", flag: "" };
const DEBUG: Build = Build { profile: "debug", flag: " --debug" };

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    build: Build,
    only_check: bool,
    /// On Linux an AppImage as well, whose tools Tauri fetches from github.com.
    appimage: bool,
}

/// Builds and tries out; with `--check`, tries out what was built before.
pub(crate) fn package(arguments: &[String]) -> Result<(), Failure> {
    let wish = wish(arguments)?;
    if wish.only_check {
        return trial::trial(&newest("deb")?);
    }
    system::ensure_build()?;
    node::prepare()?;
    fs::create_dir_all(folder()).map_err(|error| format!("{}: {error}", folder().display()))?;
    let outcome = if cfg!(target_os = "linux") { linux(&wish)? } else { elsewhere(wish.build)? };
    println!("\n── Built");
    for file in installers()? {
        let bytes = file.metadata().map_or(0, |meta| meta.len());
        println!("{:>8.1} MB  {}", bytes as f64 / 1e6, file.display());
    }
    outcome
}

fn wish(arguments: &[String]) -> Result<Wish, Failure> {
    let mut wish = Wish { build: RELEASE, only_check: false, appimage: false };
    for argument in arguments {
        match argument.as_str() {
            "--check" => wish.only_check = true,
            "--debug" => wish.build = DEBUG,
            "--appimage" => wish.appimage = true,
            _ => return Err("usage: cargo xtask package [--debug] [--appimage] | --check".to_owned()),
        }
    }
    Ok(wish)
}

/// .deb, its trial, .rpm and, where it is asked for, AppImage. What came of the trial, which needs root, is told at the
/// end, so that without it everything else is there.
fn linux(wish: &Wish) -> Result<Result<(), Failure>, Failure> {
    system::ensure_packages()?;
    let Build { profile, flag } = wish.build;
    Step::new("window", "The window", &format!("{TAURI} build --no-bundle{flag}")).run()?;
    command_line(wish.build)?;
    let tried = if system::is_debian() {
        trial::trial(&deb::build(profile)?)
    } else {
        println!("\n── No .deb: what it depends on is known on a Debian system only");
        Ok(())
    };
    rpm::build(profile)?;
    if wish.appimage {
        let line = format!("{TAURI} bundle --bundles appimage {OVERLAY}{flag}");
        Step::new("appimage", "AppImage", &line).run()?;
        collect(profile, &[("appimage", "AppImage")])?;
    }
    Ok(tried)
}

/// Windows and macOS.
fn elsewhere(build: Build) -> Result<Result<(), Failure>, Failure> {
    let kinds: &[(&str, &str)] =
        if cfg!(windows) { &[("msi", "msi"), ("nsis", "exe")] } else { &[("dmg", "dmg")] };
    command_line(build)?;
    let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
    let line = format!("{TAURI} build --bundles {} {OVERLAY}{}", names.join(","), build.flag);
    Step::new("installers", "Installers", &line).run()?;
    collect(build.profile, kinds)?;
    Ok(Ok(()))
}

/// `skm`, also under the name by which Tauri takes it along.
fn command_line(build: Build) -> Result<(), Failure> {
    let release = if build == RELEASE { " --release" } else { "" };
    Step::new("skm", "The command line", &format!("cargo build -p skillmeat-cli{release}")).run()?;
    let told = printed(place::command("rustc").arg("-vV"))?;
    let triple = told.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    let name = format!("skm-{triple}{}", std::env::consts::EXE_SUFFIX);
    stage::copy(&place::built(build.profile, "skm"), &folder().join("bin").join(name))
}

/// Copies what Tauri made to where all installers are.
fn collect(profile: &str, kinds: &[(&str, &str)]) -> Result<(), Failure> {
    for (kind, ending) in kinds {
        for file in files(&place::target().join(profile).join("bundle").join(kind), ending)? {
            stage::copy(&file, &folder().join(file.file_name().unwrap_or_default()))?;
        }
    }
    Ok(())
}

/// Where everything is made.
fn folder() -> PathBuf {
    place::target().join("package")
}

/// A file of `src-tauri/packaging`, by name.
fn source(name: &str) -> PathBuf {
    place::root().join("src-tauri/packaging").join(name)
}

fn installers() -> Result<Vec<PathBuf>, Failure> {
    let endings = ["deb", "rpm", "AppImage", "msi", "exe", "dmg"];
    let found: Result<Vec<Vec<PathBuf>>, Failure> =
        endings.iter().map(|ending| files(&folder(), ending)).collect();
    Ok(found?.concat())
}

/// Files in `folder` with that ending, by name.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> =
        paths.filter(|path| path.is_file() && path.extension().is_some_and(|own| own == ending)).collect();
    found.sort();
    Ok(found)
}

fn newest(ending: &str) -> Result<PathBuf, Failure> {
    let none = || format!("there is no .{ending} in {}; `cargo xtask package` makes one", folder().display());
    let found = files(&folder(), ending).map_err(|_| none())?;
    found
        .into_iter()
        .max_by_key(|file| file.metadata().and_then(|meta| meta.modified()).ok())
        .ok_or_else(none)
}

/// What a command prints; its failure has what it said.
fn printed(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} could not be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{name} failed ({}):\n{text}{said}", output.status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Result<Wish, Failure> {
        wish(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_that_mean_nothing_are_refused() {
        let plain = Wish { build: RELEASE, only_check: false, appimage: false };
        assert_eq!(asked(&[]), Ok(plain));
        let both = Wish { build: DEBUG, only_check: false, appimage: true };
        assert_eq!(asked(&["--debug", "--appimage"]), Ok(both));
        assert!(asked(&["--chekc"]).is_err());
    }

    #[test]
    fn what_a_failing_command_said_is_told() {
        let failure = printed(place::command("sh").args(["-c", "echo out; echo err >&2; exit 3"]));
        assert!(failure.is_err_and(|text| text.contains("out\nerr")));
    }
}
