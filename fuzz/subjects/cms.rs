//! What is done with a CMS message: read from memory and in pieces, every signer checked, written again. Whatever the
//! bytes, it ends without a panic, and both ways of reading say the same.

use tamga_cms::{Draft, Error, Limits, SignedData, SignedDataReader, SignerInfo, StreamedMessage};
use tamga_scheme::DigestAlgorithm;

/// Lengths of the pieces in which a message arrives.
const PIECES: [usize; 3] = [1, 7, 512];

/// What stands for the content of a message that has none inside.
const DETACHED: &[u8] = b"content";

/// How much a message held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) certificates: usize,
    pub(crate) signers: usize,
    /// Signatures that hold under the first embedded certificate.
    pub(crate) hold: usize,
}

/// Reads a message every way there is.
///
/// # Errors
/// Why it cannot be read; the same whichever way.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    let limits = Limits::default();
    let whole = SignedData::parse(bytes, &limits);
    for size in PIECES {
        match (&whole, stream(bytes, size, &limits)) {
            (Ok(message), Ok((read, content))) => same(message, read, &content),
            (Err(error), Err(streamed)) => assert_eq!(*error, streamed, "in pieces of {size}"),
            (whole, streamed) => panic!("{whole:?}, in pieces of {size} {streamed:?}"),
        }
    }
    let message = whole?;
    written_again(&message, &limits);
    let hold = message.signers().iter();
    let hold = hold.filter(|signer| holds(&message, signer, &limits));
    Ok(Read {
        certificates: message.certificates().len(),
        signers: message.signers().len(),
        hold: hold.count(),
    })
}

fn stream(bytes: &[u8], size: usize, limits: &Limits) -> Result<(StreamedMessage, Vec<u8>), Error> {
    let mut reader = SignedDataReader::new(limits);
    let mut content = Vec::new();
    for piece in bytes.chunks(size) {
        reader.feed_to(piece, &mut |octets| content.extend_from_slice(octets))?;
    }
    Ok((reader.finish()?, content))
}

/// A message from memory and the same in pieces.
fn same(whole: &SignedData, read: StreamedMessage, content: &[u8]) {
    let StreamedMessage {
        message,
        content: digests,
        ..
    } = read;
    assert_eq!(message.is_der(), whole.is_der());
    assert_eq!(message.trailing_bytes(), whole.trailing_bytes());
    assert_eq!(message.content_type(), whole.content_type());
    assert_eq!(message.content_length(), whole.content_length());
    assert_eq!(message.certificates(), whole.certificates());
    assert_eq!(message.crls(), whole.crls());
    assert_eq!(message.ocsp_responses(), whole.ocsp_responses());
    let ders = |message: &SignedData| -> Vec<Vec<u8>> {
        let signers = message.signers().iter();
        signers.map(|signer| signer.der().to_vec()).collect()
    };
    assert_eq!(ders(&message), ders(whole));

    assert_eq!(message.content(), None);
    assert_eq!(digests.is_some(), whole.content().is_some());
    let Some(mut digests) = digests else {
        assert!(content.is_empty(), "a content that is not there");
        return;
    };
    assert_eq!(Some(content), whole.content());
    for algorithm in DigestAlgorithm::all() {
        if let Some(digest) = digests.digest(algorithm) {
            assert_eq!(digest, algorithm.digest(content));
        }
    }
    for signer in message.signers() {
        assert_eq!(
            signer.check_digests(&mut digests),
            signer.check_content(content)
        );
    }
    let written = Draft::of(whole).to_der().expect("a content in memory");
    let envelope = Draft::of(&message).to_envelope().expect("a content inside");
    assert_eq!([&envelope.head, content, &envelope.tail].concat(), written);
}

/// What is written of a message reads, and says the same.
fn written_again(message: &SignedData, limits: &Limits) {
    let der = Draft::of(message).to_der().expect("a content in memory");
    let again = SignedData::parse(&der, limits).expect("our own message");
    assert!(again.is_der());
    assert_eq!(again.trailing_bytes(), 0);
    assert_eq!(again.content_type(), message.content_type());
    assert_eq!(again.content(), message.content());
    // Sets are brought into their order, and whoever stands in them twice is one.
    let sorted = |message: &SignedData| {
        let mut certificates: Vec<_> = message
            .certificates()
            .iter()
            .map(|one| one.der().to_vec())
            .collect();
        let mut signers: Vec<_> = message
            .signers()
            .iter()
            .map(|one| one.der().to_vec())
            .collect();
        let mut lists: Vec<_> = message.crls().iter().map(|one| one.to_vec()).collect();
        for set in [&mut certificates, &mut signers, &mut lists] {
            set.sort();
            set.dedup();
        }
        [certificates, signers, lists]
    };
    assert_eq!(sorted(&again), sorted(message));
    assert_eq!(Draft::of(&again).to_der().as_ref(), Ok(&der));
}

/// Asks a signer everything; whether its signature holds under the first embedded certificate.
fn holds(message: &SignedData, signer: &SignerInfo, limits: &Limits) -> bool {
    let _ = (
        signer.identifier(),
        signer.digest_oid(),
        signer.claimed_signing_time(),
    );
    let _ = (
        signer.signed_attributes_are_der(),
        signer.has_certificate_reference(),
    );
    // Values of attributes may be anything; what is refused stays unread.
    let _ = signer.certificate_values(limits);
    let _ = signer.revocation_values(limits);
    assert_eq!(
        signer.has_timestamp(),
        signer.time_stamps().next().is_some()
    );
    assert_eq!(
        signer.signed_attributes().is_some(),
        signer.original_signed_attributes().is_some()
    );
    for attribute in signer.signed_attributes().unwrap_or_default() {
        assert!(!attribute.values().is_empty(), "{}", attribute.oid());
    }

    let content = message.content().unwrap_or(DETACHED);
    let Some(certificate) = message.certificates().first() else {
        return false;
    };
    let (Ok(bound), Ok(key)) = (signer.check_content(content), certificate.public_key()) else {
        return false;
    };
    let scheme = signer
        .scheme()
        .expect("a content is bound in a known scheme");
    assert_eq!(bound.digest(), scheme.digest().digest(content));
    // A digest alone is not enough where nothing but the content is signed.
    if signer.signed_attributes().is_some() {
        assert_eq!(signer.check_digest(bound.digest()).as_ref(), Ok(&bound));
    }
    signer.matches(certificate)
        && signer.check_ess(certificate).is_ok()
        && signer.check_signature(key, &bound).is_ok()
}
