//! A private key of a token: what it signs and in which byte order the value comes out.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use cryptoki_sys::{CKR_DATA_INVALID, CKR_DATA_LEN_RANGE, CKR_DEVICE_ERROR};
use rsa::RsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::{PublicKeyParts, SignatureScheme as _};
use tamga_scheme::{
    AskNobody, DigestAlgorithm, KeyKind, PrivateKey, PublicKey, Random, RandomError,
    SignatureScheme, Signer, SoftwareSigner, ToSign,
};
use tamga_token_api::{KeyEntry, Keystore, Password, Unlock};
use tamga_token_file::FileKeystore;

use crate::mechanism::{Input, Mechanism};
use crate::return_value::{Outcome, Refusal};
use crate::script::{DigestOrder, Layout};

/// A private key and the habits of its token.
pub(crate) struct SigningKey {
    origin: Origin,
    public: PublicKey,
    layout: Layout,
    digest_order: DigestOrder,
}

/// Where the secret is.
enum Origin {
    /// In a key file: its keystore lives on a thread of its own and only signs.
    KeyFile(KeyFileThread),
    Memory(Box<InMemory>),
}

/// A key in memory; RSA keys a second time, in the form that makes raw blocks.
struct InMemory {
    key: PrivateKey,
    raw: Option<RsaPrivateKey>,
}

impl SigningKey {
    /// A key out of a PKCS#12 file, the first of it, with its certificates.
    pub(crate) fn from_key_file(
        path: &Path,
        password: Password,
        layout: Layout,
        digest_order: DigestOrder,
    ) -> Result<(Self, KeyEntry), String> {
        let (thread, entry) = KeyFileThread::start(path, password)?;
        let public = entry
            .certificate
            .public_key()
            .map_err(|error| error.to_string())?
            .clone();
        let key = Self {
            origin: Origin::KeyFile(thread),
            public,
            layout,
            digest_order,
        };
        Ok((key, entry))
    }

    /// A key out of a PrivateKeyInfo.
    pub(crate) fn from_pkcs8(
        der: &[u8],
        layout: Layout,
        digest_order: DigestOrder,
    ) -> Result<Self, String> {
        let key = PrivateKey::from_pkcs8_der(der).map_err(|error| error.to_string())?;
        let public = key.public_key().clone();
        let raw = match public.kind() {
            KeyKind::Rsa => {
                Some(RsaPrivateKey::from_pkcs8_der(der).map_err(|error| error.to_string())?)
            }
            _ => None,
        };
        Ok(Self {
            origin: Origin::Memory(Box::new(InMemory { key, raw })),
            public,
            layout,
            digest_order,
        })
    }

    /// Whether this key can do it at all; a key file's keystore signs by schemes, and none has SHA-1.
    pub(crate) fn can(&self, mechanism: Mechanism) -> bool {
        let in_file = matches!(self.origin, Origin::KeyFile(_));
        mechanism.key_kind() == self.public.kind() && !(in_file && mechanism == Mechanism::RsaSha1)
    }

    /// The public half.
    pub(crate) fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs what a caller gave to a mechanism of this key.
    pub(crate) fn sign(&self, mechanism: Mechanism, data: &[u8]) -> Outcome<Vec<u8>> {
        let kind = self.public.kind();
        match mechanism.input() {
            Input::Block => self.sign_block(data),
            Input::Bytes(digest) if kind == KeyKind::Rsa => {
                let prefix = digest_info_prefix(digest).ok_or(Refusal(CKR_DEVICE_ERROR))?;
                self.sign_block(&[prefix, &digest.digest(data)].concat())
            }
            Input::Bytes(digest) => self.sign_gost(&digest.digest(data)),
            Input::Digest(length) if data.len() != length => Err(Refusal(CKR_DATA_LEN_RANGE)),
            Input::Digest(_) => {
                let mut digest = data.to_vec();
                if self.digest_order == DigestOrder::Reversed {
                    digest.reverse();
                }
                self.sign_gost(&digest)
            }
        }
    }

    fn sign_gost(&self, digest: &[u8]) -> Outcome<Vec<u8>> {
        let value = match &self.origin {
            Origin::KeyFile(thread) => thread.sign_digest(digest)?,
            Origin::Memory(own) => sign_digest(&SoftwareSigner::new(&own.key, &System), digest)?,
        };
        Ok(laid_out(&value, self.layout))
    }

