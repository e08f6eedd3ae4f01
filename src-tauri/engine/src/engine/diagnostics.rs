//! What somebody who helps needs to know: this program, the system, what there is, and the last lines of the log.
//!
//! It is one text, for a person to read before it is passed on. Of files it has paths and names, never content; the
//! person's home folder is written as `~` everywhere, because its name is theirs.

use super::{Engine, Options};
use crate::cache::LibrarySnapshot;
use crate::error::{Problem, Result};
use crate::fs::Root;
use crate::path::RelPath;
use crate::settings::Settings;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Where the window's log files are, below the home folder: `desktop.<day>.log`.
pub const LOGS: &str = "desktop/logs";
/// How many lines of the log are shown, and how much of the file is read for them, in bytes.
const LINES: usize = 150;
const READ: u64 = 64 * 1024;
/// How much of one line is shown, in characters.
const WIDTH: usize = 400;

/// What of the environment matters, and says nothing about a person.
const VARIABLES: [&str; 8] = [
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "GDK_BACKEND",
    "LANG",
    "SKILLMEAT_LOG",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
];

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// `window`, `skm`.
    pub program: String,
    /// What it was told of late, oldest first, and when.
    pub problems: Vec<(DateTime<Utc>, Problem)>,
}

/// What somebody who helps needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Diagnostics {
    /// Everything, as plain text of several lines.
    pub text: String,
    /// The folder of the window's log files. It need not be there.
    pub logs: String,
}

impl Engine {
    /// What somebody who helps needs to know. Only reads; what cannot be read is said in the text.
    pub fn diagnostics(&self, asker: &Asker) -> Diagnostics {
        let known = Known { library: self.library_snapshot(), settings: self.settings() };
        written(&self.options, asker, &known)
    }
}

/// The same where the engine cannot be opened, because of `problem`.
pub fn diagnostics_without_engine(options: &Options, asker: &Asker, problem: &Problem) -> Diagnostics {
    let mut asker = asker.clone();
    asker.problems.push((options.clock.now(), problem.clone()));
    let none = || crate::Error::InvalidRequest { reason: "the engine could not be opened".to_owned() };
    written(options, &asker, &Known { library: Err(none()), settings: Err(none()) })
}

struct Known {
    library: Result<LibrarySnapshot>,
    settings: Result<Settings>,
}

fn written(options: &Options, asker: &Asker, known: &Known) -> Diagnostics {
    let mut text = String::new();
    let mut line = |words: &str| {
        // Writing into a text does not fail.
        let _ = writeln!(text, "{words}");
    };
    line(&format!("SkillMeat Desktop {} ({})", env!("CARGO_PKG_VERSION"), asker.program));
    line(&format!("At: {}", options.clock.now().format("%Y-%m-%d %H:%M:%S UTC")));
    line(&format!("System: {} {}{}", std::env::consts::OS, std::env::consts::ARCH, distribution()));
    line(&format!("Session: {}", session()));
    line(&format!("Home: {}", options.home.display()));
    match &known.library {
        Ok(library) => counts(library).iter().for_each(|words| line(words)),
        Err(error) => line(&format!("Library: cannot be read: {error}")),
    }
    match &known.settings {
        Ok(settings) => line(&format!("Settings: {}", in_force(settings))),
        Err(error) => line(&format!("Settings: cannot be read: {error}")),
    }
    line("");
    line("Problems:");
    problems(asker, known).iter().for_each(|words| line(words));
    line("");
    log(&options.home).iter().for_each(|words| line(words));
    let logs = options.home.join(LOGS).display().to_string();
    Diagnostics { text: shortened(&text, &homes(options)), logs }
}

/// Name and version of a Linux distribution, as os-release(5) has them.
fn distribution() -> String {
    let read = || {
        let text = Root::open_existing(Path::new("/etc")).ok()??;
        // Often a link to /usr/lib, which a contained folder does not follow.
        let found = text.read(&RelPath::new("os-release").ok()?, READ).ok().flatten();
        let found = match found {
            Some(found) => found,
            None => Root::open_existing(Path::new("/usr/lib"))
                .ok()??
                .read(&RelPath::new("os-release").ok()?, READ)
                .ok()??,
        };
        let text = String::from_utf8(found).ok()?;
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(format!(", {}", name.trim_matches('"')))
    };
    read().unwrap_or_default()
}

fn session() -> String {
    let set = VARIABLES.into_iter().filter_map(|name| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty())?;
        Some(format!("{name}={}", cut(&value)))
    });
    let set: Vec<_> = set.collect();
    if set.is_empty() { "nothing is said about it".to_owned() } else { set.join(" ") }
}

