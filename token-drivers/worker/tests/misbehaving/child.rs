//! A token program that misbehaves on command, for the tests of the worker.
//!
//! `--library DIR/DEED@REQUEST`: at the first request of this name it does the deed, in all the starts that share a
//! folder once; before and after that it serves a fake token. `DIR/honest` never misbehaves, `DIR/brief` ends
//! when idle for a tenth of a second, `DIR/always-DEED@REQUEST` does it every time.

#[path = "../token/mod.rs"]
mod token;

use std::{
    fs::OpenOptions,
    io::{Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use tamga_pipe::{HEADER_LEN, Header};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    // Started by the test runner as an example: nothing to do.
    let Some(option) = arguments.next() else {
        return;
    };
    assert_eq!(option, "--library");
    let library = PathBuf::from(arguments.next().expect("a path"));
    let name = library.file_name().expect("a name").to_str().expect("text");
    let idle = Duration::from_millis(if name == "brief" { 100 } else { 60_000 });
    let (deed, request) = name.split_once('@').unwrap_or((name, "nothing"));
    let reader = Watched {
        deed: deed.to_owned(),
        request: request.to_owned(),
        library: library.clone(),
        ready: Vec::new(),
    };
    let token = token::Token::new();
    let served = tamga_token_worker::serve(&token.driver, reader, std::io::stdout(), idle);
    std::process::exit(if served.is_ok() { 0 } else { 1 });
}

/// Standard input, one frame at a time, each looked at before it is handed on.
struct Watched {
    deed: String,
    request: String,
    library: PathBuf,
    ready: Vec<u8>,
}

impl Read for Watched {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.ready.is_empty() {
            self.ready = self.frame()?;
        }
        let count = out.len().min(self.ready.len());
        for (to, from) in out.iter_mut().zip(self.ready.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }
}

impl Watched {
    fn frame(&mut self) -> std::io::Result<Vec<u8>> {
        let mut input = std::io::stdin().lock();
        let mut header = [0; HEADER_LEN];
        if input.read(&mut header[..1])? == 0 {
            return Ok(Vec::new());
        }
        input.read_exact(&mut header[1..])?;
        let length = Header::decode(header)
            .map_err(std::io::Error::other)?
            .length();
        let mut frame = header.to_vec();
        frame.resize(HEADER_LEN + length, 0);
        input.read_exact(&mut frame[HEADER_LEN..])?;
        let json = String::from_utf8_lossy(&frame[HEADER_LEN..]);
        let named = json.starts_with(&format!("\"{}\"", self.request))
            || json.starts_with(&format!("{{\"{}\"", self.request));
        if named {
            match self.deed.strip_prefix("always-") {
                Some(deed) => misbehave(deed),
                None if first_time(&self.library) => misbehave(&self.deed),
                None => {}
            }
        }
        Ok(frame)
    }
}

/// True once per folder and deed, over all processes.
fn first_time(library: &Path) -> bool {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(library.with_extension("done"))
        .is_ok()
}

fn misbehave(deed: &str) {
    let say = |bytes: &[u8]| {
        let mut output = std::io::stdout();
        output.write_all(bytes).expect("the agent listens");
        output.flush().expect("the agent listens");
    };
    let message = |json: &str| {
        let mut frame = vec![b'J'];
        frame.extend_from_slice(&u32::try_from(json.len()).expect("short").to_be_bytes());
        frame.extend_from_slice(json.as_bytes());
        say(&frame);
    };
    match deed {
        "chatter" => say(b"Vendor Crypto Suite (c)\n"),
        "crash" => std::process::abort(),
        "end" => std::process::exit(0),
        "endless" => loop {
            message(r#"{"Entry":{"alias":"","certificate":"","chain":[]}}"#);
        },
        "forge" => {
            let zeros = "A".repeat(86) + "==";
            message(&format!(r#"{{"Signature":{{"value":"{zeros}"}}}}"#));
            std::thread::sleep(Duration::from_secs(600));
        }
        "garbage" => {
            say(&[0xff; 64]);
            std::thread::sleep(Duration::from_secs(600));
        }
        "goodbye" => {
            message("\"Goodbye\"");
            std::process::exit(0);
        }
        "hang" => std::thread::sleep(Duration::from_secs(600)),
        "huge" => {
            say(&[b'J', 0xff, 0xff, 0xff, 0xff]);
            std::thread::sleep(Duration::from_secs(600));
        }
        "password" => {
            say(b"P\0\0\0\x041234");
            std::thread::sleep(Duration::from_secs(600));
        }
        "wrong" => {
            message("\"Locked\"");
            std::thread::sleep(Duration::from_secs(600));
        }
        other => panic!("{other}: no such deed"),
    }
}
