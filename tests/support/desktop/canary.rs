//! A server that nobody should ask.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// Listens on this machine and remembers who came: the first line of each request, or nothing of a bare connection.
#[derive(Debug)]
pub struct Canary {
    address: SocketAddr,
    heard: Receiver<String>,
}

impl Canary {
    /// Starts one, which listens until the test program ends.
    ///
    /// # Panics
    /// When there is no port.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, heard) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if sender.send(first_line(&stream)).is_err() {
                    break;
                }
            }
        });
        Self { address, heard }
    }

    /// `127.0.0.1:12345`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Everything that was asked for before this call. It asks itself at last, so that an answer which is on its way
    /// is not missed and a deaf canary is noticed.
    ///
    /// # Panics
    /// When it does not hear itself.
    pub fn heard(&self) -> Vec<String> {
        const OWN: &str = "GET /is-this-heard HTTP/1.1";
        let mut stream = TcpStream::connect(self.address).expect("the canary listens");
        stream.write_all(format!("{OWN}\r\n\r\n").as_bytes()).expect("the canary reads");
        let heard = std::iter::from_fn(|| self.heard.recv_timeout(super::PATIENCE).ok());
        heard.take_while(|line| line != OWN).collect()
    }
}

fn first_line(mut stream: &TcpStream) -> String {
    let mut line = String::new();
    // Who opens a connection and says nothing has come all the same; who waits with it is not waited for.
    let _ = stream.set_read_timeout(Some(std::time::Duration::from_secs(1)));
    let _ = BufReader::new(stream).read_line(&mut line);
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    line.trim().to_owned()
}
