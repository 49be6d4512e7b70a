//! The protected header (RFC 7515 section 4).

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value};
use tamga_scheme::SignatureScheme;
use tamga_x509::Certificate;

use crate::{Error, Limits, algorithm, base64url, json};

/// A protected header, read.
#[derive(Debug, Clone)]
pub struct Header {
    scheme: SignatureScheme,
    certificates: Vec<Certificate>,
    members: Map<String, Value>,
}

impl Header {
    /// Reads the first part of a token.
    pub(crate) fn read(encoded: &str, limits: &Limits) -> Result<Self, Error> {
        if encoded.len() > limits.header {
            return Err(Error::TooLarge {
                what: "header bytes",
                limit: limits.header,
            });
        }
        let text = base64url::decode(encoded, "header")?;
        let members = json::object(&text, "header", limits)?;
        if let Some(critical) = members.get("crit") {
            return Err(not_understood(critical));
        }
        if members.contains_key("b64") {
            return Err(Error::PayloadEncoding);
        }
        let name = json::required(&members, "alg")?;
        let scheme = algorithm::scheme(name).ok_or_else(|| Error::Algorithm {
            value: name.to_owned(),
        })?;
        for name in ["typ", "cty", "kid"] {
            json::text(&members, name)?;
        }
        let certificates = match members.get("x5c") {
            Some(chain) => certificates(chain, limits)?,
            None => Vec::new(),
        };
        Ok(Self {
            scheme,
            certificates,
            members,
        })
    }

    /// `alg`: the scheme of the signature.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// `typ`: what the whole thing is, usually `JWT`.
    pub fn typ(&self) -> Option<&str> {
        self.text("typ")
    }

    /// `cty`: what the payload is.
    pub fn cty(&self) -> Option<&str> {
        self.text("cty")
    }

    /// `kid`: a hint which key signed.
    pub fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// `x5c`: the signer's certificate as the token claims, then its issuers; often empty. Nothing is judged here.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// All members, those without meaning here included.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }
}

/// `crit` names extensions that must be understood; none is known here (section 4.1.11).
fn not_understood(critical: &Value) -> Error {
    let names: Option<Vec<String>> = critical.as_array().and_then(|names| {
        let text = |name: &Value| name.as_str().map(str::to_owned);
        names.iter().map(text).collect()
    });
    match names {
        Some(names) if !names.is_empty() => Error::Critical { names },
        _ => Error::Member {
            name: "crit",
            expected: "an array of names, not empty",
        },
    }
}

/// Section 4.1.6: base64 (not base64url) of DER, the signer's first.
fn certificates(chain: &Value, limits: &Limits) -> Result<Vec<Certificate>, Error> {
    let wrong = Error::Member {
        name: "x5c",
        expected: "an array of base64 texts, not empty",
    };
    let chain = chain.as_array().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| wrong.clone())?;
    if chain.len() > limits.certificates {
        return Err(Error::TooLarge {
            what: "certificates",
            limit: limits.certificates,
        });
    }
    let mut certificates = Vec::new();
    for (index, entry) in chain.iter().enumerate() {
        let text = entry.as_str().ok_or_else(|| wrong.clone())?;
        let unreadable = |source| Error::Certificate { index, source };
        let der = Base64::decode_vec(text).map_err(|_| unreadable(None))?;
        let certificate = Certificate::from_der(&der).map_err(|error| unreadable(Some(error)))?;
        certificates.push(certificate);
    }
    Ok(certificates)
}

/// A protected header to be written: the members given, in the order `typ`, `alg`, `kid`, `cty`, `x5c`.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewHeader<'a> {
    /// `typ`
    pub typ: Option<&'a str>,
    /// `kid`
    pub kid: Option<&'a str>,
    /// `cty`
    pub cty: Option<&'a str>,
    /// `x5c`: the signer's certificate first; left out when empty.
    pub certificates: &'a [Certificate],
}

impl<'a> NewHeader<'a> {
    /// `{"typ":"JWT","alg":…}`, the header of the national tokens.
    pub fn jwt() -> Self {
        Self {
            typ: Some("JWT"),
            ..Self::default()
        }
    }

    /// The same header with a chain.
    pub fn with_certificates(self, certificates: &'a [Certificate]) -> Self {
        Self {
            certificates,
            ..self
        }
    }

    /// The first part of a token, and what readers will see in it; nothing is written that we would not read.
    pub(crate) fn encoded(&self, scheme: SignatureScheme) -> Result<(String, Header), Error> {
        if let Some(signer) = self.certificates.first() {
            let key = signer.public_key().map_err(Error::SignerKey)?.kind();
            if key != scheme.key_kind() {
                return Err(Error::SchemeMismatch { scheme, key });
            }
        }
        let algorithm = algorithm::name(scheme).ok_or(Error::SchemeWithoutName { scheme })?;
        let members = [
            ("typ", self.typ),
            ("alg", Some(algorithm)),
            ("kid", self.kid),
            ("cty", self.cty),
        ];
        let mut written: Vec<String> = members
            .into_iter()
            .filter_map(|(name, value)| Some(format!("\"{name}\":{}", Value::from(value?))))
            .collect();
        if !self.certificates.is_empty() {
            let encoded = |certificate: &Certificate| Base64::encode_string(certificate.der());
            let chain: Vec<String> = self.certificates.iter().map(encoded).collect();
            written.push(format!("\"x5c\":{}", Value::from(chain)));
        }
        let encoded = base64url::encode(format!("{{{}}}", written.join(",")).as_bytes());
        let header = Header::read(&encoded, &Limits::default())?;
        Ok((encoded, header))
    }
}
