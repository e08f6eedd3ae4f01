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
