//! Decryption with a password: the schemes of RFC 7292 appendix C, and PBES2 of RFC 8018.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit};
use const_oid::ObjectIdentifier;
use des::{TdesEde2, TdesEde3};
use pkcs5::pbes2;
use rc2::Rc2;
use spki::AlgorithmIdentifierRef;
use tamga_token_api::{Password, TokenError};
use zeroize::Zeroizing;

use super::budget::IterationBudget;
use super::kdf::{Derivations, Purpose, Wish};
use super::structures::PbeParams;
use super::{damaged, oid, unsupported};

/// A password in the two forms decryption wants.
#[derive(Clone, Copy)]
pub(super) struct Passwords<'a> {
    /// For PBES2: UTF-8.
    pub(super) utf8: &'a Password,
    /// For everything of PKCS#12's own.
    pub(super) derivations: &'a Derivations<'a>,
}

/// Why nothing was decrypted.
pub(super) enum DecryptError {
    /// The padding does not fit: another password, or changed bytes.
    Padding,
    /// Independent of the password.
    Token(TokenError),
}

impl From<TokenError> for DecryptError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

/// Decrypts `encrypted` as `algorithm` says.
pub(super) fn decrypt(
    algorithm: &AlgorithmIdentifierRef<'_>,
    encrypted: &[u8],
    passwords: Passwords<'_>,
    budget: &mut IterationBudget,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    match algorithm.oid {
        oid::PBES2 => decrypt_pbes2(algorithm, encrypted, passwords.utf8, budget),
        other => {
            let cipher =
                Pbe::from_oid(other).ok_or_else(|| unsupported(format!("encryption {other}")))?;
            let params =
                pbe_params(algorithm).ok_or_else(|| damaged("parameters of the encryption"))?;
            let iterations = budget.spend(params.iterations)?;
            let [key, iv] = cipher
                .wishes(params.salt.as_bytes(), iterations)
                .map(|wish| passwords.derivations.derive(wish));
            cipher.decrypt(encrypted, &key, &iv)
        }
    }
}

/// What decryption by `algorithm` will derive, if that is `iterations` long; nothing for other schemes than PKCS#12's
/// own, and for what will be refused.
pub(super) fn foreseeable(algorithm: &AlgorithmIdentifierRef<'_>, iterations: u32) -> Vec<Wish> {
    match (Pbe::from_oid(algorithm.oid), pbe_params(algorithm)) {
        (Some(cipher), Some(params)) if params.iterations == u64::from(iterations) => {
            cipher.wishes(params.salt.as_bytes(), iterations).into()
        }
        _ => Vec::new(),
    }
}

fn pbe_params<'a>(algorithm: &AlgorithmIdentifierRef<'a>) -> Option<PbeParams<'a>> {
    algorithm.parameters?.decode_as().ok()
}

/// The schemes of RFC 7292 appendix C that are no stream ciphers.
#[derive(Clone, Copy)]
enum Pbe {
    /// pbeWithSHAAnd2-KeyTripleDES-CBC.
    TwoKey3Des,
    /// pbeWithSHAAnd3-KeyTripleDES-CBC.
    ThreeKey3Des,
    /// pbeWithSHAAnd128BitRC2-CBC.
    Rc2With128Bits,
    /// pbewithSHAAnd40BitRC2-CBC.
    Rc2With40Bits,
}

impl Pbe {
    fn from_oid(algorithm: ObjectIdentifier) -> Option<Self> {
        match algorithm {
            oid::PBE_3DES_2_KEYS => Some(Self::TwoKey3Des),
            oid::PBE_3DES_3_KEYS => Some(Self::ThreeKey3Des),
            oid::PBE_RC2_128 => Some(Self::Rc2With128Bits),
            oid::PBE_RC2_40 => Some(Self::Rc2With40Bits),
            _ => None,
        }
    }

    /// Length of the key in bytes.
    fn key_len(self) -> usize {
        match self {
            Self::ThreeKey3Des => 24,
            Self::TwoKey3Des | Self::Rc2With128Bits => 16,
            Self::Rc2With40Bits => 5,
        }
    }

    /// Key and initialisation vector.
    fn wishes(self, salt: &[u8], iterations: u32) -> [Wish; 2] {
        /// DES and RC2 have blocks of 64 bits.
        const BLOCK: usize = 8;
        [(Purpose::Key, self.key_len()), (Purpose::Vector, BLOCK)].map(|(purpose, length)| Wish {
            salt: salt.to_vec(),
            purpose,
            iterations,
            length,
        })
    }

    fn decrypt(
        self,
        encrypted: &[u8],
        key: &[u8],
        iv: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        const LENGTH: &str = "the key was derived with the cipher's length";
        match self {
            Self::ThreeKey3Des => {
                decrypt_cbc(TdesEde3::new_from_slice(key).expect(LENGTH), iv, encrypted)
            }
            Self::TwoKey3Des => {
                decrypt_cbc(TdesEde2::new_from_slice(key).expect(LENGTH), iv, encrypted)
            }
            Self::Rc2With128Bits => decrypt_cbc(Rc2::new_with_eff_key_len(key, 128), iv, encrypted),
            Self::Rc2With40Bits => decrypt_cbc(Rc2::new_with_eff_key_len(key, 40), iv, encrypted),
        }
    }
}

