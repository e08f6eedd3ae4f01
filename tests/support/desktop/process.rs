//! Programs that end when the test ends.

use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A running program with all its children; dropping it ends them.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    /// Kept open: some programs end when nobody reads what they print.
    stdout: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts it in a process group of its own.
    pub(super) fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("{command:?}: {error}")), stdout: None }
    }

    /// Starts it and waits for the first line that it prints.
    pub(super) fn start_and_read_line(command: &mut Command) -> (Self, String) {
        let mut running = Self::start(command.stdout(Stdio::piped()));
        let mut stdout = BufReader::new(running.child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "{command:?} printed nothing");
        running.stdout = Some(stdout);
        (running, line.trim().to_owned())
    }

    /// Whether it has not ended by itself.
    pub(super) fn is_alive(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_none())
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let start = Instant::now();
        while self.is_alive() && start.elapsed() < Duration::from_secs(1) {
            std::thread::sleep(Duration::from_millis(10));
        }
        // Also what the program started and left behind.
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Runs a short program and gives what it printed; `None` when it failed.
pub(super) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
