//! The log: what was called, how long it took, which problem it gave. Paths, names and codes; never content.

use std::path::Path;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Days of logs that are kept.
const DAYS: usize = 7;

/// Writes the log to one file a day in `<home>/desktop/logs`, or to standard error where that cannot be.
/// `SKILLMEAT_LOG` takes the filter syntax of `tracing-subscriber`.
pub(crate) fn start(home: Option<&Path>) {
    let filter = EnvFilter::try_from_env("SKILLMEAT_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,skillmeat_desktop=info,skillmeat_engine=info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    let begun = match home.and_then(file) {
        Some(file) => lines.with_writer(file).try_init(),
        None => lines.with_writer(std::io::stderr).try_init(),
    };
    // Only a second start in one process fails, and then the first log goes on.
    if begun.is_ok() {
        crate::crash::watch();
    }
}

#[allow(clippy::disallowed_methods, reason = "the log is there before the engine is")]
fn file(home: &Path) -> Option<RollingFileAppender> {
    let folder = home.join("desktop/logs");
    // The appender would make it too, but complains first that it is not there.
    std::fs::create_dir_all(&folder).ok()?;
    RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("desktop")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_a_dated_file_below_the_home() {
        let home = tempfile::tempdir().unwrap();
        assert!(file(home.path()).is_some());
        let names: Vec<String> = std::fs::read_dir(home.path().join("desktop/logs"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(
            matches!(&names[..], [name] if name.starts_with("desktop.") && name.ends_with(".log")),
            "{names:?}"
        );
    }

    #[test]
    fn a_home_that_cannot_hold_a_log_is_no_reason_to_stop() {
        assert!(file(Path::new("/dev/null")).is_none());
    }
}
