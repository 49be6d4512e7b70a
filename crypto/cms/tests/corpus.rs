//! The corpora of fuzz targets and thousands of their mutations, through the functions of the targets, on any compiler.

#[path = "../../../fuzz/subjects/cms.rs"]
mod cms;
#[path = "../../../fuzz/mutations.rs"]
mod mutations;
#[path = "../../../fuzz/subjects/time_stamp.rs"]
mod time_stamp;

use cms::Read;
use tamga_cms::CheckError;
use tamga_cms::Error;
use tamga_cms::time_stamp::{Failure, Status, TimeStampError};
use tamga_scheme::VerifyError;

fn messages(certificates: usize, signers: usize, hold: usize) -> Result<Read, Error> {
    Ok(Read {
        certificates,
        signers,
        hold,
    })
}

#[test]
fn messages_of_the_corpus_are_read_as_listed() {
    mutations::check(
        "cms",
        cms::read,
        vec![
            ("broken", messages(1, 1, 0)),
            ("complete", messages(1, 1, 1)),
            ("detached", messages(1, 1, 1)),
            ("gost2015", messages(1, 1, 1)),
            ("rsa_in_pieces", messages(1, 1, 1)),
            ("rsa_without_attributes", messages(1, 1, 1)),
            ("segments", messages(0, 0, 0)),
            ("trailing", messages(1, 1, 1)),
            ("two_signers", messages(2, 2, 1)),
        ],
    );
}

#[test]
fn time_stamps_of_the_corpus_are_judged_as_listed() {
    let malformed = |field| TimeStampError::Format(Error::Malformed { field });
    let no_answer = malformed("TimeStampResp");
    let rejected = TimeStampError::Rejected {
        status: Status::Rejection,
        texts: vec!["policy is not supported".to_owned()],
        failures: vec![Failure::UnacceptedPolicy],
    };
    mutations::check(
        "time_stamp",
        time_stamp::answer,
        vec![
            (
                "broken",
                Err(TimeStampError::Signature(CheckError::Signature(
                    VerifyError::Mismatch,
                ))),
            ),
            ("good", Ok(())),
            ("question", Err(no_answer.clone())),
            ("rejected", Err(rejected)),
            ("token", Err(no_answer)),
        ],
    );
}

#[test]
fn mutations_of_messages_read_alike_in_memory_and_in_pieces() {
    let [read, refused] = mutations::mutate("cms", 6000, cms::read);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}

#[test]
fn tokens_of_the_corpus_are_judged_as_listed() {
    let no_token = TimeStampError::Format(Error::Malformed {
        field: "ContentInfo",
    });
    mutations::check(
        "time_stamp",
        time_stamp::token,
        vec![
            ("broken", Err(no_token.clone())),
            ("good", Err(no_token.clone())),
            ("question", Err(no_token.clone())),
            ("rejected", Err(no_token)),
            ("token", Ok(())),
        ],
    );
}

#[test]
fn mutations_of_answers_and_tokens_are_judged_or_refused() {
    for subject in [time_stamp::answer, time_stamp::token] {
        let judge = |bytes: &[u8]| match subject(bytes) {
            Err(TimeStampError::Format(error)) => Err(error),
            judged => Ok(judged),
        };
        let [read, refused] = mutations::mutate("time_stamp", 6000, judge);
        assert!(read > 100 && refused > 500, "{read} {refused}");
    }
}
