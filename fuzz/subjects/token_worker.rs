//! What is done with bytes on the pipes between agent and `tamga-token`: the child takes them as requests, the agent
//! takes them as replies. Whatever the bytes, both end without a panic.
//!
//! The crate that includes this file includes the protocol's own modules too: `protocol`, `failure` and `text`.

use std::{
    io::Cursor,
    sync::{Arc, LazyLock},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use tamga_pipe::{Frame, decode, encode, read_frame};
use tamga_scheme::{PrivateKey, SignatureScheme};
use tamga_test_pki::self_issued;
use tamga_test_support::System;
use tamga_token_api::{Attempts, PinEntry, Slot};
use tamga_token_fake::{FakeDriver, FakeKeystore};
use tamga_x509::Certificate;

use crate::protocol::{Entry, Reply, Request};

/// PIN of the token; requests of the corpus know it.
const PIN: &str = "right";

/// How a conversation ended, and how many messages of the other side were understood or answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Somebody broke the protocol.
    Broken(usize),
    /// The pipe ended between two messages, and nothing was wrong.
    Well(usize),
}

/// As requests to the child's loop over a fake token; how many replies it gave.
///
/// Every reply must be one that the agent understands.
pub(crate) fn as_requests(bytes: &[u8]) -> Ended {
    let mut replies = Vec::new();
    let served = tamga_token_worker::serve(
        &token(),
        Cursor::new(bytes.to_vec()),
        &mut replies,
        Duration::from_secs(60),
    );
    let Ended::Well(count) = as_replies(&replies) else {
        panic!("the child said what the agent does not understand");
    };
    // Messages that are understood mean the same when they are said again.
    let mut pipe = bytes;
    while let Ok(Some(Frame::Message(payload))) = read_frame(&mut pipe) {
        if let Ok(request) = decode::<Request>(&payload) {
            same_again(&request);
        }
    }
    match served {
        Ok(()) => Ended::Well(count),
        Err(_) => Ended::Broken(count),
    }
}

/// As replies to the agent, read as its conversations read them; how many were understood.
pub(crate) fn as_replies(mut bytes: &[u8]) -> Ended {
    let mut count = 0;
    loop {
        let reply: Reply = match read_frame(&mut bytes) {
            Ok(None) => return Ended::Well(count),
            Ok(Some(Frame::Message(payload))) => match decode(&payload) {
                Ok(reply) => reply,
                Err(_) => return Ended::Broken(count),
            },
            // A child has no passwords to give.
            Ok(Some(Frame::Password(_))) | Err(_) => return Ended::Broken(count),
        };
        same_again(&reply);
        if let Reply::Entry(entry) = reply {
            read_certificates(entry);
        }
        count += 1;
    }
}

fn same_again<M: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(message: &M) {
    // Escapes may take more room than what they were read from.
    if let Ok(frame) = encode(message) {
        let again: M = decode(&frame[tamga_pipe::HEADER_LEN..]).expect("our own message");
        assert_eq!(again, *message);
    }
}

/// As the agent does with the entries of a token.
fn read_certificates(entry: Entry) {
    // What is no certificate is refused there.
    let _ = Certificate::from_der(entry.certificate.as_slice());
    for der in entry.chain.into_vec() {
        let _ = Certificate::from_der(der.as_slice());
    }
}

/// A token with one GOST key that wants its PIN again for each signature; new, because wrong PINs lock it.
fn token() -> FakeDriver {
    static PAIR: LazyLock<(Vec<u8>, Certificate)> = LazyLock::new(pair);
    let (pkcs8, certificate) = &*PAIR;
    let key = PrivateKey::from_pkcs8_der(pkcs8).expect("our own key");
    let keystore = FakeKeystore::new(vec![(key, certificate.clone())], PIN, Arc::new(System))
        .listed()
        .with_retries(3)
        .asking_again();
    let slot = Slot {
        storages: Vec::new(),
        label: "Fake token".to_owned(),
        locator: "0001/7".to_owned(),
        pin_entry: PinEntry::Window,
        attempts: Attempts::Unworried,
    };
    FakeDriver::new(slot, keystore)
}

fn pair() -> (Vec<u8>, Certificate) {
    let pair = self_issued(SignatureScheme::Gost2004, "FAKE", &System);
    let (key, certificate) = pair.expect("randomness");
    (key.to_pkcs8_der().to_vec(), certificate)
}
