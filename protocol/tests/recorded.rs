//! Recorded messages of the original, where the folder with them lies beside the checkout.
//!
//! Every recorded request of our families must be understood or refused with the recorded words; replies whose private
//! parts were taken out are compared by their order of keys only.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use serde_json::Value;
use tamga_protocol::{Envelope, GREETING, HEARTBEAT, basics, common_utils, module_not_found};

fn recordings() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/wire-fixtures");
    dir.is_dir().then_some(dir)
}

fn read(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The reply this crate can give alone; `None` where a person must decide first.
fn refusal(frame: &str) -> Option<String> {
    let envelope = Envelope::read(frame).unwrap_or_else(|error| panic!("{frame}: {error}"));
    let reply = match envelope.module() {
        Some(common_utils::MODULE) => match common_utils::Call::read(&envelope) {
            Err(error) => error.reply(envelope.uuid()),
            Ok(common_utils::Call::ChangeLocale(_)) => common_utils::done(None, envelope.uuid()),
            Ok(_) => return None,
        },
        Some(basics::MODULE) => match basics::Call::read(&envelope) {
            Err(error) => error.reply(),
            Ok(_) => return None,
        },
        _ => return None,
    };
    Some(reply.into_text())
}

#[test]
fn every_step_of_the_recorded_session_is_understood_or_refused_in_the_recorded_words() {
    let Some(dir) = recordings() else { return };
    let steps = read(&dir.join("sigex-recordings.json"));
    let steps = steps.as_array().unwrap();
    let (mut refused, mut understood, mut not_built) = (0, 0, 0);
    for step in steps {
        let (request, recorded) = (
            step["request"].as_str().unwrap(),
            step["response"].as_str().unwrap(),
        );
        match refusal(request) {
            None => understood += 1,
            // docs/protocol/coverage.md: methods that are not here yet.
            Some(reply) if reply.contains("NoSuchMethodException") => not_built += 1,
            Some(reply) => {
                assert_eq!(reply, recorded, "{request}");
                refused += 1;
            }
        }
    }
    assert_eq!(
        (refused, understood, not_built),
        (5, 15, 4),
        "of {} steps",
        steps.len()
    );
}

#[test]
fn recorded_replies_are_rebuilt_byte_for_byte() {
    let Some(dir) = recordings() else { return };
    let messages = read(&dir.join("observed-messages.json"));
    let raw = |id: &str, side: &str| {
        let message = messages["messages"]
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["id"] == id);
        let text = &message.unwrap_or_else(|| panic!("no message {id}"))[side]["raw"];
        text.as_str()
            .unwrap_or_else(|| panic!("{id} has no {side}"))
            .to_owned()
    };
    assert_eq!(raw("greeting-1.4", "reply"), GREETING);
    assert_eq!(raw("heartbeat", "reply"), HEARTBEAT);
    assert_eq!(raw("module-not-found", "reply"), module_not_found().text());
    assert_eq!(
        raw("commonUtils-cancel", "reply"),
        common_utils::cancelled(None).text()
    );
    assert_eq!(raw("basics-cancel", "reply"), basics::cancelled().text());
    for id in [
        "commonUtils-type-mismatch",
        "commonUtils-no-such-method",
        "changeLocale",
        "basics-bad-signingParams",
        "basics-args-missing",
        "basics-apiVersion",
    ] {
        assert_eq!(Some(raw(id, "reply")), refusal(&raw(id, "request")), "{id}");
    }
    let raw_result = basics::done(
        vec!["(base64)".into()],
        Some("-----BEGIN CERTIFICATE-----\n(base64)\n-----END CERTIFICATE-----\n".into()),
    );
    assert_eq!(raw("basics-raw-outputCert", "reply"), raw_result.text());
    let listed = basics::done(
        vec!["-----BEGIN CMS-----\n(base64)\n-----END CMS-----\n".into()],
        None,
    );
    assert_eq!(
        raw("basics-cms-single-since-2024-10", "reply"),
        listed.text()
    );
}

#[test]
fn recorded_signed_documents_are_written_with_the_recorded_escapes() {
    let Some(dir) = recordings() else { return };
    let steps = read(&dir.join("sigex-recordings.json"));
    let mut compared = 0;
    for step in steps.as_array().unwrap() {
        let recorded = step["response"].as_str().unwrap();
        let reply: Value = serde_json::from_str(recorded).unwrap();
        if let Some(text) = reply["responseObject"].as_str() {
            let ours = common_utils::done(Some(tamga_protocol::Value::text(text)), None);
            assert_eq!(ours.text(), recorded);
            compared += 1;
        }
        if let Some(list) = reply["body"]["result"].as_array() {
            let texts = list
                .iter()
                .map(|text| text.as_str().unwrap().to_owned())
                .collect();
            assert_eq!(basics::done(texts, None).text(), recorded);
            compared += 1;
        }
    }
    assert_eq!(compared, 7);
}

#[test]
fn every_observed_request_is_an_envelope() {
    let Some(dir) = recordings() else { return };
    let messages = read(&dir.join("observed-messages.json"));
    for message in messages["messages"].as_array().unwrap() {
        match message["request"]["raw"].as_str() {
            None | Some(HEARTBEAT) => {}
            Some(frame) => {
                let read = Envelope::read(frame);
                assert!(read.is_ok(), "{}: {read:?}", message["id"]);
            }
        }
    }
}
