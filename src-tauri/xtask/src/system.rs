//! What the system must have, how to see whether it has it, and how to get it.
//!
//! A need is looked for itself (a program on the path, a library that pkg-config knows), never by the name of a
//! package, so that it does not matter how it came to be there.

use crate::step::Step;
use crate::{Failure, place};
use std::process::Stdio;

/// How a need shows.
#[derive(Clone, Copy)]
enum Probe {
    Program(&'static str),
    Library(&'static str),
}

/// One thing that must be there.
struct Need {
    probe: Probe,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
}

const fn need(probe: Probe, debian: &'static str, fedora: &'static str, arch: &'static str) -> Need {
    Need { probe, debian, fedora, arch }
}

/// To compile the window.
const BUILD: &[Need] = &[
    need(Probe::Program("cc"), "build-essential", "gcc", "base-devel"),
    need(Probe::Program("pkg-config"), "pkg-config", "pkgconf-pkg-config", "pkgconf"),
    need(Probe::Library("webkit2gtk-4.1"), "libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1"),
    need(Probe::Library("dbus-1"), "libdbus-1-dev", "dbus-devel", "dbus"),
    // Loaded when the program runs; the packages that name it to pkg-config bring it along.
    need(
        Probe::Library("ayatana-appindicator3-0.1"),
        "libayatana-appindicator3-dev",
        "libayatana-appindicator-gtk3-devel",
        "libayatana-appindicator",
    ),
];

/// To drive the window on a screen of its own.
const DESKTOP: &[Need] = &[
    need(Probe::Program("Xvfb"), "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    need(Probe::Program("WebKitWebDriver"), "webkit2gtk-driver", "webkit2gtk4.1", "webkit2gtk-4.1"),
    need(Probe::Program("dbus-daemon"), "dbus", "dbus-daemon", "dbus"),
    need(Probe::Program("openbox"), "openbox", "openbox", "openbox"),
    need(Probe::Program("xdotool"), "xdotool", "xdotool", "xdotool"),
    need(Probe::Program("wmctrl"), "wmctrl", "wmctrl", "wmctrl"),
    need(Probe::Program("import"), "imagemagick", "ImageMagick", "imagemagick"),
    need(Probe::Program("strace"), "strace", "strace", "strace"),
];

/// To render the icons.
const ICONS: &[Need] = &[
    need(Probe::Program("rsvg-convert"), "librsvg2-bin", "librsvg2-tools", "librsvg"),
    need(Probe::Program("convert"), "imagemagick", "ImageMagick", "imagemagick"),
];

/// To pack what was built. A .deb is only made where dpkg knows the libraries.
const PACKAGES: &[Need] = &[
    need(Probe::Program("rpmbuild"), "rpm", "rpm-build", "rpm-tools"),
    need(Probe::Program("strip"), "binutils", "binutils", "binutils"),
    need(Probe::Program("gzip"), "gzip", "gzip", "gzip"),
];

/// To try a .deb out.
const TRIAL: &[Need] = &[
    need(
        Probe::Program("desktop-file-validate"),
        "desktop-file-utils",
        "desktop-file-utils",
        "desktop-file-utils",
    ),
    need(Probe::Program("appstreamcli"), "appstream", "appstream", "appstream"),
    need(Probe::Program("lintian"), "lintian", "lintian", "lintian"),
    need(Probe::Program("mmdebstrap"), "mmdebstrap", "mmdebstrap", "mmdebstrap"),
    need(Probe::Program("Xvfb"), "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    need(Probe::Program("WebKitWebDriver"), "webkit2gtk-driver", "webkit2gtk4.1", "webkit2gtk-4.1"),
];

const NODE: &[Need] = &[
    need(Probe::Program("node"), "nodejs", "nodejs", "nodejs"),
    need(Probe::Program("npm"), "npm", "nodejs-npm", "npm"),
];

/// Installs what compiling the window needs.
pub(crate) fn ensure_build() -> Result<(), Failure> {
    ensure(BUILD)
}

/// Installs what the end-to-end tests need.
pub(crate) fn ensure_desktop() -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        return ensure(DESKTOP);
    }
    Err("the end-to-end tests drive WebKitGTK and run on Linux only".to_owned())
}

/// Installs what rendering the icons needs.
pub(crate) fn ensure_icons() -> Result<(), Failure> {
    ensure(ICONS)
}

/// Installs what packing needs.
pub(crate) fn ensure_packages() -> Result<(), Failure> {
    ensure(PACKAGES)
}

/// Installs what trying a .deb out needs.
pub(crate) fn ensure_trial() -> Result<(), Failure> {
    if is_debian() { ensure(TRIAL) } else { Err("a .deb is tried out on a Debian system".to_owned()) }
}

/// Fails for anyone but root.
pub(crate) fn need_root(what: &str) -> Result<(), Failure> {
    if is_root() { Ok(()) } else { Err(format!("{what} needs root: `sudo cargo xtask package --check`")) }
}

/// Whether packages are dpkg's here.
pub(crate) fn is_debian() -> bool {
    Installer::of_this_system() == Some(Installer::Apt)
}

/// Installs node and npm as the system has them.
pub(crate) fn install_node() -> Result<(), Failure> {
    ensure(NODE)
}

fn ensure(needs: &[Need]) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let lacking = missing(needs);
    if lacking.is_empty() {
        return Ok(());
    }
    let installer = Installer::of_this_system().ok_or_else(|| by_hand(&lacking))?;
    installer.install(&lacking)?;
    let lacking = missing(needs);
    if lacking.is_empty() { Ok(()) } else { Err(by_hand(&lacking)) }
}

fn missing(needs: &[Need]) -> Vec<&Need> {
    needs.iter().filter(|need| !is_there(need.probe)).collect()
}

fn is_there(probe: Probe) -> bool {
    match probe {
        Probe::Program(name) => place::program(name).is_some(),
        Probe::Library(name) => place::command("pkg-config")
            .args(["--exists", name])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success()),
    }
}

