//! Whether the .deb is whole, and works where nothing else is.
//!
//! First what can be read off: its files against `contents.txt`, and what Debian's and freedesktop's checkers say.
//! Then a clean root is made, of the same release as this system and with nothing but its essential packages. The
//! package goes in with what it depends on, a person starts the window, deploys with `skm` and watches the window
//! follow; the package goes out, and only that person's data may be left.

use super::page::Page;
use super::stage::{read, write};
use super::{folder, printed, source};
use crate::step::Step;
use crate::{Failure, place, system};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The display, the port of the driver, and the bus; away from what the end-to-end tests take.
const DISPLAY: &str = ":187";
const PORT: u16 = 18_745;

/// Tries the package out.
pub(crate) fn trial(package: &Path) -> Result<(), Failure> {
    system::ensure_trial()?;
    println!("\n── Trial of {}", package.display());
    contents(package)?;
    let unpacked = folder().join("unpacked");
    printed(place::command("rm").arg("-rf").arg(&unpacked))?;
    printed(place::command("dpkg-deb").arg("-x").arg(package).arg(&unpacked))?;
    let share = unpacked.join("usr/share");
    let entry = share.join("applications/skillmeat-desktop.desktop");
    Step::new("entry", "Desktop entry", &format!("desktop-file-validate {}", entry.display())).run()?;
    let metainfo = share.join("metainfo/io.github.skillmeat.desktop.metainfo.xml");
    let line = format!("appstreamcli validate --no-net {}", metainfo.display());
    Step::new("metainfo", "AppStream metainfo", &line).run()?;
    let line = format!("lintian --allow-root --fail-on error,warning --info {}", package.display());
    Step::new("lintian", "Debian's own checks", &line).run()?;
    in_a_clean_root(package)
}

/// Compares the package's files, their modes and owners with `contents.txt`. In a path there, `*` stands for
/// anything but a slash.
fn contents(package: &Path) -> Result<(), Failure> {
    let wanted = String::from_utf8_lossy(&read(&source("contents.txt"))?).into_owned();
    let listed = printed(place::command("dpkg-deb").arg("--contents").arg(package))?;
    let strange = compare(&wanted, &listed);
    println!("{} files", listed.lines().filter(|line| !line.starts_with('d')).count());
    if strange.is_empty() { Ok(()) } else { Err(format!("not as in contents.txt:\n{}", strange.join("\n"))) }
}

fn compare(wanted: &str, listed: &str) -> Vec<String> {
    let patterns: Vec<(&str, &str)> = wanted.lines().filter_map(|line| line.split_once(' ')).collect();
    let (mut met, mut strange) = (BTreeSet::new(), Vec::new());
    for line in listed.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [mode, owner, .., path] = words.as_slice() else { continue };
        let path = path.trim_start_matches("./");
        let fits = |&(known, pattern): &(&str, &str)| known == *mode && matches(pattern, path);
        if mode.starts_with('d') && *mode == "drwxr-xr-x" && *owner == "root/root" {
            continue;
        }
        match patterns.iter().position(fits) {
            Some(at) if *owner == "root/root" => drop(met.insert(at)),
            _ => strange.push(format!("strange: {line}")),
        }
    }
    let missing = patterns.iter().enumerate().filter(|(at, _)| !met.contains(at));
    strange.extend(missing.map(|(_, (mode, pattern))| format!("missing: {mode} {pattern}")));
    strange
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, after)) => path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|middle| !middle.contains('/')),
    }
}

