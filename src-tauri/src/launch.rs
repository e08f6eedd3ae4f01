//! Starting other programs: on a path that the engine named, or on an address that a person agreed to.

use skillmeat_engine::{Error, Result};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
#[cfg(all(unix, not(target_os = "macos")))]
use std::time::{Duration, Instant};
use tauri::Url;

/// Longer addresses are not opened, in bytes; browsers and servers have limits of about this size.
const MAX_ADDRESS: usize = 2048;

/// Opens `path` with the `editor` command, else with the system's default program for it.
pub(crate) fn edit(path: &Path, editor: Option<&str>) -> Result<()> {
    let words = split(editor.unwrap_or_default());
    match words.split_first() {
        Some((program, arguments)) => start(program, arguments, path),
        None => open(path).map_err(|error| Error::io("open", path, error)),
    }
}

/// Shows a folder, or a file in its folder, in the system's file manager. One that cannot mark a file shows its folder.
pub(crate) fn reveal(path: &Path) -> Result<()> {
    let shown = if path.is_dir() {
        open(path)
    } else {
        tauri_plugin_opener::reveal_item_in_dir(path).map_err(io::Error::other).or_else(|error| {
            match path.parent().filter(|_| path.exists()) {
                Some(folder) => open(folder),
                None => Err(error),
            }
        })
    };
    shown.map_err(|error| Error::io("show", path, error))
}

/// Opens a path with the system's default program for it.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn open(path: &Path) -> io::Result<()> {
    tauri_plugin_opener::open_path(path, None::<&str>).map_err(io::Error::other)
}

/// Opens a path with the system's default program for it.
#[cfg(all(unix, not(target_os = "macos")))]
fn open(path: &Path) -> io::Result<()> {
    open_with(&[&["xdg-open"], &["gio", "open"]], path)
}

/// How long an opener may take to find that it cannot open something. One that runs longer has found a program.
#[cfg(all(unix, not(target_os = "macos")))]
const FINDING: Duration = Duration::from_secs(3);

/// Opens a path with the first of some commands that can. Where a desktop has no program for it they only say so by
/// how they end, so that is waited for.
#[cfg(all(unix, not(target_os = "macos")))]
fn open_with(openers: &[&[&str]], path: &Path) -> io::Result<()> {
    for opener in openers {
        let [program, arguments @ ..] = *opener else { continue };
        let mut command = quiet(program);
        let Ok(mut child) = command.args(arguments).arg(path).spawn() else { continue };
        let begun = Instant::now();
        loop {
            match child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(_) => break,
                None if begun.elapsed() > FINDING => {
                    thread::spawn(move || child.wait());
                    return Ok(());
                }
                None => thread::sleep(Duration::from_millis(20)),
            }
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "this desktop has no program for it"))
}

/// A command that outlives the window, and neither reads nor writes where this program does.
fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Opens `address` in the system's browser. It comes from the text of an artifact, so it is data that may lie.
pub(crate) fn browse(address: &str) -> Result<()> {
    if let Some(reason) = refusal(address) {
        let reason = format!("This link is not opened: {reason}.");
        return Err(Error::InvalidRequest { reason });
    }
    tauri_plugin_opener::open_url(address, None::<&str>)
        .map_err(|error| Error::io("open", address, io::Error::other(error)))
}

/// Why `address` must not be opened. What passes is plain ASCII without blanks, and exactly what was agreed to: it
/// is not spelled another way after that.
fn refusal(address: &str) -> Option<&'static str> {
    if address.len() > MAX_ADDRESS {
        return Some("its address is too long");
    }
    let Ok(url) = Url::parse(address) else { return Some("it is no complete address") };
    if !matches!(url.scheme(), "http" | "https") {
        Some("only http and https addresses are")
    } else if !url.username().is_empty() || url.password().is_some() {
        Some("its address holds a name or password, which can pass for another site")
    } else if url.as_str() != address {
        Some("its address is not spelled as a browser spells it")
    } else {
        None
    }
}

