//! Objects of a token and their attributes.

use cryptoki_sys::{
    CK_ATTRIBUTE_TYPE, CK_OBJECT_CLASS, CK_ULONG, CKA_ALWAYS_AUTHENTICATE, CKA_ALWAYS_SENSITIVE,
    CKA_CERTIFICATE_CATEGORY, CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_COEFFICIENT, CKA_DECRYPT,
    CKA_DERIVE, CKA_ENCRYPT, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_EXTRACTABLE, CKA_GOSTR3410_PARAMS,
    CKA_GOSTR3411_PARAMS, CKA_ID, CKA_ISSUER, CKA_KEY_TYPE, CKA_LABEL, CKA_LOCAL, CKA_MODIFIABLE,
    CKA_MODULUS, CKA_MODULUS_BITS, CKA_NEVER_EXTRACTABLE, CKA_PRIME_1, CKA_PRIME_2, CKA_PRIVATE,
    CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT, CKA_SENSITIVE, CKA_SERIAL_NUMBER, CKA_SIGN,
    CKA_SIGN_RECOVER, CKA_SUBJECT, CKA_TOKEN, CKA_TRUSTED, CKA_UNWRAP, CKA_VALUE, CKA_VERIFY,
    CKA_WRAP, CKC_X_509, CKO_CERTIFICATE, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY,
};
use der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode, Tag};
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use spki::SubjectPublicKeyInfoRef;
use tamga_scheme::{KeyKind, PublicKey};
use tamga_x509::Certificate;

use crate::mechanism::key_type;

/// An object as its token holds it; its handle is its place, from 1.
pub(crate) struct Object {
    attributes: Vec<(CK_ATTRIBUTE_TYPE, Value)>,
    /// Visible after login only.
    pub(crate) private: bool,
    /// The token's key of this number, for private keys.
    pub(crate) key: Option<usize>,
}

/// What an attribute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Bytes as they stand in memory; numbers in the platform's order.
    Bytes(Vec<u8>),
    /// There is one and nobody sees it.
    Sensitive,
}

/// How an object is found.
#[derive(Clone)]
pub(crate) struct Names {
    /// `CKA_ID`.
    pub(crate) id: Vec<u8>,
    /// `CKA_LABEL`.
    pub(crate) label: String,
}

/// `CKA_CERTIFICATE_CATEGORY` (PKCS#11 v2.40 section 4.6.2).
#[derive(Clone, Copy)]
pub(crate) enum Category {
    TokenUser = 1,
    Authority = 2,
}

impl Object {
    /// `CKO_PRIVATE_KEY`: signs and does nothing else, cannot be read, changed or exported.
    pub(crate) fn private_key(
        key: usize,
        public: &PublicKey,
        names: &Names,
        subject: Option<&Certificate>,
        always_authenticate: bool,
    ) -> Result<Self, String> {
        let mut object = Self::new(CKO_PRIVATE_KEY, names, true);
        object.key = Some(key);
        object.key_numbers(public)?;
        if let Some(certificate) = subject {
            object.bytes(CKA_SUBJECT, certificate.subject().der());
        }
        for (attribute, on) in [
            (CKA_ALWAYS_AUTHENTICATE, always_authenticate),
            (CKA_ALWAYS_SENSITIVE, true),
            (CKA_DECRYPT, false),
            (CKA_DERIVE, false),
            (CKA_EXTRACTABLE, false),
            (CKA_LOCAL, true),
            (CKA_NEVER_EXTRACTABLE, true),
            (CKA_SENSITIVE, true),
            (CKA_SIGN, true),
            (CKA_SIGN_RECOVER, false),
            (CKA_UNWRAP, false),
        ] {
            object.flag(attribute, on);
        }
        object.sensitive(CKA_VALUE);
        if public.kind() == KeyKind::Rsa {
            for attribute in [
                CKA_PRIVATE_EXPONENT,
                CKA_PRIME_1,
                CKA_PRIME_2,
                CKA_EXPONENT_1,
                CKA_EXPONENT_2,
                CKA_COEFFICIENT,
            ] {
                object.sensitive(attribute);
            }
        }
        Ok(object)
    }

    /// `CKO_PUBLIC_KEY`.
    pub(crate) fn public_key(public: &PublicKey, names: &Names) -> Result<Self, String> {
        let mut object = Self::new(CKO_PUBLIC_KEY, names, false);
        object.key_numbers(public)?;
        match public.kind() {
            KeyKind::Rsa => {
                let [modulus, _] = rsa_numbers(public)?;
                let bits = 8 * modulus.len() - leading_zeros(&modulus);
                let bits = CK_ULONG::try_from(bits).map_err(|error| error.to_string())?;
                object.number(CKA_MODULUS_BITS, bits);
            }
            _ => object.bytes(CKA_VALUE, &gost_point(public)?),
        }
        for (attribute, on) in [
            (CKA_DERIVE, false),
            (CKA_ENCRYPT, false),
            (CKA_LOCAL, true),
            (CKA_VERIFY, true),
            (CKA_WRAP, false),
        ] {
            object.flag(attribute, on);
        }
        Ok(object)
    }

