//! One WebDriver session: the driver starts the app, and the app inherits the driver's environment.

use super::process::Running;
use super::{Desktop, PATIENCE, wait_until};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use tokio::runtime::{Builder, Runtime};

/// The driver, and the session that it holds.
#[derive(Debug)]
pub(super) struct Session {
    runtime: Runtime,
    client: Client,
    /// What the app printed.
    pub(super) log: PathBuf,
    _driver: Running,
}

impl Session {
    pub(super) fn open(desktop: &Desktop) -> Self {
        let log = desktop.log("window");
        let port = free_port();
        let mut driver = start_driver(desktop, port, &log);
        wait_until("the WebDriver", || {
            assert!(driver.is_alive(), "WebKitWebDriver ended by itself: {}", read(&log));
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let client = runtime.block_on(connect(port)).unwrap_or_else(|error| {
            panic!("the window did not open: {error}\n{}", read(&log));
        });
        Self { runtime, client, log, _driver: driver }
    }

    /// Does something with the session, within [`PATIENCE`].
    #[track_caller]
    pub(super) fn with<T, F: Future<Output = T>>(&self, act: impl FnOnce(Client) -> F) -> T {
        let future = act(self.client.clone());
        let timed = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, future).await });
        timed.unwrap_or_else(|_| panic!("the window did not answer within {PATIENCE:?}"))
    }

    /// Everything the app printed.
    pub(super) fn printed(&self) -> String {
        read(&self.log)
    }
}

fn read(log: &std::path::Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}

/// A port that was free a moment ago. The driver cannot be told to choose one itself.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

fn start_driver(desktop: &Desktop, port: u16, log: &std::path::Path) -> Running {
    let file = File::options().create(true).append(true).open(log).expect("a log");
    let mut driver = desktop.command("WebKitWebDriver");
    driver.arg("--host=127.0.0.1").arg(format!("--port={port}"));
    driver.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
    driver.stdout(file.try_clone().expect("a log")).stderr(file);
    Running::start(&mut driver)
}

async fn connect(port: u16) -> Result<Client, String> {
    let app = crate::skm::built("skillmeat-desktop");
    let wanted = serde_json::json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
    let serde_json::Value::Object(capabilities) = wanted else { return Err("no object".to_owned()) };
    let url = format!("http://127.0.0.1:{port}");
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    let connecting = tokio::time::timeout(PATIENCE, builder.connect(&url)).await;
    connecting.map_err(|_| format!("no session within {PATIENCE:?}"))?.map_err(|error| error.to_string())
}
