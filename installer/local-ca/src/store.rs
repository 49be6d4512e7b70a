//! The three files of an identity: `ca.pem`, `leaf.pem`, `leaf.key`.
//!
//! They are written as a pair and read as a pair: half of one pair with half of another is damage, found by
//! [`load`], never something to go on with.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use der::{Encode, asn1::OctetString};
use rcgen::{KeyPair, PublicKeyData};
use x509_cert::{
    Certificate,
    ext::pkix::{SubjectAltName, name::GeneralName},
};
use zeroize::{Zeroize, Zeroizing};

use crate::{Damage, Error, LocalIdentity};

/// The CA certificate, PEM.
pub const CA_FILE: &str = "ca.pem";
/// The leaf, then the CA certificate, PEM: what a TLS server presents.
pub const LEAF_FILE: &str = "leaf.pem";
/// The leaf's private key, PKCS#8 PEM, mode 0600.
pub const KEY_FILE: &str = "leaf.key";

/// No file of ours comes near this size.
const MAX_FILE: u64 = 64 * 1024;

/// Writes all three files into `dir`, which is made (mode 0700) when missing.
///
/// Each file is written beside its place and renamed into it. The key goes first, so that an interruption leaves
/// a pair that [`load`] refuses.
///
/// # Errors
/// [`Error::Io`] names the file.
pub fn save(identity: &LocalIdentity, dir: &Path) -> Result<(), Error> {
    create_private_dir(dir).map_err(at(dir))?;
    let key = Zeroizing::new(
        der::pem::encode_string("PRIVATE KEY", der::pem::LineEnding::LF, identity.leaf_key())
            .expect("the label is valid and the output is sized by the encoder"),
    );
    replace(dir, KEY_FILE, key.as_bytes(), Access::Owner)?;
    replace(
        dir,
        LEAF_FILE,
        identity.chain_pem().as_bytes(),
        Access::Everyone,
    )?;
    replace(dir, CA_FILE, identity.ca_pem().as_bytes(), Access::Everyone)
}

/// Reads the pair from `dir` and checks that it belongs together, names this computer and is valid at `now`.
///
/// # Errors
/// [`Error::Missing`] when there is no identity; [`Error::Damaged`], [`Error::KeyExposed`] and
/// [`Error::OutsideValidity`] when a new pair must be made; [`Error::Io`] when the files cannot be read.
pub fn load(dir: &Path, now: SystemTime) -> Result<LocalIdentity, Error> {
    let (ca_path, leaf_path, key_path) =
        (dir.join(CA_FILE), dir.join(LEAF_FILE), dir.join(KEY_FILE));
    let ca_pem = read(&ca_path, dir)?;
    let leaf_pem = read(&leaf_path, dir)?;
    check_owner_only(&key_path, dir)?;
    let key_pem = read(&key_path, dir)?;

    let [ca] = certificates(&ca_path, &ca_pem)?;
    let [leaf, presented_ca] = certificates(&leaf_path, &leaf_pem)?;
    let leaf_key = private_key(&key_path, &key_pem)?;

    if presented_ca != ca || !issued(&ca, &leaf) {
        return Err(damaged(&leaf_path, Damage::LeafOfAnotherCa));
    }
    if !names_this_computer(&leaf) {
        return Err(damaged(&leaf_path, Damage::Names));
    }
    if !belongs(&leaf_key, &leaf) {
        return Err(damaged(&key_path, Damage::KeyOfAnotherCertificate));
    }
    let (not_before, not_after) = common_validity(&ca, &leaf);
    if now < not_before || now > not_after {
        return Err(Error::OutsideValidity {
            not_before,
            not_after,
            now,
        });
    }
    Ok(LocalIdentity {
        ca_name: common_name(&ca).ok_or_else(|| damaged(&ca_path, Damage::NotACertificate))?,
        ca_der: encoded(&ca_path, &ca)?,
        leaf_der: encoded(&leaf_path, &leaf)?,
        leaf_key,
        not_after,
    })
}