fn in_a_clean_root(package: &Path) -> Result<(), Failure> {
    system::need_root("trying the .deb out in a clean root")?;
    let root = clean_root()?;
    let before = files_of(&root)?;
    super::stage::copy(package, &root.join("tmp/package.deb"))?;
    inside(&root, "root", "apt-get install -y -q --no-install-recommends /tmp/package.deb")?;
    let ours = |path: &str| path.contains("skillmeat") || path.ends_with("/skm") || path.contains("/skm");
    if !files_of(&root)?.iter().any(|path| ours(path)) {
        return Err("the package was installed and nothing of it is there".to_owned());
    }
    use_it(&root)?;
    inside(&root, "root", "apt-get purge -y -qq skillmeat-desktop")?;
    inside(&root, "root", "rm /tmp/package.deb")?;
    let left: Vec<String> = files_of(&root)?
        .difference(&before)
        .filter(|path| ours(path) && !path.starts_with("./home/person/"))
        .cloned()
        .collect();
    if !left.is_empty() {
        return Err(format!("left behind by the package:\n{}", left.join("\n")));
    }
    for kept in ["home/person/.skillmeat", "home/person/lighthouse/.claude/skills/hello/SKILL.md"] {
        if !root.join(kept).exists() {
            return Err(format!("removing the package has taken {kept} of the person along"));
        }
    }
    println!("installed, used and removed; the person's data is all that is left");
    Step::new("away", "The root", &format!("rm -rf --one-file-system {}", root.display())).run()
}

/// A root with apt and a person in it.
fn clean_root() -> Result<PathBuf, Failure> {
    let root = folder().join("root");
    printed(place::command("rm").args(["-rf", "--one-file-system"]).arg(&root))?;
    let release = String::from_utf8_lossy(&read(Path::new("/etc/os-release"))?).into_owned();
    let suite = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .ok_or("/etc/os-release names no release")?;
    // What Ubuntu calls universe is part of Debian's main.
    let parts = if release.contains("ID=ubuntu") { "main,universe" } else { "main" };
    let options =
        format!("--quiet --variant=apt --components={parts} --include=dbus,passwd --dpkgopt=force-unsafe-io");
    let line = format!("mmdebstrap {options} {suite} {}", root.display());
    Step::new("root", "A clean root", &line).run()?;
    inside(&root, "root", "apt-get update -qq")?;
    inside(&root, "root", "useradd --create-home --uid 1000 person")?;
    Ok(root)
}

/// What a person does: a collection, the window, a deploy by `skm` that the window follows.
fn use_it(root: &Path) -> Result<(), Failure> {
    let skill = "---\nname: hello\ndescription: Says hello\n---\n# Hello\n";
    let home = root.join("home/person");
    write(&home.join(".skillmeat/collections/default/skills/hello/SKILL.md"), skill.as_bytes())?;
    write(&home.join("lighthouse/README.md"), b"A project\n")?;
    inside(root, "root", "chown -R person: /home/person")?;
    let mut screen = place::command("Xvfb");
    screen.args([DISPLAY, "-ac", "-screen", "0", "1280x800x24"]);
    let socket = Path::new("/tmp/.X11-unix").join(DISPLAY.replace(':', "X"));
    let _display = Background::start(&mut screen, Some(&socket))?;
    let bus = "dbus-daemon --session --nofork --address=unix:path=/tmp/bus";
    let _bus = Background::start(&mut prepared(root, "person", bus), Some(&root.join("tmp/bus")))?;
    // The driver is this system's; the program it starts steps into the root.
    let window = folder().join("window-in-root.sh");
    let script = source("in-root.sh");
    let text = format!(
        "#!/bin/sh\nexec sh {} {} person /usr/bin/skillmeat-desktop \"$@\"\n",
        script.display(),
        root.display()
    );
    write(&window, text.as_bytes())?;
    printed(place::command("chmod").arg("755").arg(&window))?;
    let mut driver = place::command("WebKitWebDriver");
    driver.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true").env("DISPLAY", DISPLAY);
    let _driver = Background::start(driver.args(["-p", &PORT.to_string()]), None)?;
    let page = Page::open(PORT, &window.to_string_lossy())?;
    page.wait_for("hello")?;
    println!("the window shows its page");
    inside(root, "person", "skm deploy skill:hello --project /home/person/lighthouse")?;
    let copy = read(&home.join("lighthouse/.claude/skills/hello/SKILL.md"))?;
    if copy != skill.as_bytes() {
        return Err("skm has deployed something else".to_owned());
    }
    page.wait_for("lighthouse")?;
    println!("the window has followed the deploy");
    for page in ["skm", "skillmeat-desktop", "skm-deploy"] {
        inside(root, "person", &format!("test -s /usr/share/man/man1/{page}.1.gz"))?;
    }
    Ok(())
}

