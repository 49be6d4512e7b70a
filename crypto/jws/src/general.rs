//! The JSON serialisation (RFC 7515 section 7.2): one payload, several signatures.

use serde_json::{Map, Value};
use tamga_scheme::{
    Prepared, PublicKey, SignatureScheme, SignatureValid, SignatureValue, VerifyError, verify,
};

use crate::{Error, Header, Limits, NewHeader, base64url, json};

/// A payload with its signatures.
///
/// ```json
/// {"payload":"…","signatures":[{"protected":"…","signature":"…"}]}
/// ```
#[derive(Debug, Clone)]
pub struct JsonJws {
    payload: Vec<u8>,
    /// Whether the payload stays outside the document.
    detached: bool,
    signatures: Vec<JsonSignature>,
}

/// One of the signatures.
#[derive(Debug, Clone)]
pub struct JsonSignature {
    header: Header,
    /// The header as it came.
    protected: String,
    value: SignatureValue,
}

impl JsonSignature {
    /// The header, all of it signed.
    pub fn header(&self) -> &Header {
        &self.header
    }
}

impl JsonJws {
    /// A document without signatures yet, whose payload travels in it.
    pub fn attached(payload: impl Into<Vec<u8>>) -> Self {
        Self {
            payload: payload.into(),
            detached: false,
            signatures: Vec::new(),
        }
    }

    /// A document without signatures yet, whose payload stays outside (RFC 7515 appendix F).
    pub fn detached(payload: impl Into<Vec<u8>>) -> Self {
        Self {
            detached: true,
            ..Self::attached(payload)
        }
    }

    /// Reads a document of the general form, or of the flattened one with its single signature.
    ///
    /// `payload` is the payload of a document that has none in it. Members without meaning here are passed over.
    ///
    /// # Errors
    /// Whatever makes it unusable, no signatures and a payload given twice or not at all included; signatures are not
    /// checked yet.
    pub fn parse(text: &str, payload: Option<&[u8]>, limits: &Limits) -> Result<Self, Error> {
        if text.len() > limits.size {
            return Err(Error::TooLarge {
                what: "bytes",
                limit: limits.size,
            });
        }
        let document = json::object(text.as_bytes(), "document", limits)?;
        let (payload, detached) = match (json::text(&document, "payload")?, payload) {
            (Some(_), Some(_)) => return Err(Error::PayloadTwice),
            (None, None) => return Err(Error::PayloadMissing),
            (Some(text), None) => (base64url::decode(text, "payload")?, false),
            (None, Some(payload)) => (payload.to_vec(), true),
        };
        let mut read = Self {
            payload,
            detached,
            signatures: Vec::new(),
        };
        match document.get("signatures") {
            // Section 7.2.2: the flattened form has the members of its signature in the document itself.
            None if document.contains_key("signature") => read.read_signature(&document, limits)?,
            None => return Err(Error::NoSignatures),
            Some(signatures) => {
                let mixed = ["signature", "protected", "header"]
                    .into_iter()
                    .find(|&name| document.contains_key(name));
                if let Some(name) = mixed {
                    return Err(Error::Member {
                        name,
                        expected: "absent beside \"signatures\"",
                    });
                }
                let wrong = Error::Member {
                    name: "signatures",
                    expected: "an array of objects",
                };
                for signature in signatures.as_array().ok_or_else(|| wrong.clone())? {
                    let signature = signature.as_object().ok_or_else(|| wrong.clone())?;
                    read.read_signature(signature, limits)?;
                }
            }
        }
        if read.signatures.is_empty() {
            return Err(Error::NoSignatures);
        }
        Ok(read)
    }

    fn read_signature(
        &mut self,
        members: &Map<String, Value>,
        limits: &Limits,
    ) -> Result<(), Error> {
        let signature = self.signatures.len();
        if signature == limits.signatures {
            return Err(Error::TooLarge {
                what: "signatures",
                limit: limits.signatures,
            });
        }
        if members.contains_key("header") {
            return Err(Error::UnprotectedHeader { signature });
        }
        let protected = json::required(members, "protected")?;
        let value = json::required(members, "signature")?;
        self.signatures.push(JsonSignature {
            header: Header::read(protected, limits)?,
            protected: protected.to_owned(),
            value: SignatureValue::new(base64url::decode(value, "signature")?),
        });
        Ok(())
    }

    /// The payload, wherever it came from.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Whether the payload stays outside the document.
    pub fn is_detached(&self) -> bool {
        self.detached
    }

    /// The signatures, in the order of the document.
    pub fn signatures(&self) -> &[JsonSignature] {
        &self.signatures
    }

    /// Checks one of the signatures under a key the caller has reason to trust.
    ///
    /// # Errors
    /// Also when `key` is of another kind than `alg` needs.
    pub fn check_signature(
        &self,
        signature: &JsonSignature,
        key: &PublicKey,
    ) -> Result<SignatureValid, VerifyError> {
        let signed = signing_input(&signature.protected, &self.payload);
        verify(
            key,
            signature.header.scheme(),
            signed.as_bytes(),
            &signature.value,
        )
    }

    /// Prepares one more signature; those there stay as they are.
    ///
    /// # Errors
    /// As [`crate::prepare`].
    pub fn prepare(
        self,
        header: &NewHeader<'_>,
        scheme: SignatureScheme,
    ) -> Result<PreparedJsonJws, Error> {
        let (protected, header) = header.encoded(scheme)?;
        Ok(PreparedJsonJws {
            to_sign: signing_input(&protected, &self.payload),
            header,
            protected,
            document: self,
        })
    }

    /// The general form, without white space; `payload` is left out when detached.
    pub fn to_json(&self) -> String {
        let signature = |signature: &JsonSignature| {
            let value = base64url::encode(signature.value.as_bytes());
            let protected = &signature.protected;
            // Base64url needs no escaping.
            format!("{{\"protected\":\"{protected}\",\"signature\":\"{value}\"}}")
        };
        let signatures: Vec<String> = self.signatures.iter().map(signature).collect();
        let payload = match self.detached {
            true => String::new(),
            false => format!("\"payload\":\"{}\",", base64url::encode(&self.payload)),
        };
        format!("{{{payload}\"signatures\":[{}]}}", signatures.join(","))
    }
}

/// `header.payload` (section 5.1).
fn signing_input(protected: &str, payload: &[u8]) -> String {
    format!("{protected}.{}", base64url::encode(payload))
}

/// A document waiting for one more signature.
#[derive(Debug, Clone)]
pub struct PreparedJsonJws {
    document: JsonJws,
    header: Header,
    protected: String,
    to_sign: String,
}

impl Prepared for PreparedJsonJws {
    type Signed = JsonJws;

    fn to_sign(&self) -> &[u8] {
        self.to_sign.as_bytes()
    }

    fn assemble(self, value: SignatureValue) -> JsonJws {
        let mut document = self.document;
        document.signatures.push(JsonSignature {
            header: self.header,
            protected: self.protected,
            value,
        });
        document
    }
}