/// Reads only the CA certificate, DER and common name, whatever became of leaf, key and dates: a CA that was
/// installed must be found again to be removed.
///
/// # Errors
/// [`Error::Missing`], [`Error::Damaged`] or [`Error::Io`], for the one file.
pub fn load_ca(dir: &Path) -> Result<InstalledCa, Error> {
    let path = dir.join(CA_FILE);
    let [ca] = certificates(&path, &read(&path, dir)?)?;
    let name = common_name(&ca).ok_or_else(|| damaged(&path, Damage::NotACertificate))?;
    Ok(InstalledCa {
        der: encoded(&path, &ca)?,
        name,
    })
}

/// What is needed to find a CA in a trust store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledCa {
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// Its common name.
    pub name: String,
}

/// Removes the three files, `dir` itself, and the folders above it that carry our name. A folder in which we find
/// other files stays, with them.
///
/// # Errors
/// [`Error::Io`] names what could not be removed. That something is missing already is no error.
pub fn delete(dir: &Path) -> Result<(), Error> {
    for name in [CA_FILE, LEAF_FILE, KEY_FILE] {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Error::Io { path, source });
            }
            _ => {}
        }
    }
    let ours = |folder: &&Path| folder.file_name().is_some_and(is_project_folder);
    for folder in std::iter::once(dir).chain(dir.ancestors().skip(1).take_while(ours)) {
        match fs::remove_dir(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => break,
            Err(source) => {
                return Err(Error::Io {
                    path: folder.to_owned(),
                    source,
                });
            }
        }
    }
    Ok(())
}

/// The folders between a system's data folder and [`crate::default_dir`], on any system.
fn is_project_folder(name: &OsStr) -> bool {
    ["tamga", "Tamga", "data", "kz.tamga.Tamga"]
        .iter()
        .any(|ours| name == *ours)
}

#[derive(Clone, Copy)]
enum Access {
    Everyone,
    Owner,
}

fn replace(dir: &Path, name: &str, bytes: &[u8], access: Access) -> Result<(), Error> {
    let path = dir.join(name);
    let new = dir.join(format!("{name}.new"));
    // A leftover of an interrupted run would keep its own permissions: begin without it.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&new)(error)),
        _ => {}
    }
    let mut file = create(&new, access).map_err(at(&new))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(at(&new))?;
    drop(file);
    fs::rename(&new, &path).map_err(at(&path))
}

#[cfg(unix)]
fn create(path: &Path, access: Access) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mode = match access {
        Access::Everyone => 0o644,
        Access::Owner => 0o600,
    };
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
}

/// The folder lies in the user's own profile and its list of rights is inherited: user, administrators, system.
#[cfg(not(unix))]
fn create(path: &Path, _access: Access) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn create_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(not(unix))]
fn create_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

#[cfg(unix)]
fn check_owner_only(key: &Path, dir: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(key)
        .map_err(missing_or(key, dir))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(Error::KeyExposed {
            path: key.to_owned(),
            mode,
        })
    }
}

#[cfg(not(unix))]
fn check_owner_only(_key: &Path, _dir: &Path) -> Result<(), Error> {
    Ok(())
}

fn read(path: &Path, dir: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut file = File::open(path).map_err(missing_or(path, dir))?;
    let length = file.metadata().map_err(at(path))?.len();
    if length > MAX_FILE {
        return Err(damaged(path, Damage::TooLarge));
    }
    // Sized beforehand: a growing buffer would leave copies of the key behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize));
    Read::by_ref(&mut file)
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .map_err(at(path))?;
    Ok(bytes)
}

fn certificates<const N: usize>(path: &Path, pem: &[u8]) -> Result<[Certificate; N], Error> {
    Certificate::load_pem_chain(pem)
        .ok()
        .and_then(|chain| chain.try_into().ok())
        .ok_or_else(|| damaged(path, Damage::NotACertificate))
}

