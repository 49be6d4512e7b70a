//! What the return values of PKCS#11 mean for the person: the only place that reads them.

use cryptoki::error::{Error, RvError};
use tamga_scheme::SignError;
use tamga_token_api::{TokenError, UnlockError};

/// What a person can do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing was entered on the token's keypad.
    Cancelled,
    /// The library or its token failed.
    Defect,
    /// The PIN cannot be one of this token; it was not compared.
    PinLength,
    /// Too many wrong PINs.
    PinLocked,
    /// There is no PIN, or it has to be changed first.
    PinNotSet,
    /// The PIN was compared and is wrong.
    PinWrong,
    /// The token, and every handle on it, is gone.
    Removed,
}

/// The whole table of PKCS#11 v2.40 section 5.1 and v3.0; a value of a newer standard does not compile until it has a
/// row.
pub(crate) fn meaning(error: RvError) -> Meaning {
    match error {
        RvError::PinIncorrect => Meaning::PinWrong,
        RvError::PinLocked => Meaning::PinLocked,
        RvError::PinLenRange | RvError::PinInvalid => Meaning::PinLength,
        RvError::PinExpired | RvError::UserPinNotInitialized => Meaning::PinNotSet,
        // The last is what a person refuses at the device (v3.0).
        RvError::Cancel | RvError::FunctionCanceled | RvError::FunctionRejected => {
            Meaning::Cancelled
        }
        // What is seen after a card was pulled out: handles die with their token.
        RvError::DeviceRemoved
        | RvError::KeyHandleInvalid
        | RvError::ObjectHandleInvalid
        | RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::SlotIdInvalid
        | RvError::TokenNotPresent
        | RvError::TokenNotRecognized => Meaning::Removed,
        RvError::ActionProhibited
        | RvError::ArgumentsBad
        | RvError::AttributeReadOnly
        | RvError::AttributeSensitive
        | RvError::AttributeTypeInvalid
        | RvError::AttributeValueInvalid
        | RvError::BufferTooSmall
        | RvError::CantLock
        | RvError::CryptokiAlreadyInitialized
        | RvError::CryptokiNotInitialized
        | RvError::CurveNotSupported
        | RvError::DataInvalid
        | RvError::DataLenRange
        | RvError::DeviceError
        | RvError::DeviceMemory
        | RvError::DomainParamsInvalid
        | RvError::EncryptedDataInvalid
        | RvError::EncryptedDataLenRange
        | RvError::ExceededMaxIterations
        | RvError::FipsSelfTestFailed
        | RvError::FunctionFailed
        | RvError::FunctionNotParallel
        | RvError::FunctionNotSupported
        | RvError::GeneralError
        | RvError::HostMemory
        | RvError::InformationSensitive
        | RvError::KeyChanged
        | RvError::KeyFunctionNotPermitted
        | RvError::KeyIndigestible
        | RvError::KeyNeeded
        | RvError::KeyNotNeeded
        | RvError::KeyNotWrappable
        | RvError::KeySizeRange
        | RvError::KeyTypeInconsistent
        | RvError::KeyUnextractable
        | RvError::LibraryLoadFailed
        | RvError::MechanismInvalid
        | RvError::MechanismParamInvalid
        | RvError::MutexBad
        | RvError::MutexNotLocked
        | RvError::NeedToCreateThreads
        | RvError::NewPinMode
        | RvError::NextOtp
        | RvError::NoEvent
        | RvError::OperationActive
        | RvError::OperationNotInitialized
        | RvError::PinTooWeak
        | RvError::PublicKeyInvalid
        | RvError::RandomNoRng
        | RvError::RandomSeedNotSupported
        | RvError::SavedStateInvalid
        | RvError::SessionCount
        | RvError::SessionExists
        | RvError::SessionParallelNotSupported
        | RvError::SessionReadOnly
        | RvError::SessionReadOnlyExists
        | RvError::SessionReadWriteSoExists
        | RvError::SignatureInvalid
        | RvError::SignatureLenRange
        | RvError::StateUnsaveable
        | RvError::TemplateIncomplete
        | RvError::TemplateInconsistent
        | RvError::TokenWriteProtected
        | RvError::UnknownErrorCode(_)
        | RvError::UnwrappingKeyHandleInvalid
        | RvError::UnwrappingKeySizeRange
        | RvError::UnwrappingKeyTypeInconsistent
        // Answered in `keystore.rs`; elsewhere a defect.
        | RvError::UserAlreadyLoggedIn
        | RvError::UserAnotherAlreadyLoggedIn
        | RvError::UserNotLoggedIn
        | RvError::UserTooManyTypes
        | RvError::UserTypeInvalid
        | RvError::VendorDefined(_)
        | RvError::WrappedKeyInvalid
        | RvError::WrappedKeyLenRange
        | RvError::WrappingKeyHandleInvalid
        | RvError::WrappingKeySizeRange
        | RvError::WrappingKeyTypeInconsistent => Meaning::Defect,
    }
}

