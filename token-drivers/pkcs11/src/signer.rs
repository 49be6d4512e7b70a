//! One signature by one key of an unlocked token, verified before it leaves.

use cryptoki::{
    error::{Error, RvError},
    session::{Session, UserType},
    types::AuthPin,
};
use tamga_scheme::{
    KeyKind, PublicKey, Reauthenticate, SignError, SignatureScheme, SignatureValue, Signer, ToSign,
    verify_digest,
};
use tamga_token_api::TokenError;

use crate::{
    keystore::{Key, OpenToken},
    layout::Layout,
    mechanism::{self, Input, Mechanism},
    return_value::{Meaning, meaning, meaning_of, sign_error, text},
};

/// How a key of a token orders bytes, found out by its first signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Habit {
    layout: Layout,
    /// The token reads digests backwards.
    reverses_digests: bool,
}

impl Default for Habit {
    /// That of the national profile.
    fn default() -> Self {
        Self {
            layout: Layout::RsLittle,
            reverses_digests: false,
        }
    }
}

pub(crate) struct Pkcs11Signer<'a> {
    open: &'a OpenToken,
    key: &'a Key,
    scheme: SignatureScheme,
    public_key: &'a PublicKey,
    /// What the token offers for this key, best first; at least one.
    mechanisms: Vec<&'static Mechanism>,
}

/// Why one mechanism made no signature.
enum NoSignature {
    Failed(SignError),
    /// The token does not have it after all.
    NotOffered,
}

impl From<SignError> for NoSignature {
    fn from(error: SignError) -> Self {
        Self::Failed(error)
    }
}

/// What a value returned by a token turned out to be.
enum Read {
    /// A signature of the digest.
    Right(SignatureValue, Layout),
    /// A signature of the digest read backwards.
    Backwards,
    /// Nothing.
    Wrong,
}

impl<'a> Pkcs11Signer<'a> {
    /// A signer with what the token offers for this kind of key.
    pub(crate) fn new(
        open: &'a OpenToken,
        key: &'a Key,
        scheme: SignatureScheme,
        public_key: &'a PublicKey,
    ) -> Result<Self, TokenError> {
        // `C_GetMechanismList` of some libraries leaves mechanisms out; so each is asked for.
        let calls = &open.token.library.calls;
        let mechanisms: Vec<_> = mechanism::of_key(scheme.key_kind())
            .filter(|mechanism| calls.signs_with(open.token.slot, mechanism.number))
            .collect();
        if mechanisms.is_empty() {
            return Err(TokenError::Unsupported(no_mechanism(scheme)));
        }
        Ok(Self {
            open,
            key,
            scheme,
            public_key,
            mechanisms,
        })
    }