    /// EMSA-PKCS1-v1_5 (RFC 8017 section 9.2) around `block`, which is a DigestInfo or what the caller takes for one.
    fn sign_block(&self, block: &[u8]) -> Outcome<Vec<u8>> {
        match &self.origin {
            Origin::KeyFile(thread) => {
                // A keystore signs by schemes; the only one of RSA has this prefix.
                let prefix = digest_info_prefix(DigestAlgorithm::Sha256);
                let digest = prefix.and_then(|prefix| block.strip_prefix(prefix));
                let digest = digest.ok_or(Refusal(CKR_DATA_INVALID))?;
                thread.sign_digest(digest)
            }
            Origin::Memory(own) => {
                let raw = own.raw.as_ref().ok_or(Refusal(CKR_DEVICE_ERROR))?;
                // Step 3 of EMSA-PKCS1-v1_5: eleven bytes stand around the block.
                if block.len() + 11 > raw.size() {
                    return Err(Refusal(CKR_DATA_LEN_RANGE));
                }
                rsa::Pkcs1v15Sign::new_unprefixed()
                    .sign(Some(&mut getrandom::SysRng), raw, block)
                    .map_err(|_| Refusal(CKR_DEVICE_ERROR))
            }
        }
    }
}

/// `DigestInfo` up to the digest (RFC 8017 section 9.2, note 1).
fn digest_info_prefix(digest: DigestAlgorithm) -> Option<&'static [u8]> {
    match digest {
        DigestAlgorithm::Sha1 => Some(&[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
            0x14,
        ]),
        DigestAlgorithm::Sha256 => Some(&[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ]),
        _ => None,
    }
}

/// A signature value `r ‖ s`, each little-endian, in the order of a token.
fn laid_out(value: &[u8], layout: Layout) -> Vec<u8> {
    let (r, s) = value.split_at(value.len() / 2);
    let mut out = match layout {
        Layout::Nca | Layout::GostBe => [r, s].concat(),
        Layout::RSBe | Layout::SRLe => [s, r].concat(),
    };
    if matches!(layout, Layout::GostBe | Layout::RSBe) {
        out.reverse();
    }
    out
}

fn sign_digest(signer: &dyn Signer, digest: &[u8]) -> Outcome<Vec<u8>> {
    match signer.sign(ToSign::Digest(digest), &mut AskNobody) {
        Ok(value) => Ok(value.into_bytes()),
        Err(tamga_scheme::SignError::DigestLength { .. }) => Err(Refusal(CKR_DATA_LEN_RANGE)),
        Err(_) => Err(Refusal(CKR_DEVICE_ERROR)),
    }
}

/// Length of every signature value of a key, in bytes.
pub(crate) fn signature_len(key: &PublicKey) -> Result<usize, String> {
    match SignatureScheme::for_key(key.kind()) {
        SignatureScheme::RsaSha256 => {
            crate::object::rsa_numbers(key).map(|numbers| numbers[0].len())
        }
        // r and s are as long as the digest.
        gost => Ok(2 * gost.digest().output_len()),
    }
}

/// A key file, open on a thread of its own: everything unlocked borrows from its keystore and stays where it is.
struct KeyFileThread {
    /// `None` when it is to end.
    digests: Option<mpsc::Sender<Vec<u8>>>,
    signatures: mpsc::Receiver<Outcome<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl KeyFileThread {
    /// Opens the file; the thread ends when this value is dropped.
    fn start(path: &Path, password: Password) -> Result<(Self, KeyEntry), String> {
        let mut keystore =
            FileKeystore::open(path, Arc::new(System)).map_err(|error| error.to_string())?;
        let (opened, open) = mpsc::channel();
        let (digests, digests_in) = mpsc::channel::<Vec<u8>>();
        let (signatures_out, signatures) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let unlocked = keystore.unlock(Unlock::Password(&password));
            let first = unlocked.as_deref().map_err(ToString::to_string);
            let first = first.and_then(|unlocked| {
                let entry = unlocked.entries().first().ok_or("no key in it")?;
                let signer = unlocked.signer(entry).map_err(|error| error.to_string())?;
                Ok((signer, entry.clone()))
            });
            let signer = match first {
                Ok((signer, entry)) => {
                    // Nobody waits any more: the loop below ends at once.
                    let _ = opened.send(Ok(entry));
                    signer
                }
                Err(reason) => {
                    // As above.
                    let _ = opened.send(Err(reason));
                    return;
                }
            };
            for digest in digests_in {
                if signatures_out.send(sign_digest(&*signer, &digest)).is_err() {
                    return;
                }
            }
        });
        let started = Self {
            digests: Some(digests),
            signatures,
            thread: Some(thread),
        };
        let entry = open.recv().map_err(|error| error.to_string())??;
        Ok((started, entry))
    }

    fn sign_digest(&self, digest: &[u8]) -> Outcome<Vec<u8>> {
        let gone = Refusal(CKR_DEVICE_ERROR);
        let digests = self.digests.as_ref().ok_or(gone)?;
        digests.send(digest.to_vec()).map_err(|_| gone)?;
        self.signatures.recv().map_err(|_| gone)?
    }
}

impl Drop for KeyFileThread {
    /// Waits for its end: the system may unload this library next, and the thread's code with it.
    fn drop(&mut self) {
        self.digests = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was printed there, and nothing is left to save.
            let _ = thread.join();
        }
    }
}

/// The system's generator.
pub(crate) struct System;

impl Random for System {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }
}