fn private_key(path: &Path, pem: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    match der::pem::decode_vec(pem) {
        Ok(("PRIVATE KEY", der)) => Ok(Zeroizing::new(der)),
        Ok((_, mut other)) => {
            other.zeroize();
            Err(damaged(path, Damage::NotAKey))
        }
        Err(_) => Err(damaged(path, Damage::NotAKey)),
    }
}

/// By name and by key identifier (RFC 5280 sections 4.2.1.1 and 4.2.1.2). The signature needs no check here: whoever
/// could plant a false leaf could plant a false key as well, and browsers check it.
fn issued(ca: &Certificate, leaf: &Certificate) -> bool {
    use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};
    let (ca, leaf) = (ca.tbs_certificate(), leaf.tbs_certificate());
    let ski: Option<OctetString> = ca
        .get_extension::<SubjectKeyIdentifier>()
        .ok()
        .flatten()
        .map(|(_, id)| id.0);
    let aki = leaf
        .get_extension::<AuthorityKeyIdentifier>()
        .ok()
        .flatten()
        .and_then(|(_, id)| id.key_identifier);
    leaf.issuer() == ca.subject() && ski.is_some() && ski == aki
}

fn names_this_computer(leaf: &Certificate) -> bool {
    let Ok(Some((_, names))) = leaf.tbs_certificate().get_extension::<SubjectAltName>() else {
        return false;
    };
    let v6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let has = |wanted: &dyn Fn(&GeneralName) -> bool| names.0.iter().any(wanted);
    has(&|name| matches!(name, GeneralName::DnsName(dns) if dns.as_str() == "localhost"))
        && has(
            &|name| matches!(name, GeneralName::IpAddress(ip) if ip.as_bytes() == [127, 0, 0, 1]),
        )
        && has(&|name| matches!(name, GeneralName::IpAddress(ip) if ip.as_bytes() == v6))
}

fn belongs(pkcs8: &[u8], leaf: &Certificate) -> bool {
    let Ok(mut pair) = KeyPair::try_from(pkcs8) else {
        return false;
    };
    pair.zeroize();
    let info = leaf.tbs_certificate().subject_public_key_info();
    info.subject_public_key.as_bytes() == Some(pair.der_bytes())
}

fn common_validity(ca: &Certificate, leaf: &Certificate) -> (SystemTime, SystemTime) {
    let [ca, leaf] = [ca, leaf].map(|certificate| *certificate.tbs_certificate().validity());
    let later = ca
        .not_before
        .to_system_time()
        .max(leaf.not_before.to_system_time());
    let earlier = ca
        .not_after
        .to_system_time()
        .min(leaf.not_after.to_system_time());
    (later, earlier)
}

fn common_name(ca: &Certificate) -> Option<String> {
    use x509_cert::der::asn1::Utf8StringRef;
    const COMMON_NAME: der::oid::ObjectIdentifier =
        der::oid::ObjectIdentifier::new_unwrap("2.5.4.3");
    let attribute = ca
        .tbs_certificate()
        .subject()
        .as_ref()
        .iter()
        .flat_map(|rdn| rdn.as_ref().iter())
        .find(|attribute| attribute.oid == COMMON_NAME)?;
    let text = attribute.value.decode_as::<Utf8StringRef<'_>>().ok()?;
    Some(text.as_str().to_owned())
}

fn encoded(path: &Path, certificate: &Certificate) -> Result<Vec<u8>, Error> {
    certificate
        .to_der()
        .map_err(|_| damaged(path, Damage::NotACertificate))
}

fn damaged(path: &Path, problem: Damage) -> Error {
    Error::Damaged {
        path: path.to_owned(),
        problem,
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path: PathBuf = path.to_owned();
    move |source| Error::Io { path, source }
}

fn missing_or(path: &Path, dir: &Path) -> impl FnOnce(io::Error) -> Error {
    let (path, dir) = (path.to_owned(), dir.to_owned());
    move |source| match source.kind() {
        io::ErrorKind::NotFound => Error::Missing { dir },
        _ => Error::Io { path, source },
    }
}

#[cfg(test)]
mod tests;
