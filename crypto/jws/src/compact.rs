//! The compact serialisation (RFC 7515 section 7.1): `header.payload.signature`.

use tamga_scheme::{
    Prepared, PublicKey, SignatureScheme, SignatureValid, SignatureValue, VerifyError, verify,
};

use crate::{Error, Header, Limits, NewHeader, base64url};

/// A compact token, read.
#[derive(Debug, Clone)]
pub struct Jws {
    header: Header,
    payload: Vec<u8>,
    /// `header.payload`, as it came.
    signing_input: String,
    value: SignatureValue,
}

impl Jws {
    /// Reads a token: three parts of base64url, each in its one form.
    ///
    /// # Errors
    /// Whatever makes it unusable; signatures and times are not looked at yet.
    pub fn parse(token: &str, limits: &Limits) -> Result<Self, Error> {
        if token.len() > limits.size {
            return Err(Error::TooLarge {
                what: "bytes",
                limit: limits.size,
            });
        }
        let parts: Vec<&str> = token.splitn(4, '.').collect();
        let [header, payload, value] = parts.as_slice() else {
            return Err(Error::Parts { found: parts.len() });
        };
        Ok(Self {
            header: Header::read(header, limits)?,
            payload: base64url::decode(payload, "payload")?,
            signing_input: token[..header.len() + ".".len() + payload.len()].to_owned(),
            value: SignatureValue::new(base64url::decode(value, "signature")?),
        })
    }

    /// The header, all of it signed.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload as it was signed; [`crate::Claims`] reads that of a JWT.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The bytes signed: `header.payload`.
    pub fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// Checks the signature under a key the caller has reason to trust.
    ///
    /// # Errors
    /// Also when `key` is of another kind than `alg` needs.
    pub fn check_signature(&self, key: &PublicKey) -> Result<SignatureValid, VerifyError> {
        verify(key, self.header.scheme(), self.signing_input(), &self.value)
    }
}

/// A compact token waiting for its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedJws {
    signing_input: String,
}

/// Prepares a compact token over `payload`.
///
/// The signature is written as the scheme gives it: `r ‖ s` little-endian for GOST, as in CMS and XML.
///
/// # Errors
/// [`Error::SchemeWithoutName`] for schemes without `alg`; [`Error::SchemeMismatch`] or [`Error::SignerKey`] when the
/// first certificate of the header does not belong to the scheme; [`Error::TooLarge`] for a chain above
/// [`Limits::default`].
pub fn prepare(
    payload: &[u8],
    header: &NewHeader<'_>,
    scheme: SignatureScheme,
) -> Result<PreparedJws, Error> {
    let (header, _) = header.encoded(scheme)?;
    let payload = base64url::encode(payload);
    Ok(PreparedJws {
        signing_input: format!("{header}.{payload}"),
    })
}

impl Prepared for PreparedJws {
    type Signed = String;

    fn to_sign(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    fn assemble(self, value: SignatureValue) -> String {
        let value = base64url::encode(value.as_bytes());
        [self.signing_input.as_str(), ".", &value].concat()
    }
}
