//! GOST public keys: the national encoding and Tumar's.

use const_oid::ObjectIdentifier;
use der::{
    Decode, Encode, Sequence,
    asn1::{BitStringRef, Null, OctetStringRef},
};
use spki::{
    AlgorithmIdentifier, AlgorithmIdentifierRef, SubjectPublicKeyInfo, SubjectPublicKeyInfoRef,
};
use tamga_gost3410::{CryptoProA, Curve, PublicKey, Tc26A256, Tc26A512};

use super::{KeyError, Numbers, key_bytes};
use crate::{KeyKind, SignatureScheme};

/// Tumar's name for a GOST-2004 key (enterprise 6801, GAMMA).
pub(crate) const TUMAR_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.6801.1.5.8");

/// What stands before x ‖ y in Tumar's BIT STRING, measured: type 6 and version 2, 0xAA3A, "EC1",
/// 512 bits; little-endian.
const TUMAR_HEADER: [u8; 16] = *b"\x06\x02\x00\x00\x3a\xaa\x00\x00\x00EC1\x00\x02\x00\x00";

/// A curve with the identifiers its keys carry.
pub(crate) trait NationalCurve: Curve {
    /// The kind of key.
    const KIND: KeyKind;
    /// The parameter set in the key's AlgorithmIdentifier.
    const PARAMETER_SET: ObjectIdentifier;
    /// What stands beside it: the S-box of the digest for GOST-2004, the digest itself for
    /// GOST-2015.
    const DIGEST_PARAMETER: ObjectIdentifier;

    /// The bits of a scalar's most significant byte that q has.
    const TOP_BITS: u8;

    /// The key among the others.
    fn numbers(key: PublicKey<Self>) -> Numbers;
}

impl NationalCurve for CryptoProA {
    const KIND: KeyKind = KeyKind::Gost2004;
    const PARAMETER_SET: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.1.1.1");
    const DIGEST_PARAMETER: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.1.1.0");
    const TOP_BITS: u8 = 0xFF;

    fn numbers(key: PublicKey<Self>) -> Numbers {
        Numbers::Gost2004(key)
    }
}

impl NationalCurve for Tc26A256 {
    const KIND: KeyKind = KeyKind::Gost2015With256;
    const PARAMETER_SET: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.1.1");
    const DIGEST_PARAMETER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.2");
    // q is a little more than 2^254.
    const TOP_BITS: u8 = 0x7F;

    fn numbers(key: PublicKey<Self>) -> Numbers {
        Numbers::Gost2015With256(key)
    }
}

impl NationalCurve for Tc26A512 {
    const KIND: KeyKind = KeyKind::Gost2015With512;
    const PARAMETER_SET: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.2.1");
    const DIGEST_PARAMETER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.3");
    const TOP_BITS: u8 = 0xFF;

    fn numbers(key: PublicKey<Self>) -> Numbers {
        Numbers::Gost2015With512(key)
    }
}

/// Parameters of a GOST key, the form of RFC 4491 section 2.3.1 and RFC 9215 section 4.2:
///
/// ```text
/// SEQUENCE { publicKeyParamSet OBJECT IDENTIFIER, digestParamSet OBJECT IDENTIFIER }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Sequence)]
pub(crate) struct GostParameters {
    parameter_set: ObjectIdentifier,
    digest_parameter: ObjectIdentifier,
}

impl GostParameters {
    /// AlgorithmIdentifier of a key on this curve, in SubjectPublicKeyInfo and PKCS#8.
    pub(crate) fn algorithm<C: NationalCurve>() -> AlgorithmIdentifier<Self> {
        AlgorithmIdentifier {
            oid: SignatureScheme::for_key(C::KIND).key_oid(),
            parameters: Some(Self {
                parameter_set: C::PARAMETER_SET,
                digest_parameter: C::DIGEST_PARAMETER,
            }),
        }
    }

    /// Checks the parameters of a key that claims to be on this curve; both identifiers must be
    /// there.
    pub(crate) fn check<C: NationalCurve>(
        algorithm: &AlgorithmIdentifierRef<'_>,
    ) -> Result<(), KeyError> {
        let parameters = algorithm.parameters.ok_or(KeyError::Malformed)?;
        let parameters: Self = parameters.decode_as().map_err(|_| KeyError::Malformed)?;
        for (found, expected) in [
            (parameters.parameter_set, C::PARAMETER_SET),
            (parameters.digest_parameter, C::DIGEST_PARAMETER),
        ] {
            if found != expected {
                return Err(KeyError::Unsupported(found));
            }
        }
        Ok(())
    }
}

/// BIT STRING { OCTET STRING { x ‖ y } }.
pub(super) fn parse<C: NationalCurve>(
    spki: &SubjectPublicKeyInfoRef<'_>,
) -> Result<PublicKey<C>, KeyError> {
    GostParameters::check::<C>(&spki.algorithm)?;
    let point = <&OctetStringRef>::from_der(key_bytes(spki)?).map_err(|_| KeyError::Malformed)?;
    Ok(PublicKey::from_le_xy(point.as_bytes())?)
}

/// The form read by [`parse`].
pub(super) fn encode<C: NationalCurve>(key: &PublicKey<C>) -> Vec<u8> {
    let point = OctetStringRef::new(&key.to_le_xy())
        .and_then(|octets| octets.to_der())
        .expect("at most 128 bytes always encode");
    write(GostParameters::algorithm::<C>(), &point)
}

/// AlgorithmIdentifier with NULL; BIT STRING { header ‖ x ‖ y }.
pub(super) fn parse_tumar(
    spki: &SubjectPublicKeyInfoRef<'_>,
) -> Result<PublicKey<CryptoProA>, KeyError> {
    check_tumar_parameters(&spki.algorithm)?;
    let point = key_bytes(spki)?
        .strip_prefix(&TUMAR_HEADER)
        .ok_or(KeyError::Malformed)?;
    Ok(PublicKey::from_le_xy(point)?)
}

/// The form read by [`parse_tumar`].
pub(super) fn encode_tumar(key: &PublicKey<CryptoProA>) -> Vec<u8> {
    let blob = [TUMAR_HEADER.as_slice(), &key.to_le_xy()].concat();
    write(
        AlgorithmIdentifier {
            oid: TUMAR_KEY,
            parameters: Some(Null),
        },
        &blob,
    )
}

/// Tumar's AlgorithmIdentifier carries NULL.
pub(crate) fn check_tumar_parameters(
    algorithm: &AlgorithmIdentifierRef<'_>,
) -> Result<(), KeyError> {
    match algorithm.parameters {
        Some(parameters) if parameters.is_null() => Ok(()),
        _ => Err(KeyError::Malformed),
    }
}

fn write<P>(algorithm: AlgorithmIdentifier<P>, key: &[u8]) -> Vec<u8>
where
    P: for<'a> der::Choice<'a, Error = der::Error> + Encode,
{
    BitStringRef::from_bytes(key)
        .and_then(|subject_public_key| {
            SubjectPublicKeyInfo {
                algorithm,
                subject_public_key,
            }
            .to_der()
        })
        .expect("a key of at most 131 bytes with fixed parameters always encodes")
}
