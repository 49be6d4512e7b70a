//! Our answers beside those of every foreign implementation, on random and on edge inputs.
//!
//! Each run draws new inputs from a printed seed; `TAMGA_PEERS_SEED=…` repeats one. Verdicts, ours and each judge's, are
//! compared with the one that follows from how the input was made.

mod battery;
mod curve_numbers;
mod judged;
mod keys;
mod messages;
mod ours;
mod random;
mod signatures;

use std::path::Path;

use tamga_peers::{
    algorithm::{Curve, Hash},
    foreign::{BOTAN, BOUNCY_CASTLE, Foreign, GCRYPT, GOST_ENGINE, JUDGES, NETTLE},
    process::Peer,
    protocol::{Reply, Request},
};

use crate::{
    battery::{Battery, battery},
    ours::Question,
    random::how_to_repeat,
};

/// What a run promises.
const CASES_OF_A_RUN: usize = 10_000;

/// The five questions to one judge.
macro_rules! judge {
    ($name:ident, $foreign:ident) => {
        mod $name {
            use super::*;

            #[test]
            fn covers_what_the_catalogue_says() {
                check_coverage(&$foreign);
            }

            #[test]
            fn computes_our_public_keys() {
                check_public_keys(&$foreign);
            }

            #[test]
            fn verifies_our_signatures_and_we_its() {
                check_signatures(&$foreign);
            }

            #[test]
            fn accepts_and_refuses_the_same_signatures() {
                check_verdicts(&$foreign);
            }

            #[test]
            fn computes_our_digests() {
                check_digests(&$foreign);
            }
        }
    };
}

judge!(botan, BOTAN);
judge!(bouncy_castle, BOUNCY_CASTLE);
judge!(gost_engine, GOST_ENGINE);
judge!(libgcrypt, GCRYPT);
judge!(nettle, NETTLE);

#[test]
fn a_run_has_ten_thousand_cases_with_at_least_three_judges_of_each_algorithm() {
    let mut cases = 0;
    for curve in Curve::ALL {
        let judges = || JUDGES.iter().filter(|judge| judge.curves.contains(&curve));
        assert!(judges().count() >= 3, "{curve:?}");
        cases += judges()
            .map(|judge| battery(curve).cases(judge))
            .sum::<usize>();
    }
    for hash in Hash::ALL {
        let judges = JUDGES.iter().filter(|judge| judge.hashes.contains(&hash));
        let judges = judges.count();
        assert!(judges >= 3, "{hash:?}");
        cases += judges * messages::messages(hash).len();
    }
    assert!(cases >= CASES_OF_A_RUN, "{cases} cases");
}

/// Ours against the verdicts that follow from how the inputs were made, whatever any judge says.
#[test]
fn we_accept_and_refuse_what_the_standard_says() {
    let mut findings = Findings::of("ours", "verdicts");
    for curve in Curve::ALL {
        let judged = battery(curve).judged();
        let questions: Vec<_> = judged
            .iter()
            .map(|judged| Question {
                public: &judged.public,
                digest: &judged.digest,
                signature: &judged.signature,
            })
            .collect();
        let verdicts = ours::ours(curve).verify(&questions);
        for (judged, verdict) in judged.iter().zip(verdicts) {
            findings.compare(&yes_or_no(verdict), &yes_or_no(judged.holds), || {
                format!("{}: {}", judged.what, judged.request(curve))
            });
        }
    }
    findings.conclude();
}

/// A judge that suddenly covers less, or more, is a finding: the others' tests rely on the catalogue.
fn check_coverage(judge: &'static Foreign) {
    let mut peer = start(judge);
    for curve in Curve::ALL {
        let mut secret = vec![0; curve.bytes()];
        secret[0] = 1;
        let reply = ask_all(&mut peer, &[Request::Public { curve, secret }]).remove(0);
        let covered = matches!(reply, Reply::Value(_));
        assert!(covered || reply == Reply::Unsupported, "{curve:?}: {reply}");
        assert_eq!(covered, judge.curves.contains(&curve), "{curve:?}");
    }
    for hash in Hash::ALL {
        let message = Vec::new();
        let reply = ask_all(&mut peer, &[Request::Hash { hash, message }]).remove(0);
        let covered = matches!(reply, Reply::Value(_));
        assert!(covered || reply == Reply::Unsupported, "{hash:?}: {reply}");
        assert_eq!(covered, judge.hashes.contains(&hash), "{hash:?}");
    }
}

fn check_public_keys(judge: &'static Foreign) {
    let mut findings = Findings::of(judge.name, "public keys");
    let mut peer = start(judge);
    for battery in batteries(judge) {
        let requests: Vec<_> = battery
            .keys
            .iter()
            .map(|(secret, _)| Request::Public {
                curve: battery.curve,
                secret: secret.clone(),
            })
            .collect();
        let replies = ask_all(&mut peer, &requests);
        for ((request, reply), (_, ours)) in requests.iter().zip(replies).zip(&battery.keys) {
            findings.compare(&reply, &Reply::Value(ours.clone()), || request.to_string());
        }
    }
    findings.conclude();
}