    /// Mechanisms for what is to be signed, best first.
    fn mechanisms(&self, to_sign: ToSign<'_>) -> impl Iterator<Item = &'static Mechanism> {
        self.mechanisms
            .iter()
            .copied()
            .filter(move |mechanism| match to_sign {
                ToSign::Bytes(_) => true,
                ToSign::Digest(_) => mechanism.input != Input::Bytes,
            })
    }

    /// One signature with one mechanism.
    fn sign_with(
        &self,
        mechanism: &Mechanism,
        bytes: &[u8],
        digest: &[u8],
        again: &mut dyn Reauthenticate,
    ) -> Result<SignatureValue, NoSignature> {
        // A second run is needed when the first shows that the token reads digests the other way round.
        for _ in 0..2 {
            let habit = self.key.habit.get();
            let mut given = digest.to_vec();
            if habit.reverses_digests && mechanism.input == Input::Digest {
                given.reverse();
            }
            let value = match mechanism.input {
                Input::Bytes => self.run(mechanism, bytes, again)?,
                Input::Digest => self.run(mechanism, &given, again)?,
                Input::DigestInfo => self.run(mechanism, &mechanism::digest_info(&given), again)?,
            };
            match self.read(&value, digest) {
                Read::Right(value, layout) => {
                    self.key.habit.set(Habit { layout, ..habit });
                    return Ok(value);
                }
                Read::Backwards if mechanism.input == Input::Digest => {
                    self.key.habit.set(Habit {
                        reverses_digests: !habit.reverses_digests,
                        ..habit
                    });
                }
                Read::Backwards | Read::Wrong => break,
            }
        }
        Err(SignError::Fault.into())
    }

    /// One run of the token's signing.
    fn run(
        &self,
        mechanism: &Mechanism,
        input: &[u8],
        again: &mut dyn Reauthenticate,
    ) -> Result<Vec<u8>, NoSignature> {
        if !self.key.found.always_authenticate {
            self.begin(&self.open.session, mechanism)?;
            return self.finish(&self.open.session, input);
        }
        // In a session of its own: a signature that was begun and got no PIN ends with it.
        let session = self
            .open
            .token
            .session()
            .map_err(|error| self.pin_failed(&error))?;
        self.begin(&session, mechanism)?;
        if self.open.pin_pad {
            self.login(&session, None)?;
        } else {
            again.reauthenticate(&mut |pin| {
                let text = std::str::from_utf8(pin).map_err(|_| SignError::WrongPin)?;
                self.login(&session, Some(&AuthPin::new(text.into())))
            })?;
        }
        self.finish(&session, input)
    }

    fn begin(&self, session: &Session, mechanism: &Mechanism) -> Result<(), NoSignature> {
        let calls = &self.open.token.library.calls;
        match calls.sign_init(session, mechanism.number, self.key.found.handle) {
            // `C_GetMechanismInfo` of some libraries describes what the token does not do (SoftHSM 2.6 with
            // `slots.mechanisms`); nothing was begun, and no PIN given.
            Err(RvError::MechanismInvalid) => Err(NoSignature::NotOffered),
            outcome => outcome.map_err(|error| self.failed(error).into()),
        }
    }

    fn finish(&self, session: &Session, input: &[u8]) -> Result<Vec<u8>, NoSignature> {
        let calls = &self.open.token.library.calls;
        calls
            .sign(session, input)
            .map_err(|error| self.failed(error).into())
    }

    /// The PIN of one signature (`CKU_CONTEXT_SPECIFIC`).
    fn login(&self, session: &Session, pin: Option<&AuthPin>) -> Result<(), SignError> {
        session
            .login(UserType::ContextSpecific, pin)
            .map_err(|error| self.pin_failed(&error))
    }

    fn pin_failed(&self, error: &Error) -> SignError {
        let meaning = match meaning_of(error) {
            // The next one would be refused anyway.
            Meaning::PinWrong if self.open.token.is_locked() => Meaning::PinLocked,
            meaning => meaning,
        };
        sign_error(meaning, &text(error), self.open.token.is_present())
    }

    fn failed(&self, error: RvError) -> SignError {
        let present = self.open.token.is_present();
        sign_error(meaning(error), &format!("{error:?}"), present)
    }

    /// Finds the order in which a value verifies, the one of earlier values first.
    fn read(&self, value: &[u8], digest: &[u8]) -> Read {
        let orders: &[Layout] = match self.scheme.key_kind() {
            KeyKind::Rsa => &[Layout::RsLittle],
            _ => &Layout::ALL,
        };
        let usual = self.key.habit.get().layout;
        let candidates = std::iter::once(usual)
            .chain(orders.iter().copied().filter(|order| *order != usual))
            .filter_map(|order| Some((order, self.in_order(order, value)?)));
        let fits = |digest: &[u8], value: &SignatureValue| {
            verify_digest(self.public_key, self.scheme, digest, value).is_ok()
        };
        let backwards: Vec<u8> = digest.iter().rev().copied().collect();
        let mut read = Read::Wrong;
        for (order, value) in candidates {
            if fits(digest, &value) {
                return Read::Right(value, order);
            }
            if fits(&backwards, &value) {
                read = Read::Backwards;
            }
        }
        read
    }

    fn in_order(&self, order: Layout, value: &[u8]) -> Option<SignatureValue> {
        let value = match self.scheme.key_kind() {
            KeyKind::Rsa => value.to_vec(),
            _ => order.to_national(value)?,
        };
        Some(SignatureValue::new(value))
    }
}

impl Signer for Pkcs11Signer<'_> {
    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    fn public_key(&self) -> &PublicKey {
        self.public_key
    }

    fn sign(
        &self,
        to_sign: ToSign<'_>,
        again: &mut dyn Reauthenticate,
    ) -> Result<SignatureValue, SignError> {
        let (bytes, digest) = match to_sign {
            ToSign::Bytes(bytes) => (bytes, self.scheme.digest().digest(bytes)),
            ToSign::Digest(digest) => {
                let expected = self.scheme.digest().output_len();
                if digest.len() != expected {
                    return Err(SignError::DigestLength {
                        expected,
                        actual: digest.len(),
                    });
                }
                (&[][..], digest.to_vec())
            }
        };
        for mechanism in self.mechanisms(to_sign) {
            match self.sign_with(mechanism, bytes, &digest, again) {
                Err(NoSignature::NotOffered) => {}
                Err(NoSignature::Failed(error)) => return Err(error),
                Ok(value) => return Ok(value),
            }
        }
        Err(SignError::Keystore(match to_sign {
            ToSign::Bytes(_) => no_mechanism(self.scheme),
            ToSign::Digest(_) => "the token takes no digest".to_owned(),
        }))
    }
}

fn no_mechanism(scheme: SignatureScheme) -> String {
    format!("the token offers no mechanism for {}", scheme.name())
}
