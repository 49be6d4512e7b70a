//! A server of a few lines that records what it is asked and sends exactly the bytes it is told.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tamga_client::{Allowed, Client, Settings};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Request line and header fields.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    /// The value of a header field that stands there once.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.head.lines().skip(1).filter_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        });
        let value = found.next();
        assert_eq!(found.next(), None, "{name} twice");
        value
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Calls `answer` with the number of the request (from 0), the request and the connection, in a thread for each.
    pub(crate) fn start(
        answer: impl Fn(usize, &Seen, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            stopped: Arc::default(),
        };
        let (seen, stopped) = (server.seen.clone(), server.stopped.clone());
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (seen, answer) = (seen.clone(), answer.clone());
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(request) = read(&mut stream) else {
                        return;
                    };
                    let number = {
                        let mut seen = seen.lock().unwrap();
                        seen.push(request.clone());
                        seen.len() - 1
                    };
                    answer(number, &request, &mut stream);
                });
            }
        });
        server
    }

    /// Sends the same bytes to everybody.
    pub(crate) fn always(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_, _, stream| send(stream, &bytes))
    }

    /// Everything asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Settings that allow this server by its address, with one attempt and two seconds.
    pub(crate) fn settings(&self) -> Settings {
        let row = self.address.to_string().parse().unwrap();
        let mut settings = Settings::new(Allowed::new([row]));
        settings.retry.attempts = 1;
        settings.deadlines.whole = Duration::from_secs(2);
        settings.deadlines.whole_crl = Duration::from_secs(2);
        settings
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.settings())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

/// An answer with status 200 and a Content-Length.
pub(crate) fn ok(content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// An answer without a body.
pub(crate) fn bare(status: u16, fields: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} x\r\n{fields}Content-Length: 0\r\n\r\n").into_bytes()
}

/// Sends; a client that has gone is no failure of the server.
pub(crate) fn send(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

/// Sends endlessly until the client goes; true if it did.
pub(crate) fn send_forever(stream: &mut TcpStream, piece: &[u8], pause: Duration) {
    while stream.write_all(piece).is_ok() {
        thread::sleep(pause);
    }
}

fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut seen = Seen {
                head,
                body: bytes[end + 4..].to_vec(),
            };
            let length: usize = seen
                .field("content-length")
                .map_or(0, |length| length.parse().unwrap());
            while seen.body.len() < length {
                let count = stream.read(&mut piece).unwrap();
                seen.body.extend_from_slice(&piece[..count]);
            }
            return Some(seen);
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}