/// Starts the editor as a process of its own, which outlives the window.
fn start(program: &str, arguments: &[String], path: &Path) -> Result<()> {
    let mut child = quiet(program)
        .args(arguments)
        .arg(path)
        .spawn()
        .map_err(|error| Error::io("start", program, error))?;
    thread::spawn(move || match child.wait() {
        Ok(status) if status.success() => {}
        Ok(status) => tracing::warn!(%status, "the editor ended with an error"),
        Err(error) => tracing::warn!(%error, "the editor could not be waited for"),
    });
    Ok(())
}

/// The words of a command line; quotes, single or double, keep blanks inside a word.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillmeat_engine::error::Code;

    #[test]
    fn a_command_line_is_split_at_blanks_outside_quotes() {
        assert_eq!(split("code --wait"), ["code", "--wait"]);
        assert_eq!(split("  '/opt/my editor/ed'  -n \"\" "), ["/opt/my editor/ed", "-n", ""]);
        assert_eq!(split("ed --title='a b'"), ["ed", "--title=a b"]);
        assert!(split("  ").is_empty());
    }

    #[test]
    fn the_editor_gets_the_path_last() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a file.md");
        edit(&target, Some("touch --")).unwrap();
        let started = std::time::Instant::now();
        while !target.exists() && started.elapsed().as_secs() < 10 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(target.exists());
    }

    #[test]
    fn an_editor_that_does_not_exist_is_named() {
        let error = edit(Path::new("/tmp"), Some("no-such-editor-here --wait")).unwrap_err();
        let problem = error.to_problem();
        assert_eq!((problem.code, problem.subject.as_deref()), (Code::Io, Some("no-such-editor-here")));
    }

    #[test]
    fn web_addresses_may_be_opened() {
        for address in [
            "https://example.org/",
            "http://127.0.0.1:8080/a%20b?c=d&e#f",
            "https://xn--e1awd7f.com/%D0%BA",
            "https://example.org/-/--help;$(id)",
        ] {
            assert_eq!(refusal(address), None, "{address}");
        }
    }

    #[test]
    fn nothing_but_a_plain_web_address_is_opened() {
        let long = format!("https://example.org/{}", "a".repeat(MAX_ADDRESS));
        for address in [
            "",
            "example.org",
            "//example.org/",
            "/etc/passwd",
            "../SKILL.md",
            "--help",
            "-https://example.org/",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "vbscript:msgbox(1)",
            "data:text/html,<script>alert(1)</script>",
            "file:///etc/passwd",
            "ftp://example.org/",
            "mailto:a@example.org",
            "smb://example.org/share",
            "ssh://example.org/",
            "vscode://file/etc/passwd",
            "tauri://localhost/",
            "ipc://localhost/deploy",
            "about:blank",
            "blob:https://example.org/x",
            "view-source:https://example.org/",
            "https:",
            "https://",
            "https:///",
            "https://example.org",
            " https://example.org/",
            "https://example.org/ ",
            "https://example.org/a b",
            "https://example.org/\nb",
            "https://example.org/\0",
            "HTTPS://example.org/",
            "https://EXAMPLE.org/",
            "https:\\\\example.org\\",
            "https://example.org:443/",
            "https://example.org/../../etc/passwd",
            "https://\u{435}xample.org/",
            "https://example.org/\u{202e}gpj.exe",
            "https://example.org@evil.example/",
            "https://example.org:pass@evil.example/",
            "https://:pass@evil.example/",
            &long,
        ] {
            assert!(refusal(address).is_some(), "{address:?}");
            assert_eq!(browse(address).unwrap_err().code(), Code::InvalidRequest, "{address:?}");
        }
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn an_opener_that_fails_gives_way_to_the_next_and_none_is_said() {
        let place = Path::new("/");
        let none = open_with(&[&["no-such-opener-here"], &["false"]], place).unwrap_err();
        assert!(none.to_string().contains("no program"), "{none}");
        open_with(&[&["false"], &["no-such-opener-here"], &["test", "-d"]], place).unwrap();
    }

    #[test]
    fn a_place_that_is_gone_cannot_be_shown() {
        let problem = reveal(Path::new("/nowhere/at/all")).unwrap_err().to_problem();
        assert_eq!(problem.subject.as_deref(), Some("/nowhere/at/all"));
    }
}
