//! The judge of all formats: one Java machine for all tests of a run.

use std::{
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use tamga_peers::{foreign::FORMATS, process::Peer, protocol::Reply};

/// What must be found in a message, beside signatures that hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) signers: usize,
    /// Signers whose signed attributes name their certificate.
    pub(crate) references: usize,
    pub(crate) stamps: usize,
}

/// A CMS message; `content` if it stays outside.
pub(crate) fn cms(message: &[u8], content: Option<&[u8]>, counts: Counts) -> Reply {
    let content = content.map_or_else(|| "-".to_owned(), hex::encode);
    let Counts {
        signers,
        references,
        stamps,
    } = counts;
    ask(&format!(
        "cms {} {content} {signers} {references} {stamps}",
        hex::encode(message)
    ))
}

/// A compact token under the key of a certificate.
pub(crate) fn jws(token: &str, certificate: &[u8]) -> Reply {
    ask(&format!(
        "jws {} {}",
        hex::encode(token),
        hex::encode(certificate)
    ))
}

/// A PDF document.
pub(crate) fn pdf(file: &[u8], signatures: usize, stamps: usize) -> Reply {
    ask(&format!("pdf {} {signatures} {stamps}", hex::encode(file)))
}

/// An XML document; `identifiers` are the local names of attributes that identify.
pub(crate) fn xml(document: &str, signatures: usize, identifiers: &[&str]) -> Reply {
    let names: String = identifiers.iter().map(|name| format!(" {name}")).collect();
    ask(&format!(
        "xml {} {signatures}{names}",
        hex::encode(document)
    ))
}

fn ask(question: &str) -> Reply {
    static JUDGE: OnceLock<Mutex<Peer>> = OnceLock::new();
    let start = || {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drivers");
        let peer = FORMATS.start(&folder);
        Mutex::new(peer.unwrap_or_else(|error| panic!("{error}")))
    };
    let judge = JUDGE.get_or_init(start).lock();
    // Questions and answers stay in step: whoever panics does so between them.
    let mut judge = judge.unwrap_or_else(PoisonError::into_inner);
    let reply = judge.ask_line(question);
    drop(judge);
    reply.unwrap_or_else(|error| panic!("{error}"))
}

/// What is no question, what is no message, and what is another number of signatures than there are.
#[test]
fn the_judge_tells_bad_forms_from_signatures_that_do_not_hold() {
    let is_error = |reply: Reply, part: &str| match reply {
        Reply::Error(text) => assert!(text.contains(part), "{text}"),
        other => panic!("{other}"),
    };
    is_error(ask("what"), "malformed");
    is_error(xml("<a/>", 1, &[]), "0 signatures, not 1");
    is_error(xml("<a>", 0, &[]), "SAXParseException");
    is_error(pdf(b"%PDF-1.7", 0, 0), "leaves bytes out");
    is_error(jws("a.b", b"0"), "2 parts");
    let counts = Counts {
        signers: 1,
        references: 1,
        stamps: 0,
    };
    is_error(cms(&[0x30, 0x80, 0, 0], None, counts), "not DER");
}
