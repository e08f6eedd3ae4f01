//! `cargo xtask run`: from a fresh clone to the open window.

use crate::step::Step;
use crate::{Failure, node, place, system};
use std::path::Path;

/// Installs what is missing, builds window and app, and opens the window with the arguments after `--`.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let (own, rest) = match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    let release = match own {
        [] => false,
        [flag] if flag == "--release" => true,
        _ => return Err("usage: cargo xtask run [--release] [-- ARG…]".to_owned()),
    };
    ensure_display()?;
    system::ensure_build()?;
    node::prepare()?;
    node::script("ui", "The window's page", "build").run()?;
    let profile = if release { "release" } else { "debug" };
    let line = format!("cargo build -p skillmeat-desktop{}", if release { " --release" } else { "" });
    Step::new("build", "The app", &line).run()?;
    open(&place::built(profile, "skillmeat-desktop"), rest)
}

fn open(app: &Path, arguments: &[String]) -> Result<(), Failure> {
    println!("\n── Opening {}", app.display());
    let status = place::command(&app.to_string_lossy())
        .args(arguments)
        .status()
        .map_err(|error| format!("{}: {error}", app.display()))?;
    if status.success() { Ok(()) } else { Err(format!("the app ended with {status}")) }
}

/// Says so before minutes of building when there is no screen to open a window on.
fn ensure_display() -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let display = std::env::var("DISPLAY").ok().filter(|name| !name.is_empty());
    let wayland = std::env::var("WAYLAND_DISPLAY").ok().filter(|name| !name.is_empty());
    if wayland.is_some() {
        return Ok(());
    }
    match display {
        None => Err("there is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.\n\
             Start this in a desktop session; `cargo xtask test` brings a virtual display of its own."
            .to_owned()),
        Some(name) if answers(&name) => Ok(()),
        Some(name) => {
            Err(format!("no X server answers at DISPLAY={name}, so there is nothing to open a window on."))
        }
    }
}

/// Whether a local X server listens; a display on another machine is taken at its word.
#[cfg(unix)]
fn answers(display: &str) -> bool {
    use std::os::unix::net::UnixStream;
    let Some(number) = display.strip_prefix(':').and_then(|rest| rest.split('.').next()) else { return true };
    let socket = format!("/tmp/.X11-unix/X{number}");
    UnixStream::connect(&socket).is_ok() || answers_abstract(&socket)
}

#[cfg(target_os = "linux")]
fn answers_abstract(socket: &str) -> bool {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream};
    SocketAddr::from_abstract_name(socket).is_ok_and(|address| UnixStream::connect_addr(&address).is_ok())
}

#[cfg(all(unix, not(target_os = "linux")))]
fn answers_abstract(_socket: &str) -> bool {
    false
}

#[cfg(not(unix))]
fn answers(_display: &str) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_display_is_noticed() {
        assert!(!answers(":54321"));
    }

    #[test]
    fn a_display_elsewhere_is_believed() {
        assert!(answers("far-away:0"));
    }
}