/// What to say where we cannot install: what is missing, and what it is called elsewhere.
fn by_hand(lacking: &[&Need]) -> Failure {
    let lines = lacking.iter().map(|need| {
        let what = match need.probe {
            Probe::Program(name) => format!("the program {name}"),
            Probe::Library(name) => format!("the library {name} with its development files"),
        };
        format!("  {what} (Debian: {}, Fedora: {}, Arch: {})", need.debian, need.fedora, need.arch)
    });
    format!("this is missing; install it and start again:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// The package installers we know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Installer {
    Apt,
    Dnf,
    Pacman,
}

impl Installer {
    fn of_this_system() -> Option<Self> {
        let known = [("apt-get", Self::Apt), ("dnf", Self::Dnf), ("pacman", Self::Pacman)];
        known.into_iter().find(|(name, _)| place::program(name).is_some()).map(|(_, installer)| installer)
    }

    fn package(self, need: &Need) -> &'static str {
        match self {
            Self::Apt => need.debian,
            Self::Dnf => need.fedora,
            Self::Pacman => need.arch,
        }
    }

    /// The command lines that install `packages`, as root.
    fn lines(self, packages: &str) -> Vec<String> {
        match self {
            Self::Apt => vec![
                "apt-get update -qq".to_owned(),
                format!("apt-get install -y -qq --no-install-recommends {packages}"),
            ],
            Self::Dnf => vec![format!("dnf install -y --setopt=install_weak_deps=False {packages}")],
            Self::Pacman => vec![format!("pacman -S --noconfirm --needed {packages}")],
        }
    }

    /// Runs them, with `sudo` for anyone but root. Every line is printed before it runs.
    fn install(self, lacking: &[&Need]) -> Result<(), Failure> {
        let mut packages: Vec<&str> = lacking.iter().map(|need| self.package(need)).collect();
        packages.dedup();
        for line in self.lines(&packages.join(" ")) {
            let line = if is_root() { line } else { format!("sudo {line}") };
            Step::new("packages", "Packages of the system", &line)
                .with("DEBIAN_FRONTEND", "noninteractive")
                .run()
                .map_err(|failure| format!("{failure}\n{}", by_hand(lacking)))?;
        }
        Ok(())
    }
}

fn is_root() -> bool {
    let id = place::command("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABSENT: Need = need(Probe::Program("no-such-program"), "deb-name", "rpm-name", "arch-name");

    #[test]
    fn what_is_missing_is_named_for_every_system() {
        let text = by_hand(&missing(&[ABSENT]));
        for name in ["no-such-program", "deb-name", "rpm-name", "arch-name"] {
            assert!(text.contains(name), "{text}");
        }
    }

    #[test]
    fn what_is_there_is_not_missing() {
        assert!(missing(&[need(Probe::Program("sh"), "dash", "bash", "bash")]).is_empty());
    }

    #[test]
    fn each_installer_asks_for_its_own_names() {
        assert_eq!(Installer::Dnf.package(&ABSENT), "rpm-name");
        assert!(Installer::Apt.lines("a b")[1].ends_with(" a b"));
    }
}
