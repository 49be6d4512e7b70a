//! Digests of one content, for all signers of a message.

use std::cell::OnceCell;

use tamga_scheme::{DigestAlgorithm, Hasher};

use crate::{CheckError, Error, attributes, encode, signer_info::element_of};

/// So many bytes at the beginning of a content are looked at to see whether it may be signed without attributes.
const BEGINNING: usize = 64 * 1024;

/// A content with what its signers ask of it, each computed once: sixty signers of a large file cost one hash.
#[derive(Debug, Clone)]
pub struct ContentDigests<'a> {
    source: Source<'a>,
    computed: Vec<(DigestAlgorithm, Vec<u8>)>,
    fit_without_attributes: OnceCell<Result<(), CheckError>>,
}

#[derive(Debug, Clone)]
enum Source<'a> {
    /// In memory: every digest can still be computed.
    Held(&'a [u8]),
    /// Gone by: only what was asked for is known.
    Streamed { beginning: Vec<u8>, length: u64 },
    /// Never seen: one digest was given.
    Unseen,
}

impl<'a> ContentDigests<'a> {
    /// Nothing is computed yet.
    pub fn new(content: &'a [u8]) -> Self {
        Self {
            source: Source::Held(content),
            computed: Vec::new(),
            fit_without_attributes: OnceCell::new(),
        }
    }

    /// A content of which somebody else computed one digest; it is as long as the algorithm's, in transmission order.
    ///
    /// # Errors
    /// [`Error::DigestLength`] for another length.
    pub fn known(algorithm: DigestAlgorithm, digest: &[u8]) -> Result<Self, Error> {
        let (expected, actual) = (algorithm.output_len(), digest.len());
        if actual != expected {
            return Err(Error::DigestLength { expected, actual });
        }
        Ok(Self {
            source: Source::Unseen,
            computed: vec![(algorithm, digest.to_vec())],
            fit_without_attributes: OnceCell::new(),
        })
    }

    /// The digest, in transmission order; `None` if the content went by without it being asked for.
    pub fn digest(&mut self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        let known = self.computed.iter().position(|(one, _)| *one == algorithm);
        let index = match (known, &self.source) {
            (Some(index), _) => index,
            (None, Source::Held(content)) => {
                self.computed.push((algorithm, algorithm.digest(content)));
                self.computed.len() - 1
            }
            (None, Source::Streamed { .. } | Source::Unseen) => return None,
        };
        Some(&self.computed[index].1)
    }

    /// Length of the content in bytes; `None` if only a digest is known.
    pub fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Held(content) => Some(content.len() as u64),
            Source::Streamed { length, .. } => Some(*length),
            Source::Unseen => None,
        }
    }

    /// True if this may be the content `bytes`: the same bytes, or their length and digests.
    pub(crate) fn fits(&self, bytes: &[u8]) -> bool {
        if let Source::Held(content) = self.source {
            return content == bytes;
        }
        self.length()
            .is_none_or(|length| length == bytes.len() as u64)
            && self
                .computed
                .iter()
                .all(|(algorithm, digest)| algorithm.digest(bytes) == *digest)
    }

    /// Refuses content whose octets somebody may have signed as something else.
    ///
    /// RFC 5652 leaves attributes optional, so what a signature of another form covers, offered as content of a message
    /// without attributes, would verify: the signed attributes of a CMS, the SignedInfo of an XML signature.
    /// What cannot be decided from the first 64 KiB is refused.
    pub(crate) fn check_without_attributes(&self) -> Result<(), CheckError> {
        self.fit_without_attributes
            .get_or_init(|| {
                let (beginning, length) = match &self.source {
                    Source::Held(content) => (
                        &content[..content.len().min(BEGINNING)],
                        content.len() as u64,
                    ),
                    Source::Streamed { beginning, length } => (beginning.as_slice(), *length),
                    Source::Unseen => return Err(CheckError::ContentNotSeen),
                };
                if may_be_signed_attributes(beginning, length) {
                    Err(CheckError::ContentIsAttributes)
                } else if may_be_signed_info(beginning, length) {
                    Err(CheckError::ContentIsSignedInfo)
                } else {
                    Ok(())
                }
            })
            .clone()
    }
}

/// Takes a content piece by piece and computes all digests asked for in one pass; holds 64 KiB of it at most.
#[derive(Clone)]
pub struct ContentDigester {
    hashers: Vec<(DigestAlgorithm, Hasher)>,
    beginning: Vec<u8>,
    length: u64,
}

impl ContentDigester {
    /// Will compute these, each once.
    pub fn new(algorithms: impl IntoIterator<Item = DigestAlgorithm>) -> Self {
        let mut hashers: Vec<(DigestAlgorithm, Hasher)> = Vec::new();
        for algorithm in algorithms {
            if hashers.iter().all(|(one, _)| *one != algorithm) {
                hashers.push((algorithm, algorithm.hasher()));
            }
        }
        Self {
            hashers,
            beginning: Vec::new(),
            length: 0,
        }
    }

    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        let missing = BEGINNING - self.beginning.len();
        self.beginning
            .extend_from_slice(&piece[..piece.len().min(missing)]);
        self.length += piece.len() as u64;
        for (_, hasher) in &mut self.hashers {
            hasher.update(piece);
        }
    }

    /// Bytes taken up to now.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What was computed, for [`crate::SignerInfo::check_digests`] and [`crate::Draft`].
    pub fn finish(self) -> ContentDigests<'static> {
        ContentDigests {
            source: Source::Streamed {
                beginning: self.beginning,
                length: self.length,
            },
            computed: self
                .hashers
                .into_iter()
                .map(|(algorithm, hasher)| (algorithm, hasher.finalize()))
                .collect(),
            fit_without_attributes: OnceCell::new(),
        }
    }
}

