//! The form of everything an authority signs: a signed part, an algorithm, a signature (RFC 5280 section 4.1.1).

use std::ops::Range;

use der::{
    Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{AnyRef, BitStringRef, IntRef},
};
use x509_cert::spki::AlgorithmIdentifierRef;

/// The three parts of everything an authority signs: certificates and lists.
pub(crate) struct Envelope<'a> {
    /// DER of the signed part.
    pub(crate) tbs: &'a [u8],
    /// The AlgorithmIdentifier outside the signed part.
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    /// Octets of the signature.
    pub(crate) signature: &'a [u8],
    /// Where the signed part begins.
    tbs_offset: usize,
}

impl<'a> Envelope<'a> {
    pub(crate) fn from_der(der: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let envelope = reader.sequence(|reader| {
            let tbs_offset = usize::try_from(reader.position())?;
            let tbs = reader.tlv_bytes()?;
            let algorithm = AlgorithmIdentifierRef::decode(reader)?;
            let signature = BitStringRef::decode(reader)?;
            let signature = signature
                .as_bytes()
                .ok_or_else(|| Tag::BitString.value_error())?;
            Ok::<_, der::Error>(Self {
                tbs,
                algorithm,
                signature,
                tbs_offset,
            })
        })?;
        reader.finish()?;
        Ok(envelope)
    }

    /// Where the signed part lies in the bytes this was read from.
    pub(crate) fn tbs_range(&self, der: &[u8]) -> Range<usize> {
        debug_assert!(
            der.get(self.tbs_offset..)
                .is_some_and(|rest| rest.starts_with(self.tbs))
        );
        self.tbs_offset..self.tbs_offset + self.tbs.len()
    }
}

/// RFC 5280 sections 4.1.1.2 and 5.1.1.2: the unsigned copy of the algorithm must equal the signed one.
///
/// Absent parameters and NULL are the same here: lists of the NCA of 2026 have NULL outside and nothing inside.
pub(crate) fn same_algorithm(
    one: AlgorithmIdentifierRef<'_>,
    other: AlgorithmIdentifierRef<'_>,
) -> bool {
    let parameters = |algorithm: AlgorithmIdentifierRef<'_>| {
        algorithm
            .parameters
            .filter(|parameters| !parameters.is_null())
            .map(|any| (any.tag(), any.value().to_vec()))
    };
    one.oid == other.oid && parameters(one) == parameters(other)
}

/// Content octets of an INTEGER in their one DER form, so that equal numbers have equal octets.
pub(crate) fn integer_content<'a>(
    reader: &mut SliceReader<'a>,
    limit: usize,
) -> der::Result<&'a [u8]> {
    let any = AnyRef::decode(reader)?;
    // The typed decoder checks that the form is the shortest.
    any.decode_as::<IntRef<'_>>()?;
    if any.value().len() > limit {
        return Err(reader.error(Tag::Integer.length_error()));
    }
    Ok(any.value())
}
