//! A script in a folder of its own, and the library that plays it.

#![allow(unsafe_code, reason = "the script is named by an environment variable")]

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use tamga_scheme::{PublicKey, Random, RandomError};
use tamga_test_pki::{PASSWORD, TestPki};
use tamga_token_api::Password;
use tamga_token_file::pkcs12;
use tamga_x509::{Certificate, UnixTime};

/// PIN of every token of the tests.
pub(crate) const PIN: &str = "123456";

/// The system's generator.
pub(crate) struct System;

impl Random for System {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }
}

/// Keys and certificates of the test CA as files.
pub(crate) struct Keys {
    folder: tempfile::TempDir,
    pki: TestPki,
}

impl Keys {
    /// Made once for all tests.
    pub(crate) fn get() -> &'static Self {
        static KEYS: OnceLock<Keys> = OnceLock::new();
        KEYS.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let pki = TestPki::generate(UnixTime(1_790_000_000), &System).unwrap();
            for (name, bytes) in pki.key_files(&System).unwrap() {
                std::fs::write(folder.path().join(name), bytes).unwrap();
            }
            for holder in &pki.holders {
                let path = folder.path().join(holder.person.id);
                let pkcs8 = holder.key.to_pkcs8_der();
                std::fs::write(path.with_extension("key"), &*pkcs8).unwrap();
                std::fs::write(path.with_extension("cer"), holder.certificate.der()).unwrap();
            }
            Self { folder, pki }
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn certificate(&self, holder: &str) -> &Certificate {
        &self.pki.holder(holder).unwrap().certificate
    }

    pub(crate) fn public_key(&self, holder: &str) -> &PublicKey {
        self.pki.holder(holder).unwrap().key.public_key()
    }

    /// A key file that has the GOST authorities' certificates beside the key's own.
    pub(crate) fn file_with_chain(&self, holder: &str) -> PathBuf {
        let holder = self.pki.holder(holder).unwrap();
        let [root, issuing] = &self.pki.gost;
        let chain =
            [&holder.certificate, &issuing.certificate, &root.certificate].map(Clone::clone);
        let password = Password::new(PASSWORD.to_owned());
        let file = pkcs12::write(&holder.key, &chain, "chain", &password, &System);
        let path = self.path("chain.p12");
        std::fs::write(&path, file.unwrap()).unwrap();
        path
    }

    /// Lines of a key that comes with its certificate in a key file.
    pub(crate) fn in_file(&self, holder: &str) -> String {
        format!(
            "[[slot.token.key]]\nid = '01'\nfile = '{}'\npassword = '{PASSWORD}'\n",
            self.path(holder).with_extension("p12").display()
        )
    }

    /// Lines of a key without a certificate.
    pub(crate) fn bare(&self, holder: &str) -> String {
        format!(
            "[[slot.token.key]]\nid = '01'\npkcs8 = '{}'\n",
            self.path(holder).with_extension("key").display()
        )
    }
}

/// Lines of a reader with a token, open for more lines of the token.
pub(crate) fn token(serial: &str) -> String {
    format!(
        "[[slot]]\nreader = 'Reader {serial}'\n[slot.token]\nlabel = 'Token {serial}'\nserial = '{serial}'\n\
         pin = '{PIN}'\n"
    )
}

/// A script on disk; while it lives, no other test uses the library.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    /// Finalized when dropped, before anybody else may have the library.
    library: Option<Pkcs11>,
    _alone: MutexGuard<'static, ()>,
}

impl Bench {
    /// Writes a script and names it in the environment; the library is not initialized.
    pub(crate) fn written(script: &str) -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script.toml");
        std::fs::write(&path, script).unwrap();
        // SAFETY: the only readers are the library's calls, made under the same lock, and Rust's own functions.
        unsafe { std::env::set_var("TAMGA_TOKEN_BENCH", &path) };
        Self {
            folder,
            library: None,
            _alone: alone,
        }
    }

    /// Writes a script and initializes the library with it.
    pub(crate) fn playing(script: &str) -> Self {
        let mut bench = Self::written(script);
        bench.initialize().unwrap();
        bench
    }

    /// Initializes the library; it is finalized when this value is dropped.
    pub(crate) fn initialize(&mut self) -> Result<(), Error> {
        let library = Pkcs11::new(tamga_token_bench::library_path())?;
        library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        self.library = Some(library);
        Ok(())
    }

    /// Finalizes the library.
    pub(crate) fn finalize(&mut self) {
        self.library.take().unwrap().finalize().unwrap();
    }

    pub(crate) fn library(&self) -> &Pkcs11 {
        self.library.as_ref().unwrap()
    }

    /// The script's path with something more at its end.
    pub(crate) fn file(&self, more: &str) -> PathBuf {
        self.folder.path().join(format!("script.toml{more}"))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lines of the journal.
    pub(crate) fn journal(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.file(".log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// What stands in the journal after `work` and did not before.
    pub(crate) fn journal_of(&self, work: impl FnOnce()) -> Vec<String> {
        let before = self.journal().len();
        work();
        self.journal().split_off(before)
    }

    /// The slot with the first token.
    pub(crate) fn slot(&self) -> Slot {
        self.library().get_slots_with_token().unwrap()[0]
    }

    /// A session with the first token.
    pub(crate) fn session(&self) -> Session {
        self.library().open_ro_session(self.slot()).unwrap()
    }

    /// A session with the first token, after login.
    pub(crate) fn logged_in(&self) -> Session {
        let session = self.session();
        login(&session, PIN).unwrap();
        session
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(library) = self.library.take() {
            // A test may have finalized it, or have ordered it to refuse.
            let _ = library.finalize();
        }
    }
}

pub(crate) fn login(session: &Session, pin: &str) -> Result<(), Error> {
    session.login(UserType::User, Some(&pin.into()))
}

pub(crate) fn private_keys(session: &Session) -> Vec<ObjectHandle> {
    let class = Attribute::Class(ObjectClass::PRIVATE_KEY);
    session.find_objects(&[class]).unwrap()
}

pub(crate) fn certificates(session: &Session) -> Vec<ObjectHandle> {
    let class = Attribute::Class(ObjectClass::CERTIFICATE);
    session.find_objects(&[class]).unwrap()
}

/// The function refused with exactly this.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(
    result: Result<T, Error>,
    expected: RvError,
    by: Function,
) {
    match result {
        Err(Error::Pkcs11(code, function)) => {
            assert_eq!(format!("{code:?}"), format!("{expected:?}"));
            assert_eq!(function.to_string(), by.to_string());
        }
        other => panic!("{other:?} instead of {expected:?}"),
    }
}
