//! A token made from its part of the script.

use std::path::Path;

use cryptoki_sys::CK_OBJECT_HANDLE;
use tamga_token_api::Password;
use tamga_x509::Certificate;

use crate::mechanism::Mechanism;
use crate::object::{Category, Names, Object};
use crate::script::{
    CertificateChoice, CertificateScript, KeyScript, PadPin, PinState, ScriptError, TokenScript,
};
use crate::signing_key::{SigningKey, signature_len};

/// A token with everything on it; what changes while it is used is kept elsewhere.
pub(crate) struct Token {
    pub(crate) label: String,
    pub(crate) manufacturer: String,
    pub(crate) model: String,
    pub(crate) serial: String,
    pub(crate) pin: String,
    pub(crate) attempts: u32,
    pub(crate) pin_length: [usize; 2],
    pub(crate) pin_state: PinState,
    /// `None` without a keypad.
    pub(crate) keypad: Option<PadPin>,
    pub(crate) keys: Vec<Key>,
    objects: Vec<Object>,
}

/// A private key and what the token does with it.
pub(crate) struct Key {
    pub(crate) signing: SigningKey,
    pub(crate) mechanisms: Vec<Mechanism>,
    pub(crate) always_authenticate: bool,
    /// Length of its signatures in bytes.
    pub(crate) signature_len: usize,
}

impl Token {
    /// Reads the files a token is made of.
    pub(crate) fn build(script: &TokenScript) -> Result<Self, ScriptError> {
        let mut token = Self {
            label: script.label.clone(),
            manufacturer: script.manufacturer.clone(),
            model: script.model.clone(),
            serial: script.serial.clone(),
            pin: script.pin.clone(),
            attempts: script.attempts,
            pin_length: script.pin_length,
            pin_state: script.pin_state,
            keypad: script.pin_pad.then_some(script.pad_pin),
            keys: Vec::new(),
            objects: Vec::new(),
        };
        for key in &script.key {
            token
                .add_key(key, script)
                .map_err(|reason| ScriptError::Key {
                    serial: script.serial.clone(),
                    id: key.id.clone(),
                    reason,
                })?;
        }
        for certificate in &script.certificate {
            token
                .add_certificate(certificate, script.private_certificates)
                .map_err(|reason| ScriptError::Certificate {
                    serial: script.serial.clone(),
                    file: certificate.file.clone(),
                    reason,
                })?;
        }
        Ok(token)
    }

    /// Everything the token does with any of its keys, in the order of the table.
    pub(crate) fn mechanisms(&self) -> Vec<Mechanism> {
        let mut all: Vec<_> = self
            .keys
            .iter()
            .flat_map(|key| key.mechanisms.iter().copied())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// An object by its handle, if it may be seen.
    pub(crate) fn object(&self, handle: CK_OBJECT_HANDLE, logged_in: bool) -> Option<&Object> {
        let index = usize::try_from(handle).ok()?.checked_sub(1)?;
        self.objects
            .get(index)
            .filter(|object| logged_in || !object.private)
    }

    /// Objects that may be seen, with their handles.
    pub(crate) fn objects(
        &self,
        logged_in: bool,
    ) -> impl Iterator<Item = (CK_OBJECT_HANDLE, &Object)> {
        (1..)
            .zip(&self.objects)
            .filter(move |(_, object)| logged_in || !object.private)
    }

    fn add_key(&mut self, script: &KeyScript, token: &TokenScript) -> Result<(), String> {
        let (signing, entry) = match (&script.file, &script.password, &script.pkcs8) {
            (Some(file), Some(password), None) => {
                let password = Password::new(password.clone());
                SigningKey::from_key_file(file, password, script.layout, script.digest_order)
                    .map(|(key, entry)| (key, Some(entry)))?
            }
            (None, None, Some(pkcs8)) => {
                let der = read(pkcs8)?;
                (
                    SigningKey::from_pkcs8(&der, script.layout, script.digest_order)?,
                    None,
                )
            }
            _ => return Err("either file with password, or pkcs8".to_owned()),
        };
        let default = match entry {
            Some(_) => CertificateChoice::Own,
            None => CertificateChoice::None,
        };
        let choice = script.certificate.clone().unwrap_or(default);
        let certificate = match (choice, &entry) {
            (CertificateChoice::None, _) => None,
            (CertificateChoice::Other(path), _) => Some(read_certificate(&path)?),
            (CertificateChoice::Own, Some(entry)) => Some(entry.certificate.clone()),
            (CertificateChoice::Own, None) => {
                return Err("a key from pkcs8 has no certificate of its own".to_owned());
            }
        };
        let possible =
            || Mechanism::for_key(signing.public_key().kind()).filter(|one| signing.can(*one));
        let mechanisms = match &script.mechanisms {
            None => possible().collect(),
            Some(named) => match named.iter().find(|one| !signing.can(**one)) {
                Some(one) => return Err(format!("{one:?} is not for this key")),
                None => named.clone(),
            },
        };
        let names = Names {
            id: hex::decode(&script.id).map_err(|error| error.to_string())?,
            label: script.label.clone().unwrap_or_else(|| script.id.clone()),
        };
        let public = signing.public_key().clone();
        self.objects.push(Object::private_key(
            self.keys.len(),
            &public,
            &names,
            certificate.as_ref(),
            script.always_authenticate,
        )?);
        if token.public_keys {
            self.objects.push(Object::public_key(&public, &names)?);
        }
        let private = token.private_certificates;
        if let Some(certificate) = &certificate {
            self.objects.push(Object::certificate(
                certificate,
                &names,
                Category::TokenUser,
                private,
            )?);
        }
        let chain = entry.iter().flat_map(|entry| &entry.chain);
        for authority in chain.filter(|_| script.chain) {
            let names = Names {
                id: Vec::new(),
                label: authority
                    .subject()
                    .common_name()
                    .unwrap_or_default()
                    .to_owned(),
            };
            self.objects.push(Object::certificate(
                authority,
                &names,
                Category::Authority,
                private,
            )?);
        }
        self.keys.push(Key {
            signing,
            mechanisms,
            always_authenticate: script.always_authenticate,
            signature_len: signature_len(&public)?,
        });
        Ok(())
    }

    fn add_certificate(&mut self, script: &CertificateScript, private: bool) -> Result<(), String> {
        let certificate = read_certificate(&script.file)?;
        let names = Names {
            id: hex::decode(&script.id).map_err(|error| error.to_string())?,
            label: script.label.clone(),
        };
        let category = match certificate.basic_constraints() {
            Some(constraints) if constraints.ca => Category::Authority,
            _ => Category::TokenUser,
        };
        self.objects.push(Object::certificate(
            &certificate,
            &names,
            category,
            private,
        )?);
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_certificate(path: &Path) -> Result<Certificate, String> {
    Certificate::from_der_or_pem(&read(path)?)
        .map_err(|error| format!("{}: {error}", path.display()))
}