fn check_signatures(judge: &'static Foreign) {
    let mut findings = Findings::of(judge.name, "signatures");
    let mut peer = start(judge);
    for battery in batteries(judge) {
        let curve = battery.curve;
        let signed: Vec<_> = battery.signed_for(judge).collect();
        let requests: Vec<_> = signed
            .iter()
            .map(|signed| Request::Verify {
                curve,
                public: signed.public.clone(),
                digest: signed.digest.clone(),
                signature: signed.signature.clone(),
            })
            .collect();
        let replies = ask_all(&mut peer, &requests);
        for (request, reply) in requests.iter().zip(replies) {
            findings.compare(&reply, &Reply::Yes, || format!("ours: {request}"));
        }
        let requests: Vec<_> = signed
            .iter()
            .map(|signed| Request::Sign {
                curve,
                secret: signed.secret.clone(),
                digest: signed.digest.clone(),
            })
            .collect();
        let replies = ask_all(&mut peer, &requests);
        let questions: Vec<_> = signed
            .iter()
            .zip(&replies)
            .map(|(signed, reply)| Question {
                public: &signed.public,
                digest: &signed.digest,
                signature: value(reply),
            })
            .collect();
        let verdicts = ours::ours(curve).verify(&questions);
        for ((request, reply), verdict) in requests.iter().zip(&replies).zip(verdicts) {
            findings.note(verdict, || {
                format!("{reply} does not verify here: {request}")
            });
        }
    }
    findings.conclude();
}

fn check_verdicts(judge: &'static Foreign) {
    let mut findings = Findings::of(judge.name, "verdicts");
    let mut peer = start(judge);
    for battery in batteries(judge) {
        let judged: Vec<_> = battery.judged_for(judge).collect();
        let requests: Vec<_> = judged
            .iter()
            .map(|judged| judged.request(battery.curve))
            .collect();
        let replies = ask_all(&mut peer, &requests);
        for ((request, reply), judged) in requests.iter().zip(replies).zip(judged) {
            findings.compare(&reply, &yes_or_no(judged.holds), || {
                format!("{}: {request}", judged.what)
            });
        }
    }
    findings.conclude();
}

fn check_digests(judge: &'static Foreign) {
    let mut findings = Findings::of(judge.name, "digests");
    let mut peer = start(judge);
    for hash in judge.hashes {
        let messages = messages::messages(*hash);
        let ours = ours::digests(*hash, &messages);
        let requests: Vec<_> = messages
            .into_iter()
            .map(|message| Request::Hash {
                hash: *hash,
                message,
            })
            .collect();
        let replies = ask_all(&mut peer, &requests);
        for ((request, reply), ours) in requests.iter().zip(replies).zip(ours) {
            findings.compare(&reply, &Reply::Value(ours), || request.to_string());
        }
    }
    findings.conclude();
}

fn yes_or_no(verdict: bool) -> Reply {
    if verdict { Reply::Yes } else { Reply::No }
}

/// The bytes of a reply; an answer without bytes is no signature.
fn value(reply: &Reply) -> &[u8] {
    match reply {
        Reply::Value(bytes) => bytes,
        _ => &[],
    }
}

fn batteries(judge: &Foreign) -> impl Iterator<Item = &'static Battery> {
    judge.curves.iter().copied().map(battery)
}

fn start(judge: &'static Foreign) -> Peer {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drivers");
    judge
        .start(&folder)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn ask_all(peer: &mut Peer, requests: &[Request]) -> Vec<Reply> {
    peer.ask_all(requests)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Where answers differ.
struct Findings {
    judge: &'static str,
    subject: &'static str,
    cases: usize,
    different: Vec<String>,
}

/// Findings that are shown; one defect makes many.
const SHOWN: usize = 10;

/// Characters of a finding that are shown; messages are long.
const SHOWN_OF_EACH: usize = 1200;

impl Findings {
    fn of(judge: &'static str, subject: &'static str) -> Self {
        Self {
            judge,
            subject,
            cases: 0,
            different: Vec::new(),
        }
    }

    fn compare(&mut self, reply: &Reply, expected: &Reply, what: impl FnOnce() -> String) {
        self.note(reply == expected, || {
            format!("{reply}, not {expected}: {}", what())
        });
    }

    fn note(&mut self, good: bool, what: impl FnOnce() -> String) {
        self.cases += 1;
        if !good {
            let what: String = what().chars().take(SHOWN_OF_EACH).collect();
            self.different.push(what);
        }
    }

    fn conclude(self) {
        assert!(self.cases > 0, "{}: nothing was compared", self.judge);
        let shown = self.different.iter().take(SHOWN).cloned();
        assert!(
            self.different.is_empty(),
            "{}, {}: {} of {} comparisons differ; {}\n{}",
            self.judge,
            self.subject,
            self.different.len(),
            self.cases,
            how_to_repeat(),
            shown.collect::<Vec<_>>().join("\n")
        );
    }
}