    /// `CKO_CERTIFICATE`, X.509.
    pub(crate) fn certificate(
        certificate: &Certificate,
        names: &Names,
        category: Category,
        private: bool,
    ) -> Result<Self, String> {
        let mut object = Self::new(CKO_CERTIFICATE, names, private);
        object.number(CKA_CERTIFICATE_TYPE, CKC_X_509);
        object.number(CKA_CERTIFICATE_CATEGORY, category as CK_ULONG);
        object.flag(CKA_TRUSTED, false);
        object.bytes(CKA_SUBJECT, certificate.subject().der());
        object.bytes(CKA_ISSUER, certificate.issuer().der());
        let serial =
            AnyRef::new(Tag::Integer, certificate.serial()).and_then(|serial| serial.to_der());
        object.bytes(
            CKA_SERIAL_NUMBER,
            &serial.map_err(|error| error.to_string())?,
        );
        object.bytes(CKA_VALUE, certificate.der());
        Ok(object)
    }

    fn new(class: CK_OBJECT_CLASS, names: &Names, private: bool) -> Self {
        let mut object = Self {
            attributes: Vec::new(),
            private,
            key: None,
        };
        object.number(CKA_CLASS, class);
        object.flag(CKA_TOKEN, true);
        object.flag(CKA_PRIVATE, private);
        object.flag(CKA_MODIFIABLE, false);
        object.bytes(CKA_LABEL, names.label.as_bytes());
        object.bytes(CKA_ID, &names.id);
        object
    }

    /// What public and private keys say alike.
    fn key_numbers(&mut self, public: &PublicKey) -> Result<(), String> {
        let kind = key_type(public.kind()).ok_or("a kind of key without CKA_KEY_TYPE")?;
        self.number(CKA_KEY_TYPE, kind);
        if public.kind() == KeyKind::Rsa {
            let [modulus, exponent] = rsa_numbers(public)?;
            self.bytes(CKA_MODULUS, &modulus);
            self.bytes(CKA_PUBLIC_EXPONENT, &exponent);
        } else {
            let [curve, digest] = gost_parameters(public)?;
            self.bytes(CKA_GOSTR3410_PARAMS, &curve);
            self.bytes(CKA_GOSTR3411_PARAMS, &digest);
        }
        Ok(())
    }

    fn bytes(&mut self, attribute: CK_ATTRIBUTE_TYPE, bytes: &[u8]) {
        self.attributes
            .push((attribute, Value::Bytes(bytes.to_vec())));
    }

    fn number(&mut self, attribute: CK_ATTRIBUTE_TYPE, number: CK_ULONG) {
        self.bytes(attribute, &number.to_ne_bytes());
    }

    fn flag(&mut self, attribute: CK_ATTRIBUTE_TYPE, on: bool) {
        self.bytes(attribute, &[u8::from(on)]);
    }

    fn sensitive(&mut self, attribute: CK_ATTRIBUTE_TYPE) {
        self.attributes.push((attribute, Value::Sensitive));
    }

    /// What an attribute says, if the object has it.
    pub(crate) fn attribute(&self, attribute: CK_ATTRIBUTE_TYPE) -> Option<&Value> {
        self.attributes
            .iter()
            .find(|(own, _)| *own == attribute)
            .map(|(_, value)| value)
    }

    /// Whether the object has all these attributes with these values; sensitive ones match nothing.
    pub(crate) fn matches(&self, template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)]) -> bool {
        template.iter().all(|(attribute, wanted)| {
            matches!(self.attribute(*attribute), Some(Value::Bytes(own)) if own == wanted)
        })
    }
}

/// Modulus and public exponent, big-endian without leading zeros.
pub(crate) fn rsa_numbers(key: &PublicKey) -> Result<[Vec<u8>; 2], String> {
    let key = rsa::RsaPublicKey::from_public_key_der(key.spki_der())
        .map_err(|error| error.to_string())?;
    Ok([key.n_bytes().into_vec(), key.e_bytes().into_vec()])
}

fn leading_zeros(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize)
}

/// `x ‖ y`, each little-endian: the OCTET STRING inside the subject public key.
fn gost_point(key: &PublicKey) -> Result<Vec<u8>, String> {
    let info =
        SubjectPublicKeyInfoRef::from_der(key.spki_der()).map_err(|error| error.to_string())?;
    <&OctetStringRef>::from_der(info.subject_public_key.raw_bytes())
        .map(|point| point.as_bytes().to_vec())
        .map_err(|error| error.to_string())
}

/// Identifiers of curve and digest, each as a DER OBJECT IDENTIFIER.
fn gost_parameters(key: &PublicKey) -> Result<[Vec<u8>; 2], String> {
    let read = || {
        let info = SubjectPublicKeyInfoRef::from_der(key.spki_der())?;
        let parameters = info.algorithm.parameters_any()?;
        let identifiers: Vec<ObjectIdentifier> =
            parameters.decode_as().map_err(spki::Error::Asn1)?;
        identifiers
            .iter()
            .map(|identifier| identifier.to_der().map_err(spki::Error::Asn1))
            .collect::<Result<Vec<_>, spki::Error>>()
    };
    let identifiers = read().map_err(|error| format!("no token holds keys like this: {error}"))?;
    <[Vec<u8>; 2]>::try_from(identifiers).map_err(|_| "two parameters are expected".to_owned())
}
