//! Slot and token management (PKCS#11 v2.40 section 5.5).

use cryptoki_sys::{
    CK_FLAGS, CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_SLOT_ID, CK_SLOT_INFO, CK_TOKEN_INFO,
    CK_ULONG, CK_UNAVAILABLE_INFORMATION, CK_VERSION, CKF_HW, CKF_HW_SLOT, CKF_LOGIN_REQUIRED,
    CKF_PROTECTED_AUTHENTICATION_PATH, CKF_REMOVABLE_DEVICE, CKF_SIGN, CKF_TOKEN_INITIALIZED,
    CKF_TOKEN_PRESENT, CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_INITIALIZED,
    CKF_USER_PIN_LOCKED, CKF_USER_PIN_TO_BE_CHANGED, CKF_WRITE_PROTECTED, CKR_MECHANISM_INVALID,
};

use super::Bench;
use crate::mechanism::Mechanism;
use crate::return_value::{Outcome, Refusal};
use crate::script::PinState;

/// Of everything that has one.
pub(crate) const VERSION: CK_VERSION = CK_VERSION { major: 1, minor: 0 };

impl Bench {
    /// Numbers of the slots, all or those with a token.
    pub(crate) fn slot_list(&mut self, with_token: bool) -> Outcome<Vec<CK_SLOT_ID>> {
        let mut list = Vec::new();
        for (id, index) in (0..).zip(0..self.slots.len()) {
            if self.present(index)? || !with_token {
                list.push(id);
            }
        }
        Ok(list)
    }

    /// `C_GetSlotInfo`.
    pub(crate) fn slot_info(&mut self, id: CK_SLOT_ID) -> Outcome<CK_SLOT_INFO> {
        let index = self.slot_index(id)?;
        let present = match self.present(index)? {
            true => CKF_TOKEN_PRESENT,
            false => 0,
        };
        Ok(CK_SLOT_INFO {
            slotDescription: padded(&self.slots[index].reader),
            manufacturerID: padded("Tamga"),
            flags: CKF_HW_SLOT | CKF_REMOVABLE_DEVICE | present,
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
        })
    }

    /// `C_GetTokenInfo`.
    pub(crate) fn token_info(&mut self, id: CK_SLOT_ID) -> Outcome<CK_TOKEN_INFO> {
        let token = self.token(id)?;
        let (serial, all) = (token.serial.clone(), token.attempts);
        let left = self.attempts.left(&serial, all)?;
        let index = self.slot_index(id)?;
        let sessions = || {
            let here = |session: &&crate::session::Session| session.slot == index;
            self.sessions.values().filter(here)
        };
        let [open, read_write] = [
            sessions().count(),
            sessions().filter(|session| session.read_write).count(),
        ]
        .map(|count| CK_ULONG::try_from(count).unwrap_or(CK_UNAVAILABLE_INFORMATION));
        let token = self.token(id)?;
        let [shortest, longest] = token
            .pin_length
            .map(|length| CK_ULONG::try_from(length).unwrap_or(CK_UNAVAILABLE_INFORMATION));
        let flags = [
            (
                CKF_USER_PIN_INITIALIZED,
                token.pin_state != PinState::NotSet,
            ),
            (
                CKF_USER_PIN_TO_BE_CHANGED,
                token.pin_state == PinState::ToBeChanged,
            ),
            (CKF_PROTECTED_AUTHENTICATION_PATH, token.keypad.is_some()),
            (CKF_USER_PIN_COUNT_LOW, left < all),
            (CKF_USER_PIN_FINAL_TRY, left == 1),
            (CKF_USER_PIN_LOCKED, left == 0),
        ];
        let flags = flags
            .into_iter()
            .filter(|(_, on)| *on)
            .fold(0, |sum: CK_FLAGS, (flag, _)| sum | flag);
        Ok(CK_TOKEN_INFO {
            label: padded(&token.label),
            manufacturerID: padded(&token.manufacturer),
            model: padded(&token.model),
            serialNumber: padded(&token.serial),
            flags: flags | CKF_LOGIN_REQUIRED | CKF_TOKEN_INITIALIZED | CKF_WRITE_PROTECTED,
            ulMaxSessionCount: 0,
            ulSessionCount: open,
            ulMaxRwSessionCount: 0,
            ulRwSessionCount: read_write,
            ulMaxPinLen: longest,
            ulMinPinLen: shortest,
            ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
            hardwareVersion: VERSION,
            firmwareVersion: VERSION,
            // No clock: CKF_CLOCK_ON_TOKEN is off.
            utcTime: [b' '; 16],
        })
    }

    /// Numbers of what the token does.
    pub(crate) fn mechanism_list(&mut self, id: CK_SLOT_ID) -> Outcome<Vec<CK_MECHANISM_TYPE>> {
        let mechanisms = self.token(id)?.mechanisms();
        Ok(mechanisms.into_iter().map(Mechanism::number).collect())
    }

    /// `C_GetMechanismInfo`.
    pub(crate) fn mechanism_info(
        &mut self,
        id: CK_SLOT_ID,
        number: CK_MECHANISM_TYPE,
    ) -> Outcome<CK_MECHANISM_INFO> {
        let offered = self.token(id)?.mechanisms();
        let mechanism = Mechanism::from_number(number)
            .filter(|mechanism| offered.contains(mechanism))
            .ok_or(Refusal(CKR_MECHANISM_INVALID))?;
        let [smallest, largest] = mechanism.key_bits();
        Ok(CK_MECHANISM_INFO {
            ulMinKeySize: smallest,
            ulMaxKeySize: largest,
            flags: CKF_HW | CKF_SIGN,
        })
    }
}

/// Text in a field of fixed size, filled up with blanks.
pub(crate) fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [b' '; N];
    for (place, byte) in field.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    field
}
