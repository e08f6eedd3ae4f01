//! The page in an installed window, asked over WebDriver.
//!
//! A few questions are all there is to ask, so this speaks the protocol itself instead of bringing a client along.

use crate::Failure;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// How long a start may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A window that a driver has opened; it is closed when this is dropped.
pub(crate) struct Page {
    port: u16,
    session: String,
}

impl Page {
    /// Lets the driver at `port` start `program`.
    pub(crate) fn open(port: u16, program: &str) -> Result<Self, Failure> {
        let options = format!(r#"{{"binary":"{program}","args":[]}}"#);
        let wish =
            format!(r#"{{"capabilities":{{"alwaysMatch":{{"webkitgtk:browserOptions":{options}}}}}}}"#);
        let start = Instant::now();
        let answer = loop {
            match ask(port, "POST", "/session", &wish) {
                Err(_) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(200)),
                answer => break answer?,
            }
        };
        let session = text_of(&answer, "sessionId").ok_or_else(|| format!("no window: {answer}"))?;
        Ok(Self { port, session: session.to_owned() })
    }

    /// Waits until the page shows `text`; fails with what it shows instead.
    pub(crate) fn wait_for(&self, text: &str) -> Result<(), Failure> {
        let path = format!("/session/{}/execute/sync", self.session);
        let script = r#"{"script":"return document.body.innerText","args":[]}"#;
        let start = Instant::now();
        loop {
            let shown = ask(self.port, "POST", &path, script)?;
            if shown.contains(text) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("the page does not show “{text}” but {shown}"));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // A driver that is gone has taken the window along.
        let _ = ask(self.port, "DELETE", &format!("/session/{}", self.session), "");
    }
}

fn ask(port: u16, verb: &str, path: &str, body: &str) -> Result<String, Failure> {
    let failed = |error: std::io::Error| format!("the driver at port {port}: {error}");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    let head = format!("{verb} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
    let length = body.len();
    write!(stream, "{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    Ok(answer)
}

/// The text at `"key":"…"`, for keys whose texts have no quotes in them.
fn text_of<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{key}\":"))?;
    rest.trim_start().strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_in_an_answer() {
        let answer = r#"{"value":{"sessionId": "ab-1","capabilities":{}}}"#;
        assert_eq!(text_of(answer, "sessionId"), Some("ab-1"));
        assert_eq!(text_of(r#"{"value":{"error":"x"}}"#, "sessionId"), None);
    }
}
