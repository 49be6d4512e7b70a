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

    /// Takes over digests that were not known yet; both must be of the same content.
    pub(crate) fn join(&mut self, other: Self) {
        for (algorithm, digest) in other.computed {
            if self.computed.iter().all(|(known, _)| *known != algorithm) {
                self.computed.push((algorithm, digest));
            }
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
    /// without attributes, would verify: the signed attributes of a CMS, the SignedInfo of an XML signature, header and payload
    /// of a JWS.
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
                } else if may_be_token(beginning, length) {
                    Err(CheckError::ContentIsToken)
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

/// True for whatever begins as a SET that is the whole content, unless it can be read to the end and has no messageDigest.
///
/// Attributes that we cannot read are attributes to the software that signed them.
fn may_be_signed_attributes(beginning: &[u8], length: u64) -> bool {
    // Far above any real set.
    const LIMIT: usize = 1024;
    if !encode::starts_with_header(beginning, encode::SET, length) {
        return false;
    }
    let whole = beginning.len() as u64 == length;
    let Some(set) = element_of(beginning).ok().filter(|_| whole) else {
        return true;
    };
    attributes::read(set.value, LIMIT).map_or(true, |list| {
        list.iter()
            .any(|attribute| attribute.oid == crate::names::MESSAGE_DIGEST)
    })
}

/// True for the signing input of a compact or JSON JWS (RFC 7515 section 5.1): base64url of an object, a point, and
/// base64url or anything else behind it, since an unencoded payload may follow (RFC 7797).
fn may_be_token(beginning: &[u8], length: u64) -> bool {
    // base64url of a brace, and of the four blanks that may stand before it.
    let Some(b'e' | b'I' | b'D' | b'C') = beginning.first() else {
        return false;
    };
    let header = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match beginning.iter().position(|byte| !header(byte)) {
        Some(end) => beginning[end] == b'.' && begins_an_object(&beginning[..end], false),
        None => beginning.len() as u64 != length && begins_an_object(beginning, true),
    }
}

/// Whether this is base64url of a JSON object with a member: a brace and a quotation mark, white space before each.
fn begins_an_object(header: &[u8], undecided: bool) -> bool {
    let value = |byte: u8| -> u32 {
        match byte {
            b'A'..=b'Z' => u32::from(byte - b'A'),
            b'a'..=b'z' => u32::from(byte - b'a') + 26,
            b'0'..=b'9' => u32::from(byte - b'0') + 52,
            b'-' => 62,
            _ => 63,
        }
    };
    let octets = header.chunks_exact(4).flat_map(|four| {
        let bits = four.iter().fold(0, |bits, &byte| bits << 6 | value(byte));
        [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
    });
    let mut marks = octets.filter(|octet| !matches!(octet, b' ' | b'\t' | b'\n' | b'\r'));
    match (marks.next(), marks.next()) {
        (Some(brace), Some(quote)) => brace == b'{' && quote == b'"',
        (Some(brace), None) => brace == b'{' && undecided,
        (None, _) => undecided,
    }
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
    use crate::names;

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
    }

    #[test]
    fn a_set_is_no_content_unless_it_is_known_to_hold_no_digest() {
        let refused = Err(CheckError::ContentIsAttributes);
        let set = |members: &[&[u8]]| encode::element(encode::SET, members);
        let attribute = |oid: &[u8], values: &[u8]| {
            let oid = encode::element(encode::OBJECT_IDENTIFIER, &[oid]);
            let values = encode::element(encode::SET, &[values]);
            encode::element(encode::SEQUENCE, &[&oid, &values])
        };
        let harmless = attribute(&[0x2a, 3, 4], &encode::NULL);
        assert_eq!(check(&set(&[&harmless])), Ok(()));
        let digest = attribute(names::MESSAGE_DIGEST.as_bytes(), &[0x04, 1, 7]);
        assert_eq!(check(&set(&[&harmless, &digest])), refused);
        // Not readable for us: an arc of 128 bits (2.25 and a UUID), no value, no attributes at all, another length form.
        let arc = [&[0x69, 0x83][..], &[0xff; 17], &[0x7f]].concat();
        let unknown = attribute(&arc, &encode::NULL);
        assert_eq!(check(&set(&[&unknown, &digest])), refused);
        let empty = attribute(&[0x2a, 3, 4], &[]);
        assert_eq!(check(&set(&[&empty, &digest])), refused);
        assert_eq!(check(&set(&[&[0; 100]])), refused);
        let many = set(&[&harmless.repeat(1025)]);
        assert_eq!(check(&many), refused);
        let mut long_form = set(&[&digest]);
        long_form.splice(1..2, [0x81, long_form[1]]);
        assert_eq!(check(&long_form), refused);
    }

    #[test]
    fn what_a_token_signs_is_no_content() {
        let refused = Err(CheckError::ContentIsToken);
        // {"alg":"GG2015"} and { "a":1}, with white space before the brace too.
        assert_eq!(check(b"eyJhbGciOiJHRzIwMTUifQ.eyJzdWIiOiIxIn0"), refused);
        assert_eq!(check(b"eyAiYSI6MX0.e30"), refused);
        assert_eq!(check(b"IHsiYSI6MX0.anything at all"), refused);
        assert_eq!(check(b"DQp7ImEiOjF9.e30"), refused);
        assert_eq!(check(&[b'e'; BEGINNING + 1]), Ok(()));
        let long = [b"eyJh".as_slice(), &vec![b'a'; BEGINNING]].concat();
        assert_eq!(check(&long), refused);
        for text in [
            "ey",
            "eyJhbGciOiJHRzIwMTUifQ",
            "example.com",
            "Ivan.Petrov",
            "e30",
            "word. word",
        ] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
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
