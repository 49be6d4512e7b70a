//! Signing functions (PKCS#11 v2.40 section 5.11), in one part or many.

use cryptoki_sys::{
    CK_MECHANISM_TYPE, CK_OBJECT_HANDLE, CK_SESSION_HANDLE, CKR_KEY_HANDLE_INVALID,
    CKR_KEY_TYPE_INCONSISTENT, CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID,
    CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED, CKR_USER_NOT_LOGGED_IN,
};
use tamga_scheme::KeyKind;

use super::Bench;
use crate::mechanism::Mechanism;
use crate::return_value::{Outcome, Refusal};
use crate::session::{Session, Signing};
use crate::token::{Key, Token};

impl Bench {
    /// `C_SignInit`. Parameters are for GOST mechanisms only, and of no effect: each key has its own.
    pub(crate) fn sign_init(
        &mut self,
        handle: CK_SESSION_HANDLE,
        mechanism: CK_MECHANISM_TYPE,
        object: CK_OBJECT_HANDLE,
        with_parameter: bool,
    ) -> Outcome {
        let (session, token, logged_in) = self.session(handle)?;
        if session.signing.is_some() {
            return Err(Refusal(CKR_OPERATION_ACTIVE));
        }
        if !logged_in {
            return Err(Refusal(CKR_USER_NOT_LOGGED_IN));
        }
        let mechanism = Mechanism::from_number(mechanism)
            .filter(|mechanism| token.mechanisms().contains(mechanism))
            .ok_or(Refusal(CKR_MECHANISM_INVALID))?;
        if with_parameter && mechanism.key_kind() == KeyKind::Rsa {
            return Err(Refusal(CKR_MECHANISM_PARAM_INVALID));
        }
        let key = token
            .object(object, logged_in)
            .and_then(|object| object.key)
            .ok_or(Refusal(CKR_KEY_HANDLE_INVALID))?;
        if !token.keys[key].mechanisms.contains(&mechanism) {
            return Err(Refusal(CKR_KEY_TYPE_INCONSISTENT));
        }
        session.signing = Some(Signing {
            key,
            mechanism,
            authenticated: false,
            parts: None,
        });
        Ok(())
    }

    /// Length of the signature `C_Sign` is going to make, in bytes.
    pub(crate) fn one_part_len(&mut self, handle: CK_SESSION_HANDLE) -> Outcome<usize> {
        let (session, token, _) = self.session(handle)?;
        let (signing, key) = ready(session, token)?;
        match signing.parts {
            None => Ok(key.signature_len),
            Some(_) => Err(Refusal(CKR_OPERATION_ACTIVE)),
        }
    }

    /// `C_Sign` with room for the signature; the operation ends, also without one.
    pub(crate) fn sign(&mut self, handle: CK_SESSION_HANDLE, data: &[u8]) -> Outcome<Vec<u8>> {
        self.one_part_len(handle)?;
        let (session, token, _) = self.session(handle)?;
        let (signing, key) = ready(session, token)?;
        let mechanism = signing.mechanism;
        session.signing = None;
        key.signing.sign(mechanism, data)
    }

    /// `C_SignUpdate`.
    pub(crate) fn sign_update(&mut self, handle: CK_SESSION_HANDLE, part: &[u8]) -> Outcome {
        let (session, token, _) = self.session(handle)?;
        let (signing, _) = ready(session, token)?;
        signing
            .parts
            .get_or_insert_default()
            .extend_from_slice(part);
        Ok(())
    }

    /// Length of the signature `C_SignFinal` is going to make, in bytes.
    pub(crate) fn many_parts_len(&mut self, handle: CK_SESSION_HANDLE) -> Outcome<usize> {
        let (session, token, _) = self.session(handle)?;
        let (signing, key) = ready(session, token)?;
        match signing.parts {
            Some(_) => Ok(key.signature_len),
            None => Err(Refusal(CKR_OPERATION_NOT_INITIALIZED)),
        }
    }

    /// `C_SignFinal` with room for the signature; the operation ends, also without one.
    pub(crate) fn sign_final(&mut self, handle: CK_SESSION_HANDLE) -> Outcome<Vec<u8>> {
        self.many_parts_len(handle)?;
        let (session, token, _) = self.session(handle)?;
        let (signing, key) = ready(session, token)?;
        let (mechanism, parts) = (signing.mechanism, signing.parts.take().unwrap_or_default());
        session.signing = None;
        key.signing.sign(mechanism, &parts)
    }
}

/// The signature in the making and its key; without the PIN a key wants each time, it ends here.
fn ready<'s, 't>(
    session: &'s mut Session,
    token: &'t Token,
) -> Outcome<(&'s mut Signing, &'t Key)> {
    let signing = session.signing.as_ref();
    let signing = signing.ok_or(Refusal(CKR_OPERATION_NOT_INITIALIZED))?;
    let key = &token.keys[signing.key];
    if key.always_authenticate && !signing.authenticated {
        session.signing = None;
        return Err(Refusal(CKR_USER_NOT_LOGGED_IN));
    }
    match &mut session.signing {
        Some(signing) => Ok((signing, key)),
        None => Err(Refusal(CKR_OPERATION_NOT_INITIALIZED)),
    }
}