impl std::fmt::Debug for ContentDigester {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentDigester")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// True for DER of a SET OF Attribute with a messageDigest among them, and for a SET too long to be looked through.
fn may_be_signed_attributes(beginning: &[u8], length: u64) -> bool {
    // Far above any real set.
    const LIMIT: usize = 1024;
    if beginning.first() != Some(&encode::SET) {
        return false;
    }
    if beginning.len() as u64 != length {
        return encode::starts_with_header(beginning, encode::SET, length);
    }
    let Ok(set) = element_of(beginning) else {
        return false;
    };
    attributes::read(set.value, LIMIT).is_ok_and(|list| {
        list.iter()
            .any(|attribute| attribute.oid == crate::names::MESSAGE_DIGEST)
    })
}

/// True for an element `SignedInfo` with any prefix, what is signed is its canonical form, which begins with it; and
/// for an element whose name does not end.
fn may_be_signed_info(beginning: &[u8], length: u64) -> bool {
    let Some(rest) = beginning.strip_prefix(b"<") else {
        return false;
    };
    let ends = |byte: &u8| matches!(byte, b' ' | b'>');
    let name = match rest.iter().position(ends) {
        Some(end) => &rest[..end],
        None if beginning.len() as u64 != length => return true,
        None => rest,
    };
    name.rsplit(|byte| *byte == b':').next() == Some(b"SignedInfo".as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same answer from memory and from a stream.
    fn check(content: &[u8]) -> Result<(), CheckError> {
        let held = ContentDigests::new(content).check_without_attributes();
        let mut digester = ContentDigester::new([]);
        for piece in content.chunks(1000) {
            digester.update(piece);
        }
        assert_eq!(digester.finish().check_without_attributes(), held);
        held
    }

    #[test]
    fn a_signed_info_is_known_by_its_local_name() {
        let refused = Err(CheckError::ContentIsSignedInfo);
        assert_eq!(
            check(b"<ds:SignedInfo xmlns:ds=\"x\"></ds:SignedInfo>"),
            refused
        );
        assert_eq!(check(b"<SignedInfo></SignedInfo>"), refused);
        assert_eq!(check(b"<SignedInformation/>"), Ok(()));
        assert_eq!(check(b"<a>SignedInfo</a>"), Ok(()));
        assert_eq!(check(b" <SignedInfo>"), Ok(()));
        assert_eq!(check(b""), Ok(()));
    }

    #[test]
    fn what_the_beginning_does_not_decide_is_refused() {
        let name = [b"<".as_slice(), &vec![b'a'; BEGINNING]].concat();
        assert_eq!(check(&name), Err(CheckError::ContentIsSignedInfo));
        assert_eq!(check(&name[..BEGINNING]), Ok(()));
        let long_info = [b"<SignedInfo>".as_slice(), &vec![b' '; 2 * BEGINNING]].concat();
        assert_eq!(check(&long_info), Err(CheckError::ContentIsSignedInfo));

        let set = encode::element(encode::SET, &[&vec![0; BEGINNING]]);
        assert_eq!(check(&set), Err(CheckError::ContentIsAttributes));
        // The header speaks of another length: whatever it is, it is no SET as a whole.
        assert_eq!(check(&[set.as_slice(), &[0]].concat()), Ok(()));
        let short = encode::element(encode::SET, &[&[0; 100]]);
        assert_eq!(check(&short), Ok(()));
    }

    #[test]
    fn a_digest_is_that_of_its_algorithm_however_often_it_is_asked() {
        let mut digests = ContentDigests::new(b"abc");
        for algorithm in DigestAlgorithm::all().chain(DigestAlgorithm::all()) {
            assert_eq!(digests.digest(algorithm), Some(&*algorithm.digest(b"abc")));
        }
        assert_eq!(digests.computed.len(), DigestAlgorithm::all().count());
    }

    #[test]
    fn a_streamed_content_has_the_digests_asked_for_and_no_other() {
        let mut digester = ContentDigester::new([DigestAlgorithm::Sha256, DigestAlgorithm::Sha256]);
        digester.update(b"a");
        digester.update(b"bc");
        assert_eq!(digester.hashers.len(), 1);
        let mut digests = digester.finish();
        assert_eq!(digests.length(), Some(3));
        assert_eq!(
            digests.digest(DigestAlgorithm::Sha256),
            Some(&*DigestAlgorithm::Sha256.digest(b"abc"))
        );
        assert_eq!(digests.digest(DigestAlgorithm::Streebog512), None);
    }
}
