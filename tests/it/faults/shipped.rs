//! What people run cannot be told to fail.

use skillmeat_tests::repository;
use std::process::Command;

/// What `package` is built from, with the features that are switched on.
fn features(package: &str) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal,build,features",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn no_shipped_program_has_faults() {
    let faults = "skillmeat-engine feature \"faults\"";
    for package in ["skillmeat-cli", "skillmeat-desktop"] {
        let features = features(package);
        assert!(
            features.contains("skillmeat-engine v"),
            "{package} is not built from the engine: {features}"
        );
        assert!(!features.contains(faults), "{package} is built with the feature `faults`");
    }
    assert!(features("skillmeat-tests").contains(faults), "this test looks for the wrong words");
}
