//! RSA private keys: RFC 8017 appendix A.1.2, making keys, signing.

use der::Decode;
use pkcs8::PrivateKeyInfoRef;
use rsa::{
    Pkcs1v15Sign, RsaPrivateKey, pkcs1::RsaPrivateKeyRef, pkcs8::EncodePrivateKey,
    traits::SignatureScheme as _,
};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    KeyError, Random, RandomError, SignError,
    public_key::check_sizes,
    random::{HmacDrbg, PortRng},
};

/// Size of keys we make; what end entities of the NCA have.
const NEW_KEY_BITS: usize = 2048;

/// RSAPrivateKey with two primes; n = p*q and e*d = 1 are checked, CRT numbers are computed anew.
pub(super) fn parse(info: &PrivateKeyInfoRef<'_>) -> Result<RsaPrivateKey, KeyError> {
    match info.algorithm.parameters {
        Some(parameters) if parameters.is_null() => {}
        _ => return Err(KeyError::Malformed),
    }
    let numbers =
        RsaPrivateKeyRef::from_der(info.private_key.as_bytes()).map_err(|_| KeyError::Malformed)?;
    check_sizes(&numbers.modulus, &numbers.public_exponent)?;
    let longest = numbers.modulus.as_bytes().len();
    let secrets = [&numbers.private_exponent, &numbers.prime1, &numbers.prime2];
    if secrets
        .iter()
        .any(|number| number.as_bytes().len() > longest)
    {
        return Err(KeyError::Invalid);
    }
    let key = RsaPrivateKey::try_from(numbers).map_err(|_| KeyError::Invalid)?;
    // p = q has no coefficient, and could not be written again.
    if key.crt_coefficient().is_none() {
        return Err(KeyError::Invalid);
    }
    Ok(key)
}

/// The form read by [`parse`].
pub(super) fn encode(key: &RsaPrivateKey) -> Zeroizing<Vec<u8>> {
    key.to_pkcs8_der()
        .expect("two primes with a coefficient: checked when the key was read or made")
        .to_bytes()
}

/// A new key, e = 65537.
///
/// The prime search wants a generator that cannot fail, so the port seeds one.
pub(super) fn generate(random: &dyn Random) -> Result<RsaPrivateKey, RandomError> {
    let mut seed = Zeroizing::new([0; HmacDrbg::SEED_BYTES]);
    random.fill(seed.as_mut())?;
    // The size is valid, so only numbers that do not fit together can be refused: not with random
    // primes.
    RsaPrivateKey::new(&mut HmacDrbg::new(&seed), NEW_KEY_BITS).map_err(|_| RandomError)
}

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2.1), blinded, verified before release.
pub(super) fn sign(
    key: &RsaPrivateKey,
    digest: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, SignError> {
    let padding = Pkcs1v15Sign::new::<Sha256>;
    let signature = padding()
        .sign(Some(&mut PortRng(random)), key, digest)
        .map_err(|error| match error {
            rsa::Error::Rng => SignError::Random(RandomError),
            // The arithmetic checks itself; a disagreement is a fault as well.
            _ => SignError::Fault,
        })?;
    match key.as_public_key().verify(padding(), digest, &signature) {
        Ok(()) => Ok(signature),
        Err(_) => Err(SignError::Fault),
    }
}
