//! The command line of the window: `[--hidden] [--] [FOLDER | file://… | skillmeat://…]…`. Pure.

use super::{Open, link};
use skillmeat_engine::{Error, Problem};
use std::ffi::OsString;
use std::path::Path;
use tauri::Url;

/// More of an argument is not quoted, in characters.
const MOST_QUOTED: usize = 120;

/// What a start of the program was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// Without a window, in the tray.
    pub(crate) hidden: bool,
    /// What to show, in the order of the arguments. What cannot be shown is a problem among them.
    pub(crate) opens: Vec<Open>,
}

/// Reads arguments, without the program's own name. Relative folders are meant from `folder`.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>, folder: &Path) -> Start {
    let mut start = Start::default();
    let mut only_places = false;
    for argument in arguments {
        let text = argument.to_string_lossy();
        match &*text {
            "" => {}
            "--" if !only_places => only_places = true,
            "--hidden" if !only_places => start.hidden = true,
            // As the file manager of macOS says which process this is.
            text if !only_places && text.starts_with("-psn_") => {}
            option if !only_places && option.starts_with('-') => {
                let reason = format!("There is no option {}. Options are: --hidden.", quoted(option));
                start.opens.push(problem(reason));
            }
            _ if argument.to_str().is_none() || text.contains('\u{fffd}') => {
                let reason = format!("{} is not opened: its name is not valid UTF-8.", quoted(&text));
                start.opens.push(problem(reason));
            }
            place => start.opens.push(opened(place, folder)),
        }
    }
    start
}

fn opened(place: &str, folder: &Path) -> Open {
    let read = match scheme(place).as_deref() {
        Some(link::SCHEME) => link::parse(place),
        Some("file") => of_file_address(place),
        Some(other) => Err(format!("addresses that begin with {} are not for this program", quoted(other))),
        None => of_path(place, folder),
    };
    read.unwrap_or_else(|reason| problem(format!("{} is not opened: {reason}.", quoted(place))))
}

/// The scheme of what looks like an address, in lower case. One letter is a drive of Windows.
fn scheme(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    let looks = scheme.len() > 1
        && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
    let scheme = scheme.to_ascii_lowercase();
    (looks && (rest.starts_with("//") || [link::SCHEME, "file"].contains(&&*scheme))).then_some(scheme)
}

fn of_file_address(text: &str) -> Result<Open, String> {
    if text.chars().any(char::is_control) {
        return Err("it contains a control character".to_owned());
    }
    let url = Url::parse(text).map_err(|_| "it is no complete address".to_owned())?;
    if url.host_str().is_some_and(|host| host != "localhost") {
        return Err("it is on another computer".to_owned());
    }
    let path = url.to_file_path().map_err(|()| "it is no path of this computer".to_owned())?;
    let path = path.to_str().ok_or("its path is not valid UTF-8")?;
    of_path(path, Path::new(path))
}

fn of_path(text: &str, folder: &Path) -> Result<Open, String> {
    let path = folder.join(text);
    if !path.is_absolute() {
        return Err("it is not known from which folder it is meant".to_owned());
    }
    let path = path.to_str().ok_or("the folder that it is in is not valid UTF-8")?;
    Ok(Open::Folder { path: path.to_owned() })
}

fn problem(reason: String) -> Open {
    Open::Problem { problem: Problem::from(Error::InvalidRequest { reason }) }
}

/// The beginning of `text` in quotes, in one line.
fn quoted(text: &str) -> String {
    let shown: String =
        text.chars().take(MOST_QUOTED).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let more = if text.chars().nth(MOST_QUOTED).is_some() { "…" } else { "" };
    format!("“{shown}{more}”")
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillmeat_engine::error::Code;

    fn start(arguments: &[&str]) -> Start {
        parse(arguments.iter().map(OsString::from), Path::new("/base/here"))
    }

    fn folder(path: &str) -> Open {
        Open::Folder { path: path.to_owned() }
    }

    fn refusal(arguments: &[&str]) -> Problem {
        match start(arguments).opens.as_slice() {
            [Open::Problem { problem }] => problem.clone(),
            other => panic!("{arguments:?} → {other:?}"),
        }
    }

    #[test]
    fn without_arguments_nothing_is_asked_for() {
        assert_eq!(start(&[]), Start::default());
        assert_eq!(start(&[""]), Start::default());
        assert_eq!(start(&["--hidden"]), Start { hidden: true, opens: Vec::new() });
    }

    #[test]
    fn folders_are_meant_from_where_the_program_was_started() {
        let opens = start(&["/a b", "web", "./x:y", "..", "."]).opens;
        let want = ["/a b", "/base/here/web", "/base/here/./x:y", "/base/here/..", "/base/here/."];
        assert_eq!(opens, want.map(folder));
    }

    #[test]
    fn file_addresses_are_folders() {
        let opens = start(&["file:///a%20b", "file://localhost/c%C3%A9", "FILE:///d", "file:/e"]).opens;
        assert_eq!(opens, ["/a b", "/cé", "/d", "/e"].map(folder));
        for bad in ["file://server/share", "file:///a%FF", "file:///a\nb", "file:///a%00b/.."] {
            let open = &start(&[bad]).opens[0];
            let harmless = matches!(open, Open::Problem { .. } | Open::Folder { .. });
            assert!(harmless && !matches!(open, Open::Folder { path } if path.contains("share")), "{open:?}");
        }
        assert!(refusal(&["file://server/share"]).message.contains("another computer"));
        assert!(refusal(&["file:///a%FF"]).message.contains("UTF-8"));
    }

    #[test]
    fn after_two_dashes_everything_is_a_place() {
        let got = start(&["--", "--hidden", "-x", "--"]);
        assert_eq!(got.opens, ["/base/here/--hidden", "/base/here/-x", "/base/here/--"].map(folder));
        assert!(!got.hidden);
    }

    #[test]
    fn what_is_not_understood_is_said_in_the_window() {
        for (argument, want) in [
            ("--plan", "no option “--plan”"),
            ("-x", "no option “-x”"),
            ("https://example.org/", "“https” are not for this program"),
            ("ssh://host/x", "“ssh” are not for this program"),
            ("a\u{fffd}b", "UTF-8"),
        ] {
            let problem = refusal(&[argument]);
            assert_eq!(problem.code, Code::InvalidRequest);
            assert!(problem.message.contains(want), "{}", problem.message);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_a_problem_and_no_panic() {
        use std::os::unix::ffi::OsStringExt;
        let argument = OsString::from_vec(b"/a\xff".to_vec());
        let got = parse([argument], Path::new("/"));
        assert!(matches!(got.opens.as_slice(), [Open::Problem { .. }]), "{got:?}");
    }

    #[test]
    fn a_relative_folder_without_a_place_to_start_from_is_a_problem() {
        let got = parse([OsString::from("web")], Path::new(""));
        assert!(matches!(got.opens.as_slice(), [Open::Problem { .. }]), "{got:?}");
    }

    #[test]
    fn what_is_quoted_is_short_and_in_one_line() {
        let message = refusal(&[&format!("https://{}\u{1b}[31m\n", "a".repeat(10_000))]).message;
        assert!(message.chars().count() < 300 && !message.chars().any(char::is_control), "{message}");
    }

    #[test]
    fn one_bad_argument_does_not_spoil_the_others() {
        let opens = start(&["--x", "/a", "skillmeat://deploy?set=web"]).opens;
        assert!(matches!(opens.as_slice(), [Open::Problem { .. }, Open::Folder { .. }, Open::Plan { .. }]));
    }
}
