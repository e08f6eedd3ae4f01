//! When to look: after it was quiet for a moment, but never long after the first change.

use std::time::{Duration, Instant};

/// How long nothing must happen.
const QUIET: Duration = Duration::from_millis(250);
/// How long the first change waits at most.
const LONGEST: Duration = Duration::from_millis(800);

/// Changes that wait to be looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pulse {
    /// The first and the last change.
    beats: Option<(Instant, Instant)>,
}

impl Pulse {
    /// Something changed.
    pub fn beat(&mut self, now: Instant) {
        self.beats = Some((self.beats.map_or(now, |(first, _)| first), now));
    }

    /// How long to wait before looking; `None` when there is nothing to wait for.
    pub fn due_in(&self, now: Instant) -> Option<Duration> {
        let (first, last) = self.beats?;
        Some((last + QUIET).min(first + LONGEST).saturating_duration_since(now))
    }

    /// Whether it is time; it is over then.
    pub fn is_over(&mut self, now: Instant) -> bool {
        let over = self.due_in(now) == Some(Duration::ZERO);
        if over {
            self.beats = None;
        }
        over
    }

    /// Waits no longer.
    pub fn hurry(&mut self, now: Instant) {
        if self.beats.is_some() {
            self.beats = Some((now.checked_sub(LONGEST).unwrap_or(now), now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn it_waits_until_it_is_quiet_but_not_for_ever() {
        let start = Instant::now();
        let mut pulse = Pulse::default();
        assert_eq!(pulse.due_in(start), None);
        assert!(!pulse.is_over(start));
        pulse.beat(start);
        pulse.beat(start + ms(200));
        assert!(!pulse.is_over(start + ms(300)), "it was not quiet yet");
        assert!(pulse.is_over(start + ms(450)));
        assert!(!pulse.is_over(start + ms(9000)), "it is told once");
        for step in 0..20 {
            pulse.beat(start + ms(1000 + step * 100));
        }
        assert!(pulse.is_over(start + ms(1800)), "the first change has waited long enough");
    }

    #[test]
    fn a_hurry_ends_the_wait_and_starts_nothing() {
        let now = Instant::now() + ms(10_000);
        let mut pulse = Pulse::default();
        pulse.hurry(now);
        assert_eq!(pulse.due_in(now), None);
        pulse.beat(now);
        pulse.hurry(now);
        assert!(pulse.is_over(now));
    }
}
