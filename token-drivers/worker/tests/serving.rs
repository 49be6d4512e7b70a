//! The child's loop in this process, spoken to frame by frame.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod token;

use std::{
    io::{PipeReader, PipeWriter, Write},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tamga_pipe::{Error, Frame, PasswordBytes, decode, read_frame, write_message, write_password};
use tamga_token_fake::Record;
use token::Token;

const LONG: Duration = Duration::from_secs(60);

/// A child in a thread.
struct Child {
    requests: Option<PipeWriter>,
    replies: PipeReader,
    served: JoinHandle<Result<(), Error>>,
    keystore: tamga_token_fake::FakeKeystore,
}

impl Child {
    fn start(idle: Duration) -> Self {
        let token = Token::new();
        let keystore = token.keystore.clone();
        let (reader, requests) = std::io::pipe().unwrap();
        let (replies, writer) = std::io::pipe().unwrap();
        let served =
            thread::spawn(move || tamga_token_worker::serve(&token.driver, reader, writer, idle));
        Self {
            requests: Some(requests),
            replies,
            served,
            keystore,
        }
    }

    fn say(&mut self, request: &Value) {
        write_message(self.requests.as_mut().unwrap(), request).unwrap();
    }

    fn say_password(&mut self, password: &str) {
        let password = PasswordBytes::new(password).unwrap();
        write_password(self.requests.as_mut().unwrap(), &password).unwrap();
    }

    fn hear(&mut self) -> Value {
        match read_frame(&mut self.replies).unwrap() {
            Some(Frame::Message(payload)) => decode(&payload).unwrap(),
            _ => panic!("no reply"),
        }
    }

    fn ask(&mut self, request: &Value) -> Value {
        self.say(request);
        self.hear()
    }

    fn unlock(&mut self, pin: &str) -> Value {
        self.say(&json!({"Unlock": {"slot": "0001/7", "pin": "Window"}}));
        self.say_password(pin);
        match self.hear() {
            Value::Object(reply) if reply.contains_key("Entry") => self.hear(),
            reply => reply,
        }
    }

    /// How `serve` ended after the pipe was closed.
    fn end(mut self) -> Result<(), Error> {
        self.requests = None;
        self.served.join().unwrap()
    }
}

fn text_failure(kind: &str, text: &str) -> Value {
    let body = if kind == "Sign" { "Keystore" } else { "Driver" };
    json!({"Failed": {kind: {body: {"text": text}}}})
}

#[test]
fn slots_contents_and_a_signature_are_served_in_the_words_of_the_protocol() {
    let mut child = Child::start(LONG);
    assert_eq!(
        child.ask(&json!("Slots")),
        json!({"Slots": {"slots": [
            {"label": "Fake token", "locator": "0001/7", "pin_pad": false, "attempts": "Low"}
        ]}})
    );
    let entry = child.ask(&json!({"Contents": {"slot": "0001/7"}}));
    assert_eq!(entry["Entry"]["alias"], "1");
    assert_eq!(
        child.hear(),
        json!({"Contents": {"sealed": false, "entries": 1}})
    );
    assert_eq!(child.unlock("right"), json!({"Unlocked": {"entries": 1}}));
    assert_eq!(child.ask(&json!({"Signer": {"entry": 0}})), json!("Signer"));
    assert_eq!(
        child.ask(&json!({"Signer": {"entry": 1}})),
        json!({"Failed": {"Token": "NoSuchEntry"}})
    );
    let sign = json!({"Sign": {"entry": 0, "input": {"Bytes": {"length": 4}}}});
    child.say(&sign);
    child.say(&json!({"Part": {"bytes": "dGU="}}));
    assert_eq!(
        child.ask(&json!({"Part": {"bytes": "eHQ="}})),
        json!("PinWanted")
    );
    child.say(&json!("Pin"));
    child.say_password("right");
    assert!(child.hear()["Signature"]["value"].is_string());
    assert_eq!(child.ask(&json!("Lock")), json!("Locked"));
    assert_eq!(
        child.ask(&json!({"Signer": {"entry": 0}})),
        text_failure("Token", "nothing is unlocked")
    );
    let record = Record {
        unlocked: 1,
        wrong_passwords: 0,
        signatures: 1,
    };
    assert_eq!(child.keystore.record(), record);
    assert!(child.end().is_ok());
}

#[test]
fn a_wrong_pin_is_tried_once() {
    let mut child = Child::start(LONG);
    assert_eq!(
        child.unlock("wrong"),
        json!({"Failed": {"Unlock": {"WrongPassword": {"retries_left": 2}}}})
    );
    assert_eq!(child.keystore.record().wrong_passwords, 1);
}

#[test]
fn a_token_that_is_gone_is_removed_when_unlocked_and_absent_when_read() {
    let mut child = Child::start(LONG);
    child.keystore.remove();
    assert_eq!(
        child.unlock("right"),
        json!({"Failed": {"Unlock": "Removed"}})
    );
    assert_eq!(
        child.ask(&json!({"Contents": {"slot": "0001/7"}})),
        json!({"Failed": {"Token": "Absent"}})
    );
    assert_eq!(child.ask(&json!("Slots")), json!({"Slots": {"slots": []}}));
}

#[test]
fn an_idle_child_says_goodbye_and_an_unlocked_one_stays() {
    let idle = Duration::from_millis(150);
    let mut child = Child::start(idle);
    assert_eq!(child.unlock("right"), json!({"Unlocked": {"entries": 1}}));
    thread::sleep(idle * 3);
    assert_eq!(child.ask(&json!("Lock")), json!("Locked"));
    let started = Instant::now();
    assert_eq!(child.hear(), json!("Goodbye"));
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(child.served.join().unwrap().is_ok());
}

#[test]
fn frames_out_of_turn_unknown_or_over_the_budget_end_the_child() {
    let broken = |speak: &dyn Fn(&mut Child)| {
        let mut child = Child::start(LONG);
        speak(&mut child);
        child.end().is_err()
    };
    assert!(broken(&|child| child.say(&json!("Pin"))));
    assert!(broken(&|child| child.say(&json!("Export"))));
    assert!(broken(&|child| child.say_password("right")));
    assert!(broken(&|child| {
        child.say(&json!({"Unlock": {"slot": "0001/7", "pin": "Window"}}));
        child.say(&json!("Slots"));
    }));
    assert!(broken(&|child| {
        let too_long = 64 * 1024 * 1024 + 1;
        child.say(&json!({"Sign": {"entry": 0, "input": {"Bytes": {"length": too_long}}}}));
    }));
    assert!(broken(&|child| {
        child.say(&json!({"Sign": {"entry": 0, "input": {"Bytes": {"length": 1}}}}));
        child.say(&json!({"Part": {"bytes": "dGU="}}));
    }));
    assert!(broken(&|child| {
        child
            .requests
            .as_mut()
            .unwrap()
            .write_all(&[0xff; 9])
            .unwrap();
    }));
    // Silence is none of these.
    assert!(!broken(&|_| {}));
}

#[test]
fn a_second_unlocking_locks_the_first_and_then_counts_as_its_own() {
    let mut child = Child::start(LONG);
    assert_eq!(child.unlock("right"), json!({"Unlocked": {"entries": 1}}));
    assert_eq!(
        child.unlock("wrong"),
        json!({"Failed": {"Unlock": {"WrongPassword": {"retries_left": 2}}}})
    );
    assert_eq!(
        child.ask(&json!({"Sign": {"entry": 0, "input": {"Digest": {"value": ""}}}})),
        text_failure("Sign", "nothing is unlocked")
    );
}
