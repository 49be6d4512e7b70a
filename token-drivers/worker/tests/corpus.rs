//! The corpus of the fuzz target `token_worker` and thousands of its mutations, on any compiler.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

#[path = "../src/failure.rs"]
#[allow(dead_code, reason = "only messages are made and read here")]
mod failure;
#[path = "../../../fuzz/mutations.rs"]
#[allow(dead_code, reason = "whole frames are changed here")]
mod mutations;
#[path = "../src/protocol.rs"]
#[allow(dead_code, unreachable_pub, reason = "of the crate itself")]
mod protocol;
#[path = "../src/text.rs"]
#[allow(dead_code, reason = "only messages are made and read here")]
mod text;
#[path = "../../../fuzz/subjects/token_worker.rs"]
mod token_worker;

use mutations::corpus;
use tamga_pipe::{HEADER_LEN, Header};
use tamga_test_support::Numbers;
use token_worker::{Ended, Ended::Broken, Ended::Well, as_replies, as_requests};

/// Mutations in each direction.
const MUTATIONS: usize = 6000;

#[test]
fn files_of_the_corpus_end_as_listed_in_both_directions() {
    let found: Vec<_> = corpus("token_worker")
        .into_iter()
        .map(|(name, bytes)| (name, as_requests(&bytes), as_replies(&bytes)))
        .collect();
    // Name, as requests with the number of replies, as replies with the number of those understood.
    let expected: [(&str, Ended, Ended); 11] = [
        ("replies_failures", Broken(0), Well(7)),
        ("replies_keys", Broken(0), Well(5)),
        ("replies_password", Broken(0), Broken(1)),
        ("replies_signature", Broken(0), Well(5)),
        ("requests_digest_without_pin", Well(5), Broken(0)),
        ("requests_keypad", Well(1), Broken(0)),
        ("requests_one_signature", Well(9), Broken(0)),
        ("requests_out_of_turn", Broken(3), Broken(0)),
        ("requests_relocked", Well(4), Broken(0)),
        ("requests_unanswered_part", Broken(0), Broken(0)),
        ("requests_wrong_pins", Well(4), Broken(0)),
    ];
    let expected = expected.map(|(name, sent, heard)| (name.to_owned(), sent, heard));
    assert_eq!(found, expected);
}

#[test]
fn mutations_of_requests_are_answered_or_end_the_conversation() {
    let [answered, broken] = mutate("requests_", as_requests);
    assert!(answered > 500 && broken > 500, "{answered} {broken}");
}

#[test]
fn mutations_of_replies_are_understood_or_end_the_conversation() {
    let [understood, broken] = mutate("replies_", as_replies);
    assert!(understood > 500 && broken > 500, "{understood} {broken}");
}

/// Runs mutations of the files whose names begin so; how many ended well and how many broke the protocol.
fn mutate(kind: &str, subject: fn(&[u8]) -> Ended) -> [usize; 2] {
    let conversations: Vec<Vec<Vec<u8>>> = corpus("token_worker")
        .iter()
        .filter(|(name, _)| name.starts_with(kind))
        .map(|(_, bytes)| frames(bytes))
        .collect();
    let mut numbers = Numbers(0x7461_6d67_6121);
    let mut counts = [0; 2];
    for _ in 0..MUTATIONS {
        let mut said = conversations[numbers.below(conversations.len())].clone();
        let other = &conversations[numbers.below(conversations.len())];
        for _ in 0..=numbers.below(2) {
            numbers.mutate(&mut said, other);
        }
        match subject(&said.concat()) {
            Well(_) => counts[0] += 1,
            Broken(_) => counts[1] += 1,
        }
    }
    counts
}

/// The frames of a conversation, each with its header.
fn frames(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some((header, _)) = bytes.split_first_chunk::<HEADER_LEN>() {
        let length = Header::decode(*header).unwrap().length();
        let (frame, rest) = bytes.split_at(HEADER_LEN + length);
        frames.push(frame.to_vec());
        bytes = rest;
    }
    frames
}

/// Changes of what a corpus holds.
trait Mutate {
    /// One change: whole frames come, go and change places; inside a frame bytes change, and mostly its length follows.
    fn mutate(&mut self, said: &mut Vec<Vec<u8>>, other: &[Vec<u8>]);

    fn mutate_payload(&mut self, frame: &mut Vec<u8>);
}

impl Mutate for Numbers {
    fn mutate(&mut self, said: &mut Vec<Vec<u8>>, other: &[Vec<u8>]) {
        let at = self.below(said.len());
        match self.below(6) {
            0 => drop(said.splice(at..at, other.get(self.below(other.len())).cloned())),
            1 if said.len() > 1 => drop(said.remove(at)),
            2 => {
                let second = self.below(said.len());
                said.swap(at, second);
            }
            3 => {
                let place = self.below(said[at].len());
                said[at][place] ^= 1 << self.below(8);
            }
            _ => self.mutate_payload(&mut said[at]),
        }
    }

    fn mutate_payload(&mut self, frame: &mut Vec<u8>) {
        const WORDS: [&str; 8] = [
            "-1",
            "4294967296",
            "\"\\u202e\"",
            "null",
            "[]",
            "{}",
            "\"=\"",
            "0",
        ];
        let start = HEADER_LEN + self.below(frame.len() - HEADER_LEN);
        let end = (start + self.below(8)).min(frame.len());
        let word = WORDS[self.below(WORDS.len())];
        match self.below(3) {
            0 => drop(frame.splice(start..end, word.bytes())),
            1 => drop(frame.drain(start..end)),
            _ => frame[start.min(end - 1)] ^= 1 << self.below(8),
        }
        let length = u32::try_from(frame.len() - HEADER_LEN).unwrap();
        frame[1..HEADER_LEN].copy_from_slice(&length.to_be_bytes());
    }
}