fn counts(library: &LibrarySnapshot) -> Vec<String> {
    let copies = library.artifacts.iter().flat_map(|listed| &listed.deployments).chain(&library.orphans);
    let mut states = BTreeMap::<String, usize>::new();
    for copy in copies {
        *states.entry(format!("{:?}", copy.status).to_lowercase()).or_default() += 1;
    }
    let states: Vec<_> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let linked = library.collections.iter().filter(|row| row.linked).count();
    vec![
        format!(
            "Library: {} collections ({linked} linked), {} artifacts, {} groups, {} sets, {} projects",
            library.collections.len(),
            library.artifacts.len(),
            library.groups.len(),
            library.sets.len(),
            library.projects.len(),
        ),
        format!("Deployments: {}", if states.is_empty() { "none".to_owned() } else { states.join(", ") }),
    ]
}

/// The editor is a command line, which may hold anything: only its program is named.
fn in_force(settings: &Settings) -> String {
    let editor = settings.editor.as_deref().and_then(|line| line.split_whitespace().next());
    format!(
        "theme {:?}, editor {}, default collection “{}”, kept {} days or {} MiB, sets {}{}",
        settings.theme,
        editor.unwrap_or("of the system"),
        settings.default_collection,
        settings.keep_days,
        settings.keep_mib,
        if settings.deployment_sets { "on" } else { "off" },
        if settings.deployment_sets_fixed { " by the environment" } else { "" },
    )
}

/// What is wrong now, then what was said of late.
fn problems(asker: &Asker, known: &Known) -> Vec<String> {
    let standing = known.library.iter().flat_map(|library| {
        let projects = library.projects.iter().flat_map(|row| &row.problems);
        let collections = library.collections.iter().flat_map(|row| &row.problems);
        library.problems.iter().chain(projects).chain(collections)
    });
    let now = standing.map(|problem| told("now", problem));
    let late = asker.problems.iter().map(|(at, problem)| told(&at.format("%H:%M:%S").to_string(), problem));
    let all: Vec<String> = now.chain(late).collect();
    if all.is_empty() { vec!["none".to_owned()] } else { all }
}

fn told(when: &str, problem: &Problem) -> String {
    let code = serde_json::to_value(problem.code).ok();
    let code = code.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    cut(&format!("{when} {code}: {}", problem.message))
}

/// The last lines of the newest log file.
fn log(home: &Path) -> Vec<String> {
    let tail = || {
        let folder = Root::open_existing(&home.join(LOGS)).ok()??;
        let mut files = folder.list(None).ok()?.into_iter().map(|entry| entry.name);
        // Days are written so that the newest is the last by name.
        let name = files.rfind(|name| name.starts_with("desktop.") && name.ends_with(".log"))?;
        let bytes = folder.read_end(&RelPath::new(&name).ok()?, READ).ok()?;
        Some((name, String::from_utf8_lossy(&bytes).into_owned()))
    };
    let Some((name, text)) = tail() else { return vec!["Log: there is none.".to_owned()] };
    let lines: Vec<&str> = text.lines().collect();
    let mut shown = vec![format!("The last lines of {}:", home.join(LOGS).join(name).display())];
    shown.extend(lines[lines.len().saturating_sub(LINES)..].iter().map(|line| cut(line)));
    shown
}

/// One line of a bearable length, without what a terminal or a page could take for a command.
fn cut(text: &str) -> String {
    let clean = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut short: String = clean.clone().take(WIDTH).collect();
    if clean.count() > WIDTH {
        short.push('…');
    }
    short
}

/// The person's home folder, as it is named and as it is really called.
fn homes(options: &Options) -> Vec<String> {
    let Some(named) = &options.user_home else { return Vec::new() };
    let real = crate::fs::canonical_folder(named).ok();
    let mut homes: Vec<String> = [Some(named.display().to_string()), real].into_iter().flatten().collect();
    // A name that holds another one goes first.
    homes.sort_by_key(|home| std::cmp::Reverse(home.len()));
    homes.dedup();
    homes
}

/// The text with `~` for each of these folders, wherever a path begins with one.
fn shortened(text: &str, homes: &[String]) -> String {
    homes.iter().filter(|home| home.len() > 1).fold(text.to_owned(), |text, home| {
        let home = home.trim_end_matches(['/', '\\']);
        let mut short = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find(home) {
            let (before, after) = (&rest[..at], &rest[at + home.len()..]);
            short.push_str(before);
            // `/home/ann` is not the beginning of `/home/anna`.
            let goes_on = after.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-'));
            short.push_str(if goes_on { home } else { "~" });
            rest = after;
        }
        short.push_str(rest);
        short
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_folder_is_a_tilde_and_its_neighbour_is_not() {
        let homes = ["/home/ann".to_owned()];
        let text = "in /home/ann/code, /home/ann: and “/home/ann”, not /home/anna/x or /home/ann-old";
        let short = "in ~/code, ~: and “~”, not /home/anna/x or /home/ann-old";
        assert_eq!(shortened(text, &homes), short);
        assert_eq!(shortened("/a", &["/".to_owned()]), "/a");
    }

    #[test]
    fn a_line_is_cut_and_holds_no_control_characters() {
        assert_eq!(cut("a\u{1b}[31mb"), "a [31mb");
        assert_eq!(cut(&"é".repeat(WIDTH + 5)).chars().count(), WIDTH + 1);
    }
}