fn decrypt_cbc<C: BlockCipherDecrypt>(
    cipher: C,
    iv: &[u8],
    encrypted: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut buffer = Zeroizing::new(encrypted.to_vec());
    let decrypted = cbc::Decryptor::inner_iv_slice_init(cipher, iv)
        .expect("the vector was derived with the cipher's block length")
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .map_err(|_| DecryptError::Padding)?
        .len();
    buffer.truncate(decrypted);
    Ok(buffer)
}

fn decrypt_pbes2(
    algorithm: &AlgorithmIdentifierRef<'_>,
    encrypted: &[u8],
    password: &Password,
    budget: &mut IterationBudget,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let parameters = algorithm
        .parameters
        .ok_or_else(|| damaged("parameters of PBES2"))?;
    let parameters =
        pbes2::Parameters::try_from(parameters).map_err(|error| match error.kind() {
            der::ErrorKind::OidUnknown { oid } => unsupported(format!("PBES2 with {oid}")),
            _ => damaged("parameters of PBES2"),
        })?;
    let kdf = parameters
        .kdf
        .pbkdf2()
        .ok_or_else(|| unsupported(format!("key derivation {}", parameters.kdf.oid())))?;
    use pbes2::EncryptionScheme as Cipher;
    match parameters.encryption {
        Cipher::Aes128Cbc { .. }
        | Cipher::Aes192Cbc { .. }
        | Cipher::Aes256Cbc { .. }
        | Cipher::DesEde3Cbc { .. } => {}
        other => return Err(unsupported(format!("PBES2 with {}", other.oid())).into()),
    }
    budget.spend(kdf.iteration_count.into())?;
    let mut buffer = Zeroizing::new(encrypted.to_vec());
    let decrypted = parameters
        .decrypt_in_place(password.expose(), &mut buffer)
        .map_err(|error| match error {
            pkcs5::Error::DecryptFailed => DecryptError::Padding,
            _ => damaged("parameters of PBES2").into(),
        })?
        .len();
    buffer.truncate(decrypted);
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use der::asn1::{AnyRef, OctetStringRef};
    use der::{Decode, Encode};

    use super::*;
    use crate::pkcs12::kdf::BmpPassword;

    #[track_caller]
    fn check(algorithm: ObjectIdentifier, parameters: &[u8], expected: TokenError) {
        let parameters = Some(AnyRef::from_der(parameters).unwrap());
        let algorithm = AlgorithmIdentifierRef {
            oid: algorithm,
            parameters,
        };
        let password = Password::new("1".into());
        let bmp = BmpPassword::new(&password);
        let passwords = Passwords {
            utf8: &password,
            derivations: &Derivations::foresee(&bmp, Vec::new()),
        };
        let budget = &mut IterationBudget::new();
        let outcome = decrypt(&algorithm, &[0; 16], passwords, budget);
        assert!(matches!(outcome, Err(DecryptError::Token(error)) if error == expected));
    }

    #[test]
    fn encryptions_that_ask_for_too_much_work_are_refused() {
        let over = || unsupported("key derivation with more than 10000000 iterations");
        let salt = OctetStringRef::new(&[0; 8]).unwrap();
        for iterations in [10_000_001, u64::MAX] {
            let parameters = PbeParams { salt, iterations }.to_der().unwrap();
            check(oid::PBE_3DES_3_KEYS, &parameters, over());
            check(oid::PBE_RC2_40, &parameters, over());
        }
        let pbes2 =
            pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(10_000_001, &[0; 16], [0; 16]);
        check(oid::PBES2, &pbes2.unwrap().to_der().unwrap(), over());
    }

    #[test]
    fn unknown_parts_of_pbes2_are_named() {
        // scrypt may ask for any amount of memory; no key file uses it.
        let scrypt = hex::decode(concat!(
            "3042302106092b06010401da47040b30140408000000000000000002020400020108020101",
            "301d060960864801650304012a041000000000000000000000000000000000"
        ))
        .unwrap();
        check(
            oid::PBES2,
            &scrypt,
            unsupported("key derivation 1.3.6.1.4.1.11591.4.11"),
        );
        // GOST 28147-89 instead of AES.
        let mut pbes2 = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[0; 16], [0; 16])
            .unwrap()
            .to_der()
            .unwrap();
        let aes = pbes2::AES_256_CBC_OID.as_bytes();
        let at = pbes2
            .windows(aes.len())
            .position(|window| window == aes)
            .unwrap();
        pbes2[at + aes.len() - 1] = 0x63;
        check(
            oid::PBES2,
            &pbes2,
            unsupported("PBES2 with 2.16.840.1.101.3.4.1.99"),
        );
        check(oid::PBES2, &[0x30, 0x00], damaged("parameters of PBES2"));
        check(
            oid::PBE_RC2_40,
            &[0x30, 0x00],
            damaged("parameters of the encryption"),
        );
    }
}
