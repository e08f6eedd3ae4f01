//! What .deb and .rpm hold, laid out as it will lie on a disk.

use super::{folder, printed, source};
use crate::{Failure, place};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the two systems differ.
pub(crate) struct Places {
    /// Completions of zsh.
    pub(crate) zsh: &'static str,
    /// Changelog.
    pub(crate) doc: &'static str,
}

const ICONS: &[(&str, &str)] = &[
    ("16x16.png", "16x16/apps/skillmeat-desktop.png"),
    ("22x22.png", "22x22/apps/skillmeat-desktop.png"),
    ("24x24.png", "24x24/apps/skillmeat-desktop.png"),
    ("32x32.png", "32x32/apps/skillmeat-desktop.png"),
    ("48x48.png", "48x48/apps/skillmeat-desktop.png"),
    ("64x64.png", "64x64/apps/skillmeat-desktop.png"),
    ("128x128.png", "128x128/apps/skillmeat-desktop.png"),
    ("128x128@2x.png", "256x256/apps/skillmeat-desktop.png"),
    ("icon.png", "512x512/apps/skillmeat-desktop.png"),
    ("icon.svg", "scalable/apps/skillmeat-desktop.svg"),
    ("symbolic.svg", "symbolic/apps/skillmeat-desktop-symbolic.svg"),
];

const METAINFO: &str = "io.github.skillmeat.desktop.metainfo.xml";

/// A tree that is being laid out.
pub(crate) struct Stage {
    /// Its top, which becomes `/`.
    pub(crate) root: PathBuf,
}

impl Stage {
    /// Lays out everything that both packages have, in an empty folder of that name.
    pub(crate) fn lay_out(name: &str, profile: &str, places: &Places) -> Result<Self, Failure> {
        let root = folder().join(name);
        if root.exists() {
            fs::remove_dir_all(&root).map_err(|error| told(&root, &error))?;
        }
        let stage = Self { root };
        for program in ["skillmeat-desktop", "skm"] {
            stage.program(program, &place::built(profile, program))?;
        }
        for (picture, at) in ICONS {
            let from = place::root().join("src-tauri/icons").join(picture);
            stage.file(&format!("usr/share/icons/hicolor/{at}"), &read(&from)?)?;
        }
        let entry = read(&source("skillmeat-desktop.desktop"))?;
        stage.file("usr/share/applications/skillmeat-desktop.desktop", &entry)?;
        let metainfo = filled("io.github.skillmeat.desktop.metainfo.xml", &[("DATE", &date()?)])?;
        stage.file(&format!("usr/share/metainfo/{METAINFO}"), metainfo.as_bytes())?;
        write(&folder().join(METAINFO), metainfo.as_bytes())?;
        stage.completions(profile, places)?;
        stage.manual(profile)?;
        let changelog = read(&place::root().join("CHANGELOG.md"))?;
        stage.zipped(&format!("{}/changelog", places.doc), &changelog)?;
        Ok(stage)
    }

    fn completions(&self, profile: &str, places: &Places) -> Result<(), Failure> {
        let at = [
            ("bash", "usr/share/bash-completion/completions/skm".to_owned()),
            ("zsh", format!("{}/_skm", places.zsh)),
            ("fish", "usr/share/fish/vendor_completions.d/skm.fish".to_owned()),
        ];
        for (shell, path) in at {
            self.file(&path, skm(profile, &["completions", shell])?.as_bytes())?;
        }
        Ok(())
    }

    fn manual(&self, profile: &str) -> Result<(), Failure> {
        let window = filled("skillmeat-desktop.1", &[])?;
        self.zipped("usr/share/man/man1/skillmeat-desktop.1", window.as_bytes())?;
        for command in skm(profile, &["manual", "--list"])?.lines() {
            let words: Vec<&str> = ["manual"].into_iter().chain(command.split(' ').skip(1)).collect();
            let name = command.replace(' ', "-");
            self.zipped(&format!("usr/share/man/man1/{name}.1"), skm(profile, &words)?.as_bytes())?;
        }
        Ok(())
    }

