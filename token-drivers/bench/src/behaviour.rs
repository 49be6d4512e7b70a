//! Misbehaviour on command.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cryptoki_sys::{CK_RV, CK_ULONG};
use serde::Deserialize;

use crate::function::Function;
use crate::return_value::Refusal;
use crate::script::ScriptError;

/// A length or count that nothing has.
pub(crate) const ABSURD: CK_ULONG = CK_ULONG::MAX / 2;

/// A return value that no standard knows.
pub(crate) const UNKNOWN_CODE: CK_RV = 0xDEAD_BEEF;

/// What calls do beside, or instead of, their work.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behaviour {
    /// Milliseconds before the call does anything.
    #[serde(default)]
    delay: BTreeMap<Function, u64>,
    /// The process ends inside the call.
    #[serde(default)]
    crash: BTreeSet<Function>,
    /// The call never returns.
    #[serde(default)]
    hang: BTreeSet<Function>,
    /// The token is pulled out during the call.
    remove: Option<Removal>,
    /// The call lies.
    #[serde(default)]
    garbage: BTreeMap<Function, Garbage>,
    /// The call does nothing and returns this.
    #[serde(default)]
    error: BTreeMap<Function, Refusal>,
}

/// When a token is pulled out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    call: Function,
}

/// What a call lies about. Buffers of the caller are never overrun; what it is told may make it do so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Garbage {
    /// Right lengths and counts, random contents.
    Bytes,
    /// The work is not done and a return value comes back that no standard knows.
    Code,
    /// Right contents as far as the buffer goes, absurd lengths and counts.
    Length,
}

/// What one call is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Orders {
    pub(crate) delay: Duration,
    pub(crate) crash: bool,
    pub(crate) hang: bool,
    pub(crate) remove: bool,
    pub(crate) error: Option<Refusal>,
    pub(crate) garbage: Option<Garbage>,
}

impl Behaviour {
    /// What a call of `function` is to do.
    pub(crate) fn orders(&self, function: Function) -> Orders {
        Orders {
            delay: Duration::from_millis(self.delay.get(&function).copied().unwrap_or(0)),
            crash: self.crash.contains(&function),
            hang: self.hang.contains(&function),
            remove: self
                .remove
                .as_ref()
                .is_some_and(|removal| removal.call == function),
            error: self.error.get(&function).copied(),
            garbage: self.garbage.get(&function).copied(),
        }
    }

    /// Refuses orders that nobody could follow.
    pub(crate) fn check(&self) -> Result<(), ScriptError> {
        if self.orders(Function::C_GetFunctionList) != Orders::default() {
            return Err(ScriptError::Early);
        }
        for (function, garbage) in &self.garbage {
            let (told, about): (&[Function], _) = match garbage {
                Garbage::Bytes => (TELL_BYTES, "bytes"),
                Garbage::Code => continue,
                Garbage::Length => (TELL_LENGTHS, "lengths"),
            };
            if !told.contains(function) {
                return Err(ScriptError::Garbage {
                    function: function.name(),
                    about,
                });
            }
        }
        Ok(())
    }
}

impl Orders {
    /// Both orders; where both say something, `self` has the word.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            delay: self.delay.max(other.delay),
            crash: self.crash || other.crash,
            hang: self.hang || other.hang,
            remove: self.remove || other.remove,
            error: self.error.or(other.error),
            garbage: self.garbage.or(other.garbage),
        }
    }
}

/// Functions that fill something in.
const TELL_BYTES: &[Function] = &[
    Function::C_GetInfo,
    Function::C_GetSlotList,
    Function::C_GetSlotInfo,
    Function::C_GetTokenInfo,
    Function::C_GetMechanismList,
    Function::C_GetMechanismInfo,
    Function::C_OpenSession,
    Function::C_GetSessionInfo,
    Function::C_FindObjects,
    Function::C_GetAttributeValue,
    Function::C_Sign,
    Function::C_SignFinal,
];

/// Functions that tell how much they filled in.
const TELL_LENGTHS: &[Function] = &[
    Function::C_GetSlotList,
    Function::C_GetMechanismList,
    Function::C_FindObjects,
    Function::C_GetAttributeValue,
    Function::C_Sign,
    Function::C_SignFinal,
];

#[cfg(test)]
mod tests {
    use cryptoki_sys::{CKR_DEVICE_ERROR, CKR_GENERAL_ERROR};

    use super::*;

    fn behaviour(text: &str) -> Behaviour {
        toml::from_str(text).expect("a behaviour")
    }

    #[test]
    fn orders_are_for_the_named_function_only() {
        let all = behaviour(
            "delay = { C_Sign = 5 }\ncrash = ['C_Sign']\nhang = ['C_Sign']\nremove = { call = 'C_Sign' }\n\
             garbage = { C_Sign = 'length' }\nerror = { C_Sign = 'CKR_DEVICE_ERROR' }",
        );
        assert_eq!(
            all.orders(Function::C_Sign),
            Orders {
                delay: Duration::from_millis(5),
                crash: true,
                hang: true,
                remove: true,
                error: Some(Refusal(CKR_DEVICE_ERROR)),
                garbage: Some(Garbage::Length),
            }
        );
        assert_eq!(all.orders(Function::C_SignInit), Orders::default());
    }

    #[test]
    fn the_slot_has_the_word_before_the_library() {
        let slot = behaviour("delay = { C_Login = 1 }\nerror = { C_Login = 'CKR_DEVICE_ERROR' }");
        let library =
            behaviour("delay = { C_Login = 2 }\nerror = { C_Login = 'CKR_GENERAL_ERROR' }");
        let [slot, library] = [slot, library].map(|one| one.orders(Function::C_Login));
        let delay = Duration::from_millis(2);
        assert_eq!(slot.and(library).delay, delay);
        assert_eq!(slot.and(library).error, Some(Refusal(CKR_DEVICE_ERROR)));
        assert_eq!(library.and(slot).error, Some(Refusal(CKR_GENERAL_ERROR)));
    }
}
