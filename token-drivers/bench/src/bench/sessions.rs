//! Session management (PKCS#11 v2.40 section 5.6): sessions and logins.

use cryptoki_sys::{
    CK_FLAGS, CK_SESSION_HANDLE, CK_SESSION_INFO, CK_SLOT_ID, CK_ULONG, CK_USER_TYPE,
    CKF_RW_SESSION, CKF_SERIAL_SESSION, CKR_ARGUMENTS_BAD, CKR_FUNCTION_CANCELED,
    CKR_OPERATION_NOT_INITIALIZED, CKR_PIN_EXPIRED, CKR_PIN_INCORRECT, CKR_PIN_LEN_RANGE,
    CKR_PIN_LOCKED, CKR_SESSION_PARALLEL_NOT_SUPPORTED, CKR_SLOT_ID_INVALID,
    CKR_USER_ALREADY_LOGGED_IN, CKR_USER_NOT_LOGGED_IN, CKR_USER_PIN_NOT_INITIALIZED,
    CKR_USER_TYPE_INVALID, CKS_RO_PUBLIC_SESSION, CKS_RO_USER_FUNCTIONS, CKS_RW_PUBLIC_SESSION,
    CKS_RW_USER_FUNCTIONS, CKU_CONTEXT_SPECIFIC, CKU_USER,
};

use super::Bench;
use crate::attempts::Attempts;
use crate::return_value::{Outcome, Refusal};
use crate::script::{PadPin, PinState};
use crate::session::Session;
use crate::token::Token;

/// What the caller of `C_Login` gave.
#[derive(Clone, Copy)]
pub(crate) enum Pin<'a> {
    /// Nothing: the person is to type it on the token.
    Keypad,
    Typed(&'a [u8]),
}

impl Bench {
    /// `C_OpenSession`.
    pub(crate) fn open_session(
        &mut self,
        id: CK_SLOT_ID,
        flags: CK_FLAGS,
    ) -> Outcome<CK_SESSION_HANDLE> {
        self.token(id)?;
        if flags & CKF_SERIAL_SESSION == 0 {
            return Err(Refusal(CKR_SESSION_PARALLEL_NOT_SUPPORTED));
        }
        let session = Session {
            slot: self.slot_index(id)?,
            read_write: flags & CKF_RW_SESSION != 0,
            search: None,
            signing: None,
        };
        let handle = self.next_session;
        self.next_session += 1;
        self.sessions.insert(handle, session);
        Ok(handle)
    }

    /// `C_CloseSession`; the last one of a token logs out.
    pub(crate) fn close_session(&mut self, handle: CK_SESSION_HANDLE) -> Outcome {
        let index = self.session(handle)?.0.slot;
        self.sessions.remove(&handle);
        if !self.sessions.values().any(|session| session.slot == index) {
            self.slots[index].logged_in = false;
        }
        Ok(())
    }

    /// `C_CloseAllSessions`; logs out.
    pub(crate) fn close_all_sessions(&mut self, id: CK_SLOT_ID) -> Outcome {
        self.token(id)?;
        let index = self.slot_index(id)?;
        self.forget(index);
        Ok(())
    }

    /// `C_GetSessionInfo`.
    pub(crate) fn session_info(&mut self, handle: CK_SESSION_HANDLE) -> Outcome<CK_SESSION_INFO> {
        let (session, _, logged_in) = self.session(handle)?;
        let state = match (session.read_write, logged_in) {
            (false, false) => CKS_RO_PUBLIC_SESSION,
            (false, true) => CKS_RO_USER_FUNCTIONS,
            (true, false) => CKS_RW_PUBLIC_SESSION,
            (true, true) => CKS_RW_USER_FUNCTIONS,
        };
        let read_write = if session.read_write {
            CKF_RW_SESSION
        } else {
            0
        };
        Ok(CK_SESSION_INFO {
            slotID: CK_ULONG::try_from(session.slot).map_err(|_| Refusal(CKR_SLOT_ID_INVALID))?,
            state,
            flags: CKF_SERIAL_SESSION | read_write,
            ulDeviceError: 0,
        })
    }

    /// `C_Login`: of the person, or once more for one signature.
    pub(crate) fn login(
        &mut self,
        handle: CK_SESSION_HANDLE,
        user: CK_USER_TYPE,
        pin: Pin<'_>,
    ) -> Outcome {
        let (session, token, logged_in) = self.session(handle)?;
        let index = session.slot;
        match user {
            CKU_USER if logged_in => return Err(Refusal(CKR_USER_ALREADY_LOGGED_IN)),
            CKU_USER => {}
            CKU_CONTEXT_SPECIFIC => {
                let signing = session.signing.as_ref();
                if !signing.is_some_and(|signing| token.keys[signing.key].always_authenticate) {
                    return Err(Refusal(CKR_OPERATION_NOT_INITIALIZED));
                }
            }
            _ => return Err(Refusal(CKR_USER_TYPE_INVALID)),
        }
        if let Some(token) = &self.slots[index].token {
            check_pin(token, pin, &self.attempts)?;
        }
        if user == CKU_USER {
            self.slots[index].logged_in = true;
        } else if let Some(signing) = self.session(handle)?.0.signing.as_mut() {
            signing.authenticated = true;
        }
        Ok(())
    }

    /// `C_Logout`; operations with private keys end.
    pub(crate) fn logout(&mut self, handle: CK_SESSION_HANDLE) -> Outcome {
        let (session, _, logged_in) = self.session(handle)?;
        let index = session.slot;
        if !logged_in {
            return Err(Refusal(CKR_USER_NOT_LOGGED_IN));
        }
        self.slots[index].logged_in = false;
        for session in self
            .sessions
            .values_mut()
            .filter(|session| session.slot == index)
        {
            session.signing = None;
            session.search = None;
        }
        Ok(())
    }
}

/// One attempt. The wrong PIN that uses up the last one is answered with `CKR_PIN_LOCKED` already.
fn check_pin(token: &Token, pin: Pin<'_>, attempts: &Attempts) -> Outcome {
    if token.pin_state == PinState::NotSet {
        return Err(Refusal(CKR_USER_PIN_NOT_INITIALIZED));
    }
    let left = attempts.left(&token.serial, token.attempts)?;
    if left == 0 {
        return Err(Refusal(CKR_PIN_LOCKED));
    }
    let right = match (pin, token.keypad) {
        (Pin::Keypad, Some(PadPin::Cancel)) => return Err(Refusal(CKR_FUNCTION_CANCELED)),
        (Pin::Keypad, Some(typed)) => typed == PadPin::Right,
        (Pin::Typed(typed), None) => {
            let [shortest, longest] = token.pin_length;
            if !(shortest..=longest).contains(&typed.len()) {
                return Err(Refusal(CKR_PIN_LEN_RANGE));
            }
            typed == token.pin.as_bytes()
        }
        (Pin::Keypad, None) | (Pin::Typed(_), Some(_)) => return Err(Refusal(CKR_ARGUMENTS_BAD)),
    };
    if !right {
        attempts.keep(&token.serial, left - 1)?;
        let code = if left == 1 {
            CKR_PIN_LOCKED
        } else {
            CKR_PIN_INCORRECT
        };
        return Err(Refusal(code));
    }
    if left < token.attempts {
        attempts.keep(&token.serial, token.attempts)?;
    }
    match token.pin_state {
        PinState::ToBeChanged => Err(Refusal(CKR_PIN_EXPIRED)),
        _ => Ok(()),
    }
}