    /// A file that everybody may read.
    pub(crate) fn file(&self, path: &str, content: &[u8]) -> Result<(), Failure> {
        let file = self.root.join(path);
        write(&file, content)?;
        set_mode(&file, 0o644)?;
        // A narrow umask must not make folders that only root can enter.
        for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)) {
            set_mode(folder, 0o755)?;
        }
        Ok(())
    }

    /// The same, compressed, with neither name nor time in it.
    pub(crate) fn zipped(&self, path: &str, content: &[u8]) -> Result<(), Failure> {
        self.file(path, content)?;
        printed(place::command("gzip").args(["-9", "-n", "-f"]).arg(self.root.join(path)))?;
        Ok(())
    }

    fn program(&self, name: &str, from: &Path) -> Result<(), Failure> {
        let path = format!("usr/bin/{name}");
        self.file(&path, &read(from)?)?;
        printed(place::command("strip").arg("--strip-unneeded").arg(self.root.join(&path)))?;
        set_mode(&self.root.join(&path), 0o755)
    }
}

/// A text of `src-tauri/packaging` with its `@NAMES@` filled in; one that is left is a mistake.
pub(crate) fn filled(name: &str, values: &[(&str, &str)]) -> Result<String, Failure> {
    let text = read(&source(name))?;
    fill(&String::from_utf8_lossy(&text), values).map_err(|left| format!("{name}: nothing known for {left}"))
}

fn fill(text: &str, values: &[(&str, &str)]) -> Result<String, Failure> {
    let version = ("VERSION", env!("CARGO_PKG_VERSION"));
    let filled = values
        .iter()
        .chain([&version])
        .fold(text.to_owned(), |text, (key, value)| text.replace(&format!("@{key}@"), value));
    let mut parts = filled.split('@').skip(1).step_by(2);
    match parts.find(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase())) {
        Some(left) => Err(left.to_owned()),
        None => Ok(filled),
    }
}

/// The version as dpkg and rpm compare it: `1.0.0-rc.1` comes before `1.0.0`.
pub(crate) fn version() -> String {
    env!("CARGO_PKG_VERSION").replace('-', "~")
}

/// Seconds since 1970 of the newest commit: the time of everything in a package, so that the same sources give the
/// same package.
pub(crate) fn epoch() -> Result<String, Failure> {
    if let Ok(given) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(given);
    }
    let told = printed(place::command("git").args(["log", "-1", "--format=%ct"]))?;
    Ok(told.trim().to_owned())
}

fn date() -> Result<String, Failure> {
    formatted_date("+%Y-%m-%d")
}

/// The same time, in a form of `date`.
pub(crate) fn formatted_date(form: &str) -> Result<String, Failure> {
    let moment = format!("@{}", epoch()?);
    let told = printed(place::command("date").env("LC_ALL", "C").args(["--utc", "--date", &moment, form]))?;
    Ok(told.trim().to_owned())
}

fn skm(profile: &str, words: &[&str]) -> Result<String, Failure> {
    printed(place::command(&place::built(profile, "skm").to_string_lossy()).args(words))
}

/// Copies a file, with the folders it needs.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    make_folder(to)?;
    fs::copy(from, to).map(drop).map_err(|error| told(from, &error))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| told(path, &error))
}

pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    make_folder(path)?;
    fs::write(path, content).map_err(|error| told(path, &error))
}

fn make_folder(file: &Path) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(|error| told(folder, &error))
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| told(path, &error))
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> Result<(), Failure> {
    Ok(())
}

fn told(path: &Path, error: &std::io::Error) -> Failure {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_value_is_a_mistake() {
        assert_eq!(fill("a @SIZE@ b", &[("SIZE", "3")]), Ok("a 3 b".to_owned()));
        assert_eq!(fill("a @SIZE@ b", &[]), Err("SIZE".to_owned()));
        let address = "somebody@example.org, someone@example.org";
        assert_eq!(fill(address, &[]), Ok(address.to_owned()));
    }

    #[test]
    fn what_is_filled_in_by_every_package_is_all_there_is() {
        assert!(filled("skillmeat-desktop.1", &[]).is_ok());
        assert!(filled("io.github.skillmeat.desktop.metainfo.xml", &[("DATE", "2026-01-01")]).is_ok());
        assert!(filled("skillmeat-desktop.spec", &[("PACKAGE", "1")]).is_ok());
    }
}
