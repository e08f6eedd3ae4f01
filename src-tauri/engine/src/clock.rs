//! Time, injected: the only module that may ask the system what time it is.

use chrono::{DateTime, SecondsFormat, Utc};

/// A source of the current time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, in UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is where the wall clock is read")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still, for tests and reproducible output.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(
    /// The time it always tells.
    pub DateTime<Utc>,
);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// ISO-8601 with offset and microseconds, `2026-02-11T10:30:00.000000+00:00`: how we write times into files.
pub fn iso(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, false)
}

/// Reads an ISO-8601 time; one without offset is local time, as SkillMeat writes it. `None` when unreadable.
pub fn parse_iso(text: &str) -> Option<DateTime<Utc>> {
    use chrono::{Local, NaiveDateTime, TimeZone};
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    Local.from_local_datetime(&naive).earliest().map(|time| time.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_trip_with_their_offset() {
        let time = parse_iso("2026-02-11T10:30:00+01:00").unwrap();
        assert_eq!(iso(time), "2026-02-11T09:30:00.000000+00:00");
        assert_eq!(parse_iso(&iso(time)), Some(time));
        assert_eq!(parse_iso("2026-02-11T09:30:00Z"), Some(time));
    }

    #[test]
    fn a_naive_time_is_read_and_nonsense_is_not() {
        assert!(parse_iso("2026-02-11T10:30:00.123456").is_some());
        assert!(parse_iso("yesterday").is_none());
    }
}
