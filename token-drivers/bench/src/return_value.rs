//! What a call returns: a number and its name.

use cryptoki_sys::{CK_RV, CKR_OK};

/// Any return value but `CKR_OK`: why a call did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Refusal(pub(crate) CK_RV);

/// How a call ended.
pub(crate) type Outcome<T = ()> = Result<T, Refusal>;

impl TryFrom<String> for Refusal {
    type Error = String;

    /// Reads the standard's name.
    fn try_from(name: String) -> Result<Self, String> {
        match NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, CKR_OK)) => Err("CKR_OK is no error".to_owned()),
            Some((_, code)) => Ok(Self(*code)),
            None => Err(format!("{name} is no return value of PKCS#11")),
        }
    }
}

/// The name of a return value, or its number in hexadecimal.
pub(crate) fn name(code: CK_RV) -> String {
    match NAMES.iter().find(|(_, known)| *known == code) {
        Some((name, _)) => (*name).to_owned(),
        None => format!("0x{code:08X}"),
    }
}

/// Makes the table from names that stand in `cryptoki_sys`.
macro_rules! names {
    ($($name:ident)*) => {
        &[$((stringify!($name), cryptoki_sys::$name),)*]
    };
}

/// Return values of PKCS#11, in the order of their numbers.
#[rustfmt::skip]
const NAMES: &[(&str, CK_RV)] = names! {
    CKR_OK
    CKR_CANCEL
    CKR_HOST_MEMORY
    CKR_SLOT_ID_INVALID
    CKR_GENERAL_ERROR
    CKR_FUNCTION_FAILED
    CKR_ARGUMENTS_BAD
    CKR_NO_EVENT
    CKR_NEED_TO_CREATE_THREADS
    CKR_CANT_LOCK
    CKR_ATTRIBUTE_READ_ONLY
    CKR_ATTRIBUTE_SENSITIVE
    CKR_ATTRIBUTE_TYPE_INVALID
    CKR_ATTRIBUTE_VALUE_INVALID
    CKR_ACTION_PROHIBITED
    CKR_DATA_INVALID
    CKR_DATA_LEN_RANGE
    CKR_DEVICE_ERROR
    CKR_DEVICE_MEMORY
    CKR_DEVICE_REMOVED
    CKR_ENCRYPTED_DATA_INVALID
    CKR_ENCRYPTED_DATA_LEN_RANGE
    CKR_AEAD_DECRYPT_FAILED
    CKR_FUNCTION_CANCELED
    CKR_FUNCTION_NOT_PARALLEL
    CKR_FUNCTION_NOT_SUPPORTED
    CKR_KEY_HANDLE_INVALID
    CKR_KEY_SIZE_RANGE
    CKR_KEY_TYPE_INCONSISTENT
    CKR_KEY_NOT_NEEDED
    CKR_KEY_CHANGED
    CKR_KEY_NEEDED
    CKR_KEY_INDIGESTIBLE
    CKR_KEY_FUNCTION_NOT_PERMITTED
    CKR_KEY_NOT_WRAPPABLE
    CKR_KEY_UNEXTRACTABLE
    CKR_MECHANISM_INVALID
    CKR_MECHANISM_PARAM_INVALID
    CKR_OBJECT_HANDLE_INVALID
    CKR_OPERATION_ACTIVE
    CKR_OPERATION_NOT_INITIALIZED
    CKR_PIN_INCORRECT
    CKR_PIN_INVALID
    CKR_PIN_LEN_RANGE
    CKR_PIN_EXPIRED
    CKR_PIN_LOCKED
    CKR_SESSION_CLOSED
    CKR_SESSION_COUNT
    CKR_SESSION_HANDLE_INVALID
    CKR_SESSION_PARALLEL_NOT_SUPPORTED
    CKR_SESSION_READ_ONLY
    CKR_SESSION_EXISTS
    CKR_SESSION_READ_ONLY_EXISTS
    CKR_SESSION_READ_WRITE_SO_EXISTS
    CKR_SIGNATURE_INVALID
    CKR_SIGNATURE_LEN_RANGE
    CKR_TEMPLATE_INCOMPLETE
    CKR_TEMPLATE_INCONSISTENT
    CKR_TOKEN_NOT_PRESENT
    CKR_TOKEN_NOT_RECOGNIZED
    CKR_TOKEN_WRITE_PROTECTED
    CKR_UNWRAPPING_KEY_HANDLE_INVALID
    CKR_UNWRAPPING_KEY_SIZE_RANGE
    CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT
    CKR_USER_ALREADY_LOGGED_IN
    CKR_USER_NOT_LOGGED_IN
    CKR_USER_PIN_NOT_INITIALIZED
    CKR_USER_TYPE_INVALID
    CKR_USER_ANOTHER_ALREADY_LOGGED_IN
    CKR_USER_TOO_MANY_TYPES
    CKR_WRAPPED_KEY_INVALID
    CKR_WRAPPED_KEY_LEN_RANGE
    CKR_WRAPPING_KEY_HANDLE_INVALID
    CKR_WRAPPING_KEY_SIZE_RANGE
    CKR_WRAPPING_KEY_TYPE_INCONSISTENT
    CKR_RANDOM_SEED_NOT_SUPPORTED
    CKR_RANDOM_NO_RNG
    CKR_DOMAIN_PARAMS_INVALID
    CKR_CURVE_NOT_SUPPORTED
    CKR_BUFFER_TOO_SMALL
    CKR_SAVED_STATE_INVALID
    CKR_INFORMATION_SENSITIVE
    CKR_STATE_UNSAVEABLE
    CKR_CRYPTOKI_NOT_INITIALIZED
    CKR_CRYPTOKI_ALREADY_INITIALIZED
    CKR_MUTEX_BAD
    CKR_MUTEX_NOT_LOCKED
    CKR_NEW_PIN_MODE
    CKR_NEXT_OTP
    CKR_EXCEEDED_MAX_ITERATIONS
    CKR_FIPS_SELF_TEST_FAILED
    CKR_LIBRARY_LOAD_FAILED
    CKR_PIN_TOO_WEAK
    CKR_PUBLIC_KEY_INVALID
    CKR_FUNCTION_REJECTED
    CKR_TOKEN_RESOURCE_EXCEEDED
    CKR_OPERATION_CANCEL_FAILED
    CKR_KEY_EXHAUSTED
    CKR_PENDING
    CKR_SESSION_ASYNC_NOT_SUPPORTED
    CKR_SEED_RANDOM_REQUIRED
    CKR_OPERATION_NOT_VALIDATED
    CKR_TOKEN_NOT_INITIALIZED
    CKR_PARAMETER_SET_NOT_SUPPORTED
};

#[cfg(test)]
mod tests {
    use cryptoki_sys::CKR_PIN_LOCKED;

    use super::*;

    #[test]
    fn names_and_numbers_lead_to_each_other() {
        for (text, code) in NAMES {
            assert_eq!(name(*code), *text);
            let expected = match *code {
                CKR_OK => Err("CKR_OK is no error".to_owned()),
                code => Ok(Refusal(code)),
            };
            assert_eq!(Refusal::try_from((*text).to_owned()), expected);
        }
        assert_eq!(
            Refusal::try_from("CKR_PIN_LOCKED".to_owned()),
            Ok(Refusal(CKR_PIN_LOCKED))
        );
    }

    #[test]
    fn numbers_without_a_name_are_hexadecimal_and_names_without_a_number_are_refused() {
        assert_eq!(name(0xDEAD_BEEF), "0xDEADBEEF");
        assert_eq!(
            Refusal::try_from("CKR_NONSENSE".to_owned()),
            Err("CKR_NONSENSE is no return value of PKCS#11".to_owned())
        );
    }
}
