//! A session bus of a test's own.

use super::process::Running;
use std::path::Path;
use std::process::{Command, Stdio};
use zbus::blocking::{Connection, connection};

/// A bus that starts nothing by itself: no portal, no keyring, nothing of the machine's own desktop.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=@FOLDER@</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Where a bus is, for who wants to be on it.
#[derive(Debug, Clone)]
pub(super) struct Address(pub(super) String);

impl Address {
    /// Starts `daemon`, a `dbus-daemon`, with its configuration in `folder`; the bus ends with what is returned first.
    pub(super) fn of_new_bus(folder: &Path, mut daemon: Command) -> (Running, Self) {
        let configuration = folder.join("bus.conf");
        let place = std::env::temp_dir();
        let text = CONFIGURATION.replace("@FOLDER@", place.to_str().expect("UTF-8"));
        std::fs::write(&configuration, text).expect("a file");
        daemon.arg("--config-file").arg(&configuration).args(["--nofork", "--print-address=1"]);
        let (running, address) = Running::start_and_read_line(daemon.stderr(Stdio::null()));
        (running, Self(address))
    }

    /// A connection of a program that has names and objects there.
    pub(super) fn builder(&self) -> connection::Builder<'static> {
        connection::Builder::address(self.0.as_str()).expect("an address").method_timeout(super::PATIENCE)
    }

    /// A connection of a program that only asks.
    pub(super) fn connect(&self) -> Connection {
        self.builder().build().expect("the session bus")
    }
}