/// Every path in the root, without what apt keeps for itself.
fn files_of(root: &Path) -> Result<BTreeSet<String>, Failure> {
    let mut command = place::command("find");
    command.current_dir(root).args([
        ".",
        "-path",
        "./var/cache",
        "-prune",
        "-o",
        "-path",
        "./proc",
        "-prune",
    ]);
    Ok(printed(command.args(["-o", "-print"]))?.lines().map(str::to_owned).collect())
}

/// Runs `line` in the root, as that user.
fn inside(root: &Path, user: &str, line: &str) -> Result<(), Failure> {
    println!("{user}: {line}");
    printed(&mut prepared(root, user, line)).map(drop)
}

fn prepared(root: &Path, user: &str, line: &str) -> Command {
    let mut command = place::command("sh");
    command.arg(source("in-root.sh")).arg(root).arg(user).args(line.split(' ')).stdin(Stdio::null());
    command.env("DISPLAY", DISPLAY);
    command
}

/// A program that runs while something is tried, and no longer.
struct Background(Child);

impl Background {
    /// Starts it, and waits for the socket at which it listens.
    fn start(command: &mut Command, socket: Option<&Path>) -> Result<Self, Failure> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let started = child.map(Self).map_err(|error| format!("{name} could not be started: {error}"))?;
        let Some(socket) = socket else { return Ok(started) };
        for _ in 0..200 {
            if socket.exists() {
                return Ok(started);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("{name} does not listen at {}", socket.display()))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Asked to end first, so that it takes its sockets along.
        let _ = place::command("kill").arg(self.0.id().to_string()).status();
        for _ in 0..50 {
            if self.0.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: &str = "-rwxr-xr-x usr/bin/skm\n-rw-r--r-- usr/share/man/man1/skm*.1.gz\n";
    const TIME: &str = "2026-01-01 00:00";

    fn listed(lines: &[&str]) -> String {
        lines.iter().map(|line| line.replace("TIME", TIME)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_package_as_it_should_be_is_not_strange() {
        let whole = listed(&[
            "drwxr-xr-x root/root 0 TIME ./usr/",
            "-rwxr-xr-x root/root 9 TIME ./usr/bin/skm",
            "-rw-r--r-- root/root 9 TIME ./usr/share/man/man1/skm-set-add.1.gz",
        ]);
        assert_eq!(compare(WANTED, &whole), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_too_much_or_open_to_others_is_told() {
        let pages = "-rw-r--r-- root/root 9 TIME ./usr/share/man/man1/skm.1.gz";
        for lines in [
            vec![pages],
            vec![
                pages,
                "-rwxr-xr-x root/root 9 TIME ./usr/bin/skm",
                "-rw-r--r-- root/root 9 TIME ./usr/bin/x",
            ],
            vec![pages, "-rwxrwxrwx root/root 9 TIME ./usr/bin/skm"],
            vec![pages, "-rwxr-xr-x ada/ada 9 TIME ./usr/bin/skm"],
            vec![pages, "-rwxr-xr-x root/root 9 TIME ./usr/bin/skm", "drwxrwxrwx root/root 0 TIME ./usr/"],
            vec![
                "-rwxr-xr-x root/root 9 TIME ./usr/bin/skm",
                "-rw-r--r-- root/root 9 TIME ./usr/share/man/man1/skm-a/b.1.gz",
            ],
        ] {
            assert!(!compare(WANTED, &listed(&lines)).is_empty(), "{lines:?}");
        }
    }
}
