//! Times, their middle and their spread, and how they are shown.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One case, measured.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// `P1`.
    pub(crate) name: &'static str,
    /// The work.
    pub(crate) work: &'static str,
    /// What it is compared with.
    pub(crate) against: &'static str,
    /// The ratio it should stay under.
    pub(crate) target: f64,
    /// Times of the baseline.
    pub(crate) baseline: Spread,
    /// Times of ours.
    pub(crate) ours: Spread,
}

impl Row {
    /// Ours over the baseline, by their medians.
    pub(crate) fn ratio(&self) -> f64 {
        self.ours.median.as_secs_f64() / self.baseline.median.as_secs_f64()
    }
}

/// The middle of some times, and the distance between their quartiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spread {
    /// Half are faster.
    pub(crate) median: Duration,
    /// The middle half lies within this.
    pub(crate) quartiles: Duration,
}

impl Spread {
    /// Of at least one time.
    pub(crate) fn of(times: &[Duration]) -> Self {
        let mut sorted = times.to_vec();
        sorted.sort();
        let at = |part: f64| sorted[((sorted.len() - 1) as f64 * part).round() as usize];
        Self { median: at(0.5), quartiles: at(0.75).saturating_sub(at(0.25)) }
    }
}

/// How `skm status` ends when it did its work and not everything is synced, as after files were changed for a case.
const NOT_ALL_SYNCED: i32 = 4;

/// Runs commands one after another, from the start of the first to the end of the last.
///
/// # Errors
/// When one cannot start or fails, with what it said.
pub(crate) fn time(commands: &mut [Command]) -> Result<Duration, String> {
    let start = Instant::now();
    for command in commands {
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
        match status {
            Ok(status) if status.success() || status.code() == Some(NOT_ALL_SYNCED) => {}
            Ok(status) => return Err(format!("{command:?} ended with {status}")),
            Err(error) => return Err(format!("{command:?}: {error}")),
        }
    }
    Ok(start.elapsed())
}

/// How much memory a program took at its peak.
#[derive(Debug, Clone)]
pub(crate) struct Peak {
    name: &'static str,
    work: &'static str,
    /// Half of the runs took less, in megabytes.
    median: u64,
    /// What it should stay under.
    limit: u64,
}

impl Peak {
    /// Of at least one run.
    pub(crate) fn of(name: &'static str, work: &'static str, megabytes: &[u64], limit: u64) -> Self {
        let mut sorted = megabytes.to_vec();
        sorted.sort_unstable();
        Self { name, work, median: sorted[sorted.len() / 2], limit }
    }
}

/// Runs a command and gives the memory it took at its peak, in megabytes. The system keeps that mark while the program
/// runs, so the last look counts.
///
/// # Errors
/// When it cannot start or fails, or this system does not tell.
pub(crate) fn peak(mut command: Command) -> Result<u64, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let path = format!("/proc/{}/status", child.id());
    let mut peak = None;
    let status = loop {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak = mark.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).or(peak);
        if let Some(status) = child.try_wait().map_err(|error| format!("{command:?}: {error}"))? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    match peak {
        Some(kilobytes) if status.success() => Ok(kilobytes.div_ceil(1000)),
        Some(_) => Err(format!("{command:?} ended with {status}")),
        None => Err(format!("{path} does not tell how much memory was taken")),
    }
}

/// For people.
pub(crate) fn table(results: &[Row], peaks: &[Peak], about: &str) -> String {
    let mut lines = vec![
        about.to_owned(),
        format!(
            "{:<5}{:>8}{:>9}  {:>10}{:>9}  {:>10}{:>9}  work | baseline",
            "case", "ratio", "target", "skm", "±IQR", "baseline", "±IQR"
        ),
    ];
    for result in results {
        lines.push(format!(
            "{:<5}{:>7.2}×{:>8}  {:>10}{:>9}  {:>10}{:>9}  {} | {}{}",
            result.name,
            result.ratio(),
            format!("≤{}×", result.target),
            milliseconds(result.ours.median),
            milliseconds(result.ours.quartiles),
            milliseconds(result.baseline.median),
            milliseconds(result.baseline.quartiles),
            result.work,
            result.against,
            if result.ratio() <= result.target { "" } else { "   OVER" },
        ));
    }
    for peak in peaks {
        lines.push(format!(
            "{:<5}{:>8}{:>9}  {:>10}{:>9}  {:>10}{:>9}  {}{}",
            peak.name,
            "",
            "",
            format!("{} MB", peak.median),
            "",
            format!("≤{} MB", peak.limit),
            "",
            peak.work,
            if peak.median <= peak.limit { "" } else { "   OVER" },
        ));
    }
    lines.join("\n")
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// For programs: one object.
pub(crate) fn json(results: &[Row], peaks: &[Peak], about: &str) -> String {
    let cases = results.iter().map(|result| {
        format!(
            r#"{{"case":"{}","work":"{}","baseline":"{}","ratio":{:.4},"target":{},"within":{},"ours_ms":{},"baseline_ms":{}}}"#,
            result.name,
            result.work,
            result.against,
            result.ratio(),
            result.target,
            result.ratio() <= result.target,
            spread_json(result.ours),
            spread_json(result.baseline),
        )
    });
    let peaks = peaks.iter().map(|peak| {
        let Peak { name, work, median, limit } = peak;
        let within = median <= limit;
        format!(
            r#"{{"case":"{name}","work":"{work}","peak_mb":{median},"limit_mb":{limit},"within":{within}}}"#
        )
    });
    format!(r#"{{"about":"{about}","cases":[{}]}}"#, cases.chain(peaks).collect::<Vec<_>>().join(","))
}

fn spread_json(spread: Spread) -> String {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    format!(r#"{{"median":{:.3},"iqr":{:.3}}}"#, ms(spread.median), ms(spread.quartiles))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_not_moved_by_one_slow_run() {
        let times: Vec<_> = [5, 1, 3, 2, 900].map(Duration::from_millis).to_vec();
        let spread = Spread::of(&times);
        assert_eq!(spread, Spread { median: Duration::from_millis(3), quartiles: Duration::from_millis(3) });
    }

    #[test]
    fn the_peak_of_a_program_is_seen() {
        let mut large = Command::new("sh");
        large.args(["-c", "x=$(head -c 30000000 /dev/zero | tr '\\0' x); sleep 0.2"]);
        assert!(peak(large).unwrap() > 25);
        assert!(peak(Command::new("false")).is_err());
    }

    #[test]
    fn a_failing_command_has_no_time() {
        assert!(time(&mut [Command::new("false")]).is_err());
    }
}
