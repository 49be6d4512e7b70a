//! Digests of one content, for all signers of a message.

use std::cell::OnceCell;

use tamga_scheme::DigestAlgorithm;

use crate::{CheckError, attributes, encode, signer_info::element_of};

/// A content with what its signers ask of it, each computed once: sixty signers of a large file cost one hash.
#[derive(Debug, Clone)]
pub struct ContentDigests<'a> {
    content: &'a [u8],
    computed: Vec<(DigestAlgorithm, Vec<u8>)>,
    fit_without_attributes: OnceCell<Result<(), CheckError>>,
}

impl<'a> ContentDigests<'a> {
    /// Nothing is computed yet.
    pub fn new(content: &'a [u8]) -> Self {
        Self {
            content,
            computed: Vec::new(),
            fit_without_attributes: OnceCell::new(),
        }
    }

    /// The digest, in transmission order.
    pub fn digest(&mut self, algorithm: DigestAlgorithm) -> &[u8] {
        let known = self.computed.iter().position(|(one, _)| *one == algorithm);
        let index = known.unwrap_or_else(|| {
            self.computed
                .push((algorithm, algorithm.digest(self.content)));
            self.computed.len() - 1
        });
        &self.computed[index].1
    }

    /// Refuses content whose octets somebody may have signed as something else.
    ///
    /// RFC 5652 leaves attributes optional, so what a signature of another form covers, offered as content of a message
    /// without attributes, would verify: the signed attributes of a CMS, the SignedInfo of an XML signature.
    pub(crate) fn check_without_attributes(&self) -> Result<(), CheckError> {
        self.fit_without_attributes
            .get_or_init(|| {
                if reads_as_signed_attributes(self.content) {
                    Err(CheckError::ContentIsAttributes)
                } else if reads_as_signed_info(self.content) {
                    Err(CheckError::ContentIsSignedInfo)
                } else {
                    Ok(())
                }
            })
            .clone()
    }
}

/// True for DER of a SET OF Attribute with a messageDigest among them.
fn reads_as_signed_attributes(content: &[u8]) -> bool {
    // Far above any real set; the content itself may be large.
    const LIMIT: usize = 1024;
    if content.first() != Some(&encode::SET) {
        return false;
    }
    let Ok(set) = element_of(content) else {
        return false;
    };
    attributes::read(set.value, LIMIT).is_ok_and(|list| {
        list.iter()
            .any(|attribute| attribute.oid() == crate::names::MESSAGE_DIGEST)
    })
}

/// True for an element `SignedInfo` with any prefix; what is signed is its canonical form, which begins with it.
fn reads_as_signed_info(content: &[u8]) -> bool {
    let Some(rest) = content.strip_prefix(b"<") else {
        return false;
    };
    let ends = |byte: &u8| matches!(byte, b' ' | b'>');
    let name = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    name.rsplit(|byte| *byte == b':').next() == Some(b"SignedInfo".as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_info_is_known_by_its_local_name() {
        let check = |content: &[u8]| ContentDigests::new(content).check_without_attributes();
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
    fn a_digest_is_that_of_its_algorithm_however_often_it_is_asked() {
        let mut digests = ContentDigests::new(b"abc");
        for algorithm in DigestAlgorithm::all().chain(DigestAlgorithm::all()) {
            assert_eq!(digests.digest(algorithm), algorithm.digest(b"abc"));
        }
        assert_eq!(digests.computed.len(), DigestAlgorithm::all().count());
    }
}
