//! GOST private keys: PKCS#8 forms, making keys, signing.

use der::{
    Decode, Encode, Sequence,
    asn1::{OctetStringRef, UintRef},
};
use pkcs8::{PrivateKeyInfo, PrivateKeyInfoRef};
use spki::AlgorithmIdentifier;
use tamga_gost3410::{self as gost3410, CryptoProA, SecretKey};
use zeroize::Zeroizing;

use crate::{
    KeyError, Random, RandomError, SignError,
    public_key::{GostParameters, NationalCurve, check_tumar_parameters},
};

/// Candidates out of range mean a broken generator long before this many: each is so with a
/// probability of one half at most, that of tc26-256-A, and below 2^-127 on the other curves.
const CANDIDATES: usize = 128;

/// INTEGER, big-endian; longer than 32 bytes only by DER's leading zero.
pub(super) fn parse_2004(info: &PrivateKeyInfoRef<'_>) -> Result<SecretKey<CryptoProA>, KeyError> {
    GostParameters::check::<CryptoProA>(&info.algorithm)?;
    let number = UintRef::from_der(info.private_key.as_bytes()).map_err(|_| KeyError::Malformed)?;
    from_big_endian(number.as_bytes())
}

/// OCTET STRING, 32 or 64 bytes little-endian.
pub(super) fn parse_2015<C: NationalCurve>(
    info: &PrivateKeyInfoRef<'_>,
) -> Result<SecretKey<C>, KeyError> {
    GostParameters::check::<C>(&info.algorithm)?;
    let scalar = <&OctetStringRef>::from_der(info.private_key.as_bytes())
        .map_err(|_| KeyError::Malformed)?;
    Ok(SecretKey::from_le_bytes_reduced(scalar.as_bytes())?)
}

/// Tumar's container:
///
/// ```text
/// SEQUENCE { version INTEGER (1), scalar OCTET STRING (SIZE(32)) }
/// ```
#[derive(Sequence)]
struct TumarPrivateKey<'a> {
    version: u8,
    scalar: &'a OctetStringRef,
}

/// SEQUENCE { INTEGER 1, OCTET STRING, 32 bytes big-endian }.
pub(super) fn parse_tumar(info: &PrivateKeyInfoRef<'_>) -> Result<SecretKey<CryptoProA>, KeyError> {
    check_tumar_parameters(&info.algorithm)?;
    let key =
        TumarPrivateKey::from_der(info.private_key.as_bytes()).map_err(|_| KeyError::Malformed)?;
    if key.version != 1 || key.scalar.as_bytes().len() != 32 {
        return Err(KeyError::Malformed);
    }
    from_big_endian(key.scalar.as_bytes())
}

/// The form read by [`parse_2004`].
pub(super) fn encode_2004(secret: &SecretKey<CryptoProA>) -> Zeroizing<Vec<u8>> {
    let mut scalar = secret.to_le_bytes();
    scalar.reverse();
    let number = UintRef::new(&scalar).and_then(|number| number.to_der());
    write::<CryptoProA>(number)
}

/// The form read by [`parse_2015`].
pub(super) fn encode_2015<C: NationalCurve>(secret: &SecretKey<C>) -> Zeroizing<Vec<u8>> {
    let scalar = secret.to_le_bytes();
    let octets = OctetStringRef::new(&scalar).and_then(|octets| octets.to_der());
    write::<C>(octets)
}

/// A key from rejection sampling (FIPS 186-5 appendix A.2.2): the scalar is uniform.
pub(super) fn generate<C: NationalCurve>(random: &dyn Random) -> Result<SecretKey<C>, RandomError> {
    let mut candidate = Zeroizing::new(vec![0; C::BYTES]);
    for _ in 0..CANDIDATES {
        random.fill(&mut candidate)?;
        candidate[C::BYTES - 1] &= C::TOP_BITS;
        if let Ok(key) = SecretKey::from_le_bytes(&candidate) {
            return Ok(key);
        }
    }
    Err(RandomError)
}

/// Signs with a nonce hedged by 32 fresh bytes; the signature was computed twice, not verified.
pub(super) fn sign<C: NationalCurve>(
    secret: &SecretKey<C>,
    digest: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, SignError> {
    let mut entropy = Zeroizing::new([0; 32]);
    random.fill(entropy.as_mut())?;
    gost3410::sign_prehashed(secret, digest, &entropy).map_err(|error| match error {
        gost3410::Error::DigestLength { expected, actual } => {
            SignError::DigestLength { expected, actual }
        }
        gost3410::Error::Fault => SignError::Fault,
        _ => SignError::Key,
    })
}

/// A number of at most 32 bytes, reduced modulo q.
fn from_big_endian(bytes: &[u8]) -> Result<SecretKey<CryptoProA>, KeyError> {
    let mut scalar = Zeroizing::new([0; 32]);
    let start = scalar
        .len()
        .checked_sub(bytes.len())
        .ok_or(KeyError::Invalid)?;
    scalar[start..].copy_from_slice(bytes);
    scalar.reverse();
    Ok(SecretKey::from_le_bytes_reduced(scalar.as_slice())?)
}

/// PrivateKeyInfo version 0 around an encoded private key.
fn write<C: NationalCurve>(private_key: der::Result<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    let encode = || {
        let private_key = Zeroizing::new(private_key?);
        let algorithm: AlgorithmIdentifier<GostParameters> = GostParameters::algorithm::<C>();
        let info = PrivateKeyInfo::<_, _, der::asn1::BitString>::new(
            algorithm,
            OctetStringRef::new(&private_key)?,
        );
        info.to_der()
    };
    Zeroizing::new(encode().expect("a scalar of at most 66 bytes always encodes"))
}
