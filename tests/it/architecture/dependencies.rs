//! What the crates depend on, as cargo resolves it.

use skillmeat_tests::repository;
use std::process::Command;

/// The packages that `package` is built from, by name.
fn packages(package: &str) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--package", package])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

fn assert_without(package: &str, unwanted: &[&str]) {
    let packages = packages(package);
    assert!(packages.iter().any(|name| name == "serde"), "this is no list of packages: {packages:?}");
    let found: Vec<_> = packages.iter().filter(|name| is_any(name, unwanted)).collect();
    assert!(found.is_empty(), "{package} is built with {found:?}");
}

fn is_any(name: &str, unwanted: &[&str]) -> bool {
    unwanted.iter().any(|word| name == *word || name.starts_with(&format!("{word}-")))
}

#[test]
fn the_engine_knows_no_window_and_no_runtime() {
    assert_without("skillmeat-engine", &["tauri", "wry", "tao", "gtk", "tokio", "anyhow"]);
}

#[test]
fn the_command_line_knows_no_window() {
    assert_without("skillmeat-cli", &["tauri", "wry", "tao", "gtk"]);
}

/// Crates that can talk to the network, and what they talk with.
const NETWORK: &[&str] = &[
    "reqwest",
    "hyper",
    "ureq",
    "attohttpc",
    "isahc",
    "minreq",
    "curl",
    "surf",
    "h2",
    "h3",
    "quinn",
    "tonic",
    "tungstenite",
    "websocket",
    "rustls",
    "native",
    "openssl",
    "git2",
    "gix",
    "ssh2",
    "sentry",
];

#[test]
fn nothing_here_knows_how_to_ask_a_server() {
    for package in ["skillmeat-engine", "skillmeat-cli"] {
        assert_without(package, NETWORK);
        assert_without(package, &["socket2", "mio", "async"]);
    }
    assert_without("skillmeat-desktop", NETWORK);
}

/// What cargo resolves for the window itself, one line `name version features` for each.
fn desktop(arguments: &[&str]) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p} {f}"])
        .args(["--package", "skillmeat-desktop"])
        .args(arguments)
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// A plugin brings commands that a capability could open to the page: none for files, programs or the network.
#[test]
fn the_window_has_these_plugins_and_no_others() {
    let lines = desktop(&["--depth", "1"]);
    let mut plugins: Vec<_> =
        lines.iter().filter_map(|line| line.split(' ').next()?.strip_prefix("tauri-plugin-")).collect();
    plugins.sort_unstable();
    assert_eq!(plugins, ["dialog", "opener", "single-instance", "window-state"]);
}

#[test]
fn a_release_has_no_developer_tools() {
    let lines = desktop(&[]);
    let tauri: Vec<_> = lines.iter().filter(|line| line.starts_with("tauri v")).collect();
    assert!(!tauri.is_empty(), "{lines:?}");
    for line in tauri {
        let features: Vec<_> = line.split([' ', ',']).collect();
        for unwanted in ["devtools", "unstable", "protocol-asset"] {
            assert!(!features.contains(&unwanted), "tauri is built with {unwanted}: {line}");
        }
    }
}
