//! Starting at login, by an entry of the XDG autostart specification: `autostart/skillmeat-desktop.desktop` in the
//! person's configuration folder. The entry is the truth, not a setting: desktops and people switch it off too.
//!
//! It is written whole by one rename and removed whole. An entry of this name that we did not write (it lacks our
//! mark) is told about and never touched. Other systems are not offered it.

use skillmeat_engine::fs::Root;
use skillmeat_engine::path::RelPath;
use skillmeat_engine::{Error, Result};
use std::path::{Path, PathBuf};

const FILE: &str = "autostart/skillmeat-desktop.desktop";
/// The line by which we know our own entry.
const MARK: &str = "X-SkillMeat-Autostart=true";
const MAX_BYTES: u64 = 64 * 1024;

/// Whether this program starts at login; `None` where it cannot be set from here.
///
/// # Errors
/// `io` and its relatives.
pub(crate) fn is_on() -> Result<Option<bool>> {
    config_folder().map(|folder| Ok(read(&folder)?.is_some_and(|text| is_live(&text)))).transpose()
}

/// Switches it on or off.
///
/// # Errors
/// `invalid-request` where it cannot be set from here, or the entry is not ours; `io` and its relatives.
pub(crate) fn set(on: bool) -> Result<()> {
    let refused = |reason: &str| Error::InvalidRequest { reason: reason.to_owned() };
    let folder = config_folder()
        .ok_or_else(|| refused("Starting at login cannot be set on this system from here."))?;
    if !on {
        return remove(&folder);
    }
    // An AppImage runs from a folder that is gone afterwards; it says where it is itself.
    let image = std::env::var_os("APPIMAGE").map(PathBuf::from).filter(|path| path.is_absolute());
    let program = match image {
        Some(image) => image,
        None => std::env::current_exe().map_err(|error| Error::io("find", "this program", error))?,
    };
    let program = program.to_str().ok_or_else(|| refused("The path of this program is not valid UTF-8."))?;
    write(&folder, program)
}

/// Where a person's configuration is; `None` where that is not how a system starts programs.
fn config_folder() -> Option<PathBuf> {
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return None;
    }
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(std::env::home_dir().filter(|path| path.is_absolute())?.join(".config")))
}

fn read(folder: &Path) -> Result<Option<String>> {
    let Some(root) = Root::open_existing(folder)? else { return Ok(None) };
    let bytes = root.read(&RelPath::new(FILE)?, MAX_BYTES)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a session would start the entry: two keys switch one off that is there.
fn is_live(text: &str) -> bool {
    let says = |wanted: &str| text.lines().any(|line| line.replace(' ', "").eq_ignore_ascii_case(wanted));
    !says("Hidden=true") && !says("X-GNOME-Autostart-enabled=false")
}

fn own(folder: &Path) -> Result<bool> {
    match read(folder)? {
        None => Ok(false),
        Some(text) if text.lines().any(|line| line.trim() == MARK) => Ok(true),
        Some(_) => {
            let path = folder.join(FILE).display().to_string();
            let reason = format!(
                "{path} was not written by this program, so it stays as it is. Change or remove it yourself."
            );
            Err(Error::InvalidRequest { reason })
        }
    }
}

fn remove(folder: &Path) -> Result<()> {
    match own(folder)? {
        true => Root::open(folder)?.remove(&RelPath::new(FILE)?),
        false => Ok(()),
    }
}

fn write(folder: &Path, program: &str) -> Result<()> {
    own(folder)?;
    let entry = entry(program)?;
    let (root, file) = (Root::create(folder)?, RelPath::new(FILE)?);
    if let Some(parent) = file.parent() {
        root.create_folders(&parent)?;
    }
    root.write_atomic(&file, entry.as_bytes())
}

fn entry(program: &str) -> Result<String> {
    if program.chars().any(char::is_control) {
        let reason = "The path of this program contains a control character, so it cannot start at login.";
        return Err(Error::InvalidRequest { reason: reason.to_owned() });
    }
    let program = quoted(program);
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=SkillMeat\nExec={program} --hidden\nIcon=skillmeat-desktop\n\
         Terminal=false\nX-GNOME-Autostart-enabled=true\n{MARK}\n"
    ))
}

/// A word of an `Exec` line: first quoted for the line, then escaped as every text of such a file is.
fn quoted(word: &str) -> String {
    let mut text = String::from("\"");
    for letter in word.chars() {
        match letter {
            '\\' => text.push_str(r"\\\\"),
            '"' | '`' | '$' => text.extend([r"\\", letter.encode_utf8(&mut [0; 4])]),
            '%' => text.push_str("%%"),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillmeat_engine::error::Code;

    #[test]
    fn it_is_switched_on_and_off_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config");
        assert_eq!(read(&config).unwrap(), None);
        remove(&config).unwrap();
        assert!(!config.exists(), "looking and switching off make nothing");
        write(&config, "/opt/Skill Meat/skillmeat-desktop").unwrap();
        let text = read(&config).unwrap().unwrap();
        assert!(text.contains("\nExec=\"/opt/Skill Meat/skillmeat-desktop\" --hidden\n"), "{text}");
        assert!(is_live(&text));
        write(&config, "/usr/bin/skillmeat-desktop").unwrap();
        assert!(
            read(&config).unwrap().unwrap().contains("/usr/bin/"),
            "another place of the program is taken over"
        );
        remove(&config).unwrap();
        assert_eq!(std::fs::read_dir(config.join("autostart")).unwrap().count(), 0);
    }

    #[test]
    fn an_entry_that_is_not_ours_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[Desktop Entry]\nExec=mine\n";
        std::fs::create_dir(folder.path().join("autostart")).unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        assert!(is_live(&read(folder.path()).unwrap().unwrap()));
        for error in [write(folder.path(), "/x").unwrap_err(), remove(folder.path()).unwrap_err()] {
            assert_eq!(error.code(), Code::InvalidRequest);
            assert!(error.to_problem().message.contains(FILE));
        }
        assert_eq!(std::fs::read_to_string(folder.path().join(FILE)).unwrap(), text);
    }

    #[test]
    fn an_entry_that_somebody_switched_off_is_off() {
        let entry = entry("/x").unwrap();
        assert!(is_live(&entry));
        assert!(!is_live(&format!("{entry}Hidden=true\n")));
        assert!(!is_live(&entry.replace("enabled=true", "enabled=false")));
    }

    #[test]
    fn a_path_stays_one_word_whatever_is_in_it() {
        assert_eq!(quoted("/a b"), "\"/a b\"");
        assert_eq!(quoted(r#"/a"b$c`d\e%f"#), r#""/a\\"b\\$c\\`d\\\\e%%f""#);
        assert_eq!(entry("/a\nExec=evil").unwrap_err().code(), Code::InvalidRequest);
    }
}
