//! A signer whose key is in another process; what comes back is believed after it was verified.

use std::time::Duration;

use tamga_pipe::PasswordBytes;
use tamga_scheme::{
    PublicKey, Reauthenticate, SignError, SignatureScheme, SignatureValue, Signer, ToSign, verify,
    verify_digest,
};
use tamga_token_api::TokenError;

use crate::{
    failure::Failure,
    protocol::{Bytes, INPUT_LIMIT, Input, PART_LIMIT, Reply, Request},
    worker::{Call, EpochStanding, Line, Shared},
};

/// How often a key may want the PIN for one signature: once, and once more where a first signature only shows how
/// the token orders its bytes.
const PINS_PER_SIGNATURE: usize = 2;

pub(crate) struct WorkerSigner<'a> {
    shared: &'a Shared,
    epoch: u64,
    entry: u32,
    scheme: SignatureScheme,
    public_key: PublicKey,
}

impl<'a> WorkerSigner<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        epoch: u64,
        entry: u32,
        scheme: SignatureScheme,
        public_key: PublicKey,
    ) -> Self {
        Self {
            shared,
            epoch,
            entry,
            scheme,
            public_key,
        }
    }

    /// Sends the request with all its parts and gives the first reply.
    fn ask(&self, line: &mut Line<'_>, to_sign: ToSign<'_>) -> Result<Reply, SignError> {
        let (input, parts) = match to_sign {
            ToSign::Digest(digest) => (
                Input::Digest {
                    value: Bytes::new(digest).map_err(|error| keystore(&error))?,
                },
                &[][..],
            ),
            ToSign::Bytes(bytes) => {
                let length = u32::try_from(bytes.len())
                    .ok()
                    .filter(|_| bytes.len() <= INPUT_LIMIT)
                    .ok_or_else(|| {
                        SignError::Keystore(format!(
                            "{} bytes to sign, at most {INPUT_LIMIT} are taken",
                            bytes.len()
                        ))
                    })?;
                (Input::Bytes { length }, bytes)
            }
        };
        let request = Request::Sign {
            entry: self.entry,
            input,
        };
        let deadline = self.shared.deadlines.sign;
        if parts.is_empty() {
            return line.ask(Call::plain(&request, deadline)).map_err(stopped);
        }
        // The child was seen standing and holds an unlocked token: it does not leave by itself.
        line.add(&request, None);
        for part in parts.chunks(PART_LIMIT) {
            let bytes = Bytes::new(part).map_err(|error| keystore(&error))?;
            line.add(&Request::Part { bytes }, None);
        }
        line.next(deadline).map_err(stopped)
    }

    /// Passes the PIN on, or that there is none, and gives what the child says then.
    fn reauthenticate(
        line: &mut Line<'_>,
        again: &mut dyn Reauthenticate,
        deadline: Duration,
    ) -> Result<Reply, SignError> {
        let mut reply = None;
        let asked = again.reauthenticate(&mut |pin| {
            if reply.is_some() {
                // The child is past its question; a further attempt is a further signature.
                return Err(SignError::Keystore(
                    "one PIN per question of the key".to_owned(),
                ));
            }
            let text = std::str::from_utf8(pin).map_err(|error| keystore(&error))?;
            let password = PasswordBytes::new(text).map_err(|error| keystore(&error))?;
            line.add(&Request::Pin, Some(&password));
            let said = line.next(deadline).map_err(stopped)?;
            let outcome = match &said {
                Reply::Failed(Failure::Sign(failure)) => Err(SignError::from(failure.clone())),
                _ => Ok(()),
            };
            reply = Some(said);
            outcome
        });
        match (asked, reply) {
            (Ok(()), Some(reply)) => Ok(reply),
            (Err(error), Some(Reply::Failed(_))) => Err(error),
            // Told the child no PIN, whatever the reason: it must hear that.
            (asked, None) => {
                line.add(&Request::PinCancelled, None);
                // It answers with a failure; what counts is why there was no PIN.
                line.next(deadline).map_err(stopped)?;
                Err(asked.err().unwrap_or(SignError::Cancelled))
            }
            // The PIN was accepted, the asking side changed its mind: nothing leaves this function.
            (Err(error), Some(_)) => {
                line.broken();
                Err(error)
            }
        }
    }

    fn check(
        &self,
        to_sign: ToSign<'_>,
        value: SignatureValue,
    ) -> Result<SignatureValue, SignError> {
        let checked = match to_sign {
            ToSign::Bytes(bytes) => verify(&self.public_key, self.scheme, bytes, &value),
            ToSign::Digest(digest) => verify_digest(&self.public_key, self.scheme, digest, &value),
        };
        checked.map(|_| value).map_err(|_| SignError::Fault)
    }
}

impl Signer for WorkerSigner<'_> {
    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(
        &self,
        to_sign: ToSign<'_>,
        again: &mut dyn Reauthenticate,
    ) -> Result<SignatureValue, SignError> {
        if let ToSign::Digest(digest) = to_sign {
            let expected = self.scheme.digest().output_len();
            if digest.len() != expected {
                return Err(SignError::DigestLength {
                    expected,
                    actual: digest.len(),
                });
            }
        }
        let mut line = self.shared.line();
        match line.standing_of(self.epoch) {
            EpochStanding::Current => {}
            EpochStanding::Displaced => {
                return Err(SignError::Keystore(
                    "locked, because another was unlocked".to_owned(),
                ));
            }
            EpochStanding::Ended => return Err(SignError::Stopped),
        }
        let deadline = self.shared.deadlines.sign;
        let mut reply = self.ask(&mut line, to_sign)?;
        let mut pins = 0;
        loop {
            match reply {
                Reply::PinWanted if pins < PINS_PER_SIGNATURE => {
                    pins += 1;
                    reply = Self::reauthenticate(&mut line, again, deadline)?;
                }
                Reply::Signature { value } => {
                    drop(line);
                    return self.check(to_sign, SignatureValue::new(value.as_slice()));
                }
                Reply::Failed(Failure::Sign(failure)) => return Err(failure.into()),
                other => return Err(stopped(line.refusal(other))),
            }
        }
    }
}

/// A token error in the middle of signing.
fn stopped(error: TokenError) -> SignError {
    match error {
        TokenError::Stopped | TokenError::TimedOut(_) => SignError::Stopped,
        other => keystore(&other),
    }
}

fn keystore(error: &dyn std::fmt::Display) -> SignError {
    SignError::Keystore(error.to_string())
}