/// The same for everything cryptoki says; what is no return value is a defect.
pub(crate) fn meaning_of(error: &Error) -> Meaning {
    match error {
        Error::Pkcs11(value, _) => meaning(*value),
        _ => Meaning::Defect,
    }
}

/// Function and return value, for the journal; what a library says at length is not passed on.
pub(crate) fn text(error: &Error) -> String {
    match error {
        Error::Pkcs11(value, function) => format!("{function:?}: {value:?}"),
        other => other.to_string(),
    }
}

/// For calls before a PIN.
pub(crate) fn token_error(error: &Error) -> TokenError {
    match meaning_of(error) {
        Meaning::Removed => TokenError::Unreadable(std::io::ErrorKind::NotFound),
        _ => TokenError::Driver(text(error)),
    }
}

/// For unlocking. `present`: whether the token still is in its slot; `retries_left`: what it says after a wrong PIN.
pub(crate) fn unlock_error(
    error: &Error,
    present: bool,
    retries_left: impl FnOnce() -> Option<u32>,
) -> UnlockError {
    match meaning_of(error) {
        Meaning::Cancelled => UnlockError::PinPadCancelled,
        Meaning::Defect if !present => UnlockError::Removed,
        Meaning::Defect => TokenError::Driver(text(error)).into(),
        Meaning::PinLength => UnlockError::PinLength,
        Meaning::PinLocked => UnlockError::Blocked,
        Meaning::PinNotSet => UnlockError::PinNotSet,
        Meaning::PinWrong => UnlockError::WrongPassword {
            retries_left: retries_left(),
        },
        Meaning::Removed => UnlockError::Removed,
    }
}

/// For signing, and for the PIN of one signature.
pub(crate) fn sign_error(meaning: Meaning, text: &str, present: bool) -> SignError {
    match meaning {
        Meaning::Cancelled => SignError::Cancelled,
        Meaning::Defect if !present => SignError::Removed,
        Meaning::Defect | Meaning::PinNotSet => SignError::Keystore(text.to_owned()),
        // It was not compared, but what can be done about it is the same: type the right one.
        Meaning::PinLength | Meaning::PinWrong => SignError::WrongPin,
        Meaning::PinLocked => SignError::Locked,
        Meaning::Removed => SignError::Removed,
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    fn unlocking(error: RvError, present: bool) -> UnlockError {
        unlock_error(&Error::Pkcs11(error, Function::Login), present, || Some(1))
    }

    #[test]
    fn only_a_compared_pin_is_a_wrong_one() {
        let wrong = UnlockError::WrongPassword {
            retries_left: Some(1),
        };
        assert_eq!(unlocking(RvError::PinIncorrect, true), wrong);
        assert_eq!(unlocking(RvError::PinLocked, true), UnlockError::Blocked);
        assert_eq!(
            unlocking(RvError::PinLenRange, true),
            UnlockError::PinLength
        );
        assert_eq!(unlocking(RvError::PinExpired, true), UnlockError::PinNotSet);
        assert_eq!(
            unlocking(RvError::FunctionCanceled, true),
            UnlockError::PinPadCancelled
        );
        for defect in [
            RvError::GeneralError,
            RvError::FunctionFailed,
            RvError::DeviceError,
            RvError::UnknownErrorCode(0xdead_beef),
            RvError::VendorDefined(0x8000_0001),
        ] {
            assert!(matches!(
                unlocking(defect, true),
                UnlockError::Token(TokenError::Driver(_))
            ));
            assert_eq!(unlocking(defect, false), UnlockError::Removed);
        }
    }

    #[test]
    fn dead_handles_mean_that_the_token_was_removed() {
        for gone in [
            RvError::DeviceRemoved,
            RvError::TokenNotPresent,
            RvError::SessionHandleInvalid,
            RvError::ObjectHandleInvalid,
        ] {
            assert_eq!(unlocking(gone, true), UnlockError::Removed);
            assert_eq!(sign_error(meaning(gone), "", true), SignError::Removed);
        }
    }
}
