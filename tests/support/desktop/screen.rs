//! Screen, session bus and window manager.

use super::bus::Address;
use super::process::{Running, answer};
use super::session::Session;
use super::{Notifications, Tray, Window, screenshots, wait_until};
use crate::Sandbox;
use std::path::{Path, PathBuf};
use std::process::Command;
use zbus::blocking::fdo;

/// A desktop for one sandbox. Fields end in the order in which they stand: the screen goes last.
#[derive(Debug)]
pub struct Desktop {
    folder: PathBuf,
    variables: Vec<(&'static str, String)>,
    address: Address,
    _manager: Running,
    _bus: Running,
    _screen: Running,
}

impl Desktop {
    /// Starts one.
    ///
    /// # Panics
    /// When a program is missing or does not start.
    pub fn start(sandbox: &Sandbox) -> Self {
        let folder = sandbox.path().join("desktop");
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut variables = environment(sandbox, &programs(&folder));
        let (screen, number) = start_screen(&variables);
        variables.push(("DISPLAY", format!(":{number}")));
        let (bus, address) = Address::of_new_bus(&folder, command("dbus-daemon", &variables));
        variables.push(("DBUS_SESSION_BUS_ADDRESS", address.0.clone()));
        let manager = Running::start(quiet(&mut command("openbox", &variables)));
        let desktop = Self { folder, variables, address, _manager: manager, _bus: bus, _screen: screen };
        wait_until("the window manager", || answer(desktop.command("wmctrl").arg("-m")).is_some());
        desktop
    }

    /// Opens the window.
    ///
    /// # Panics
    /// When it does not open.
    pub fn open(&self) -> Window<'_> {
        Window::over(self, Session::open(self))
    }

    /// A panel with a place for tray icons. Without it there is none, as on a desktop that shows no tray.
    ///
    /// # Panics
    /// When there is one already.
    pub fn tray(&self) -> Tray {
        Tray::start(&self.address)
    }

    /// A notification daemon. Without it there is none.
    ///
    /// # Panics
    /// When there is one already.
    pub fn notifications(&self) -> Notifications {
        Notifications::start(&self.address)
    }

    /// Starts the app once more with these arguments, from the folder `from`, as a file manager or a browser does, and
    /// waits until that start has handed them over and ended.
    ///
    /// # Panics
    /// When it does not hand over: no window is open.
    pub fn start_again(&self, arguments: &[&str], from: &Path) {
        let app = crate::skm::built("skillmeat-desktop");
        let mut second = self.command(app.to_str().expect("UTF-8"));
        second.args(arguments).current_dir(from);
        let mut second = Running::start(quiet(&mut second));
        wait_until("the second start to hand over", || !second.is_alive());
    }

    /// What the system was asked to open, in order: addresses and paths. Nothing is really opened.
    pub fn opened(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// A program of this desktop.
    pub(super) fn command(&self, program: &str) -> Command {
        command(program, &self.variables)
    }

    /// Where programs of this desktop leave what they print.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// Waits until no instance of the app holds its name: a new one would hand over to it and end.
    ///
    /// # Panics
    /// When one still does after a long time.
    pub fn wait_until_quit(&self) {
        let bus = self.address.connect();
        let names = fdo::DBusProxy::new(&bus).expect("the session bus");
        wait_until("the app to quit", || {
            let names = names.list_names().expect("names on the bus");
            !names.iter().any(|name| name.ends_with("SingleInstance"))
        });
    }

    /// The whole screen, native dialogs included, as `target/e2e-screenshots/<name>.png`.
    ///
    /// # Panics
    /// When it cannot be taken.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        self.picture_of("root", name)
    }

    /// One window of the screen, by its number.
    pub(super) fn picture_of(&self, window: &str, name: &str) -> PathBuf {
        let file = screenshots().join(format!("{name}.png"));
        let taken = answer(self.command("import").args(["-window", window]).arg(&file));
        assert!(taken.is_some(), "no screenshot {}", file.display());
        file
    }
}

fn command(program: &str, variables: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null())
}

/// A folder with an `xdg-open` that writes down what it is asked to open, for [`Desktop::opened`].
fn programs(folder: &Path) -> PathBuf {
    let programs = folder.join("bin");
    let script = "#!/bin/sh\nprintf '%s\\n' \"$1\" >>\"${0%/*}/../opened\"\n";
    crate::exec(script).put(&programs.join("xdg-open"));
    programs
}

/// What programs of this desktop see: nothing of the person who runs the tests.
fn environment(sandbox: &Sandbox, programs: &Path) -> Vec<(&'static str, String)> {
    let text = |path: PathBuf| path.to_str().expect("UTF-8").to_owned();
    let person = sandbox.person();
    let runtime = sandbox.path().join("run");
    for folder in
        [runtime.clone(), person.join(".config"), person.join(".local/share"), person.join(".cache")]
    {
        std::fs::create_dir_all(&folder).expect("a folder");
    }
    private(&runtime);
    vec![
        ("PATH", format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default())),
        ("LANG", "C.UTF-8".to_owned()),
        ("HOME", text(person.clone())),
        ("SKILLMEAT_HOME", text(sandbox.home())),
        ("XDG_RUNTIME_DIR", text(runtime)),
        ("XDG_CONFIG_HOME", text(person.join(".config"))),
        ("XDG_DATA_HOME", text(person.join(".local/share"))),
        ("XDG_CACHE_HOME", text(person.join(".cache"))),
        ("GDK_BACKEND", "x11".to_owned()),
        ("GSETTINGS_BACKEND", "memory".to_owned()),
        ("GTK_USE_PORTAL", "0".to_owned()),
        ("NO_AT_BRIDGE", "1".to_owned()),
        ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".to_owned()),
        ("RUST_BACKTRACE", "1".to_owned()),
        ("SKILLMEAT_LOG", "trace".to_owned()),
    ]
}

/// A runtime folder that others can read is refused by some programs.
fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).expect("a private folder");
}

/// The X server prints the number that it took.
fn start_screen(variables: &[(&'static str, String)]) -> (Running, String) {
    let mut xvfb = command("Xvfb", variables);
    xvfb.args(["-displayfd", "1", "-screen", "0", "1360x900x24", "-nolisten", "tcp", "-noreset"]);
    xvfb.stderr(std::process::Stdio::null());
    Running::start_and_read_line(&mut xvfb)
}
