//! Starting other programs on a path that the engine named.

use skillmeat_engine::{Error, Result};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Opens `path` with the `editor` command, else with the system's default program for it.
pub(crate) fn edit(path: &Path, editor: Option<&str>) -> Result<()> {
    let words = split(editor.unwrap_or_default());
    match words.split_first() {
        Some((program, arguments)) => start(program, arguments, path),
        None => tauri_plugin_opener::open_path(path, None::<&str>)
            .map_err(|error| Error::io("open", path, io::Error::other(error))),
    }
}

/// Shows a folder, or a file in its folder, in the system's file manager.
pub(crate) fn reveal(path: &Path) -> Result<()> {
    let shown = if path.is_dir() {
        tauri_plugin_opener::open_path(path, None::<&str>)
    } else {
        tauri_plugin_opener::reveal_item_in_dir(path)
    };
    shown.map_err(|error| Error::io("show", path, io::Error::other(error)))
}

/// Starts the editor as a process of its own, which outlives the window.
fn start(program: &str, arguments: &[String], path: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|error| Error::io("start", program, error))?;
    std::thread::spawn(move || match child.wait() {
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
    fn a_place_that_is_gone_cannot_be_shown() {
        let problem = reveal(Path::new("/nowhere/at/all")).unwrap_err().to_problem();
        assert_eq!(problem.subject.as_deref(), Some("/nowhere/at/all"));
    }
}
