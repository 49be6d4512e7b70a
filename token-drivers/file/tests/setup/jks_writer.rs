//! JKS as we believe Java writes it, with everything open to be made wrong: keytool holds no national keys.

use sha1::{Digest, Sha1};

/// AlgorithmIdentifier of Sun's key protector, with NULL.
pub(crate) const SUN: &[u8] = &[
    0x30, 0x0e, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x2a, 0x02, 0x11, 0x01, 0x01, 0x05, 0x00,
];

/// A file being written.
pub(crate) struct JksWriter {
    version: u32,
    count: u32,
    entries: Vec<u8>,
}

impl JksWriter {
    pub(crate) fn new(version: u32) -> Self {
        Self {
            version,
            count: 0,
            entries: Vec::new(),
        }
    }

    /// A private key under `password`, with its chain in DER.
    pub(crate) fn key(self, alias: &str, pkcs8: &[u8], password: &str, chain: &[&[u8]]) -> Self {
        let protected = encrypted_private_key_info(SUN, &protect(pkcs8, password));
        self.protected_key(alias, &protected, chain)
    }

    /// An entry of whatever stands for an EncryptedPrivateKeyInfo.
    pub(crate) fn protected_key(mut self, alias: &str, protected: &[u8], chain: &[&[u8]]) -> Self {
        self.head(1, alias);
        self.counted(protected);
        self.entries.extend((chain.len() as u32).to_be_bytes());
        for certificate in chain {
            self.certificate("X.509", certificate);
        }
        self
    }

    /// A certificate without a key.
    pub(crate) fn trusted(mut self, alias: &str, kind: &str, certificate: &[u8]) -> Self {
        self.head(2, alias);
        self.certificate(kind, certificate);
        self
    }

    /// An entry of another kind, without content.
    pub(crate) fn of_kind(mut self, kind: u32) -> Self {
        self.head(kind, "alias");
        self.entries.extend([0; 64]);
        self
    }

    /// The file with its digest.
    pub(crate) fn seal(self, password: &str) -> Vec<u8> {
        let mut file = vec![0xfe, 0xed, 0xfe, 0xed];
        file.extend(self.version.to_be_bytes());
        file.extend(self.count.to_be_bytes());
        file.extend(self.entries);
        file.extend([0; 20]);
        seal_again(&mut file, password);
        file
    }

    /// What all entries begin with; aliases here have no characters that modified UTF-8 writes in its own way.
    fn head(&mut self, kind: u32, alias: &str) {
        self.count += 1;
        self.entries.extend(kind.to_be_bytes());
        self.text(alias);
        self.entries.extend(1_767_225_600_000_u64.to_be_bytes());
    }

    fn certificate(&mut self, kind: &str, der: &[u8]) {
        if self.version != 1 {
            self.text(kind);
        }
        self.counted(der);
    }

    fn text(&mut self, text: &str) {
        self.entries.extend((text.len() as u16).to_be_bytes());
        self.entries.extend(text.bytes());
    }

    fn counted(&mut self, octets: &[u8]) {
        self.entries.extend((octets.len() as u32).to_be_bytes());
        self.entries.extend(octets);
    }
}

/// Puts the right digest behind a file somebody changed; its last 20 bytes are the old one.
pub(crate) fn seal_again(file: &mut [u8], password: &str) {
    let (data, digest) = file.split_last_chunk_mut::<20>().expect("a digest");
    let covered = [&utf_16(password), &b"Mighty Aphrodite"[..], data].concat();
    *digest = Sha1::digest(covered).into();
}

/// `SEQUENCE { algorithm, OCTET STRING }`; lengths always in four octets would not be DER, so they are minimal.
pub(crate) fn encrypted_private_key_info(algorithm: &[u8], octets: &[u8]) -> Vec<u8> {
    element(0x30, &[algorithm, &element(0x04, octets)].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len() as u32;
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [&head, content].concat()
}

/// Salt, key under the stream of digests, digest of password and key.
fn protect(pkcs8: &[u8], password: &str) -> Vec<u8> {
    let password = utf_16(password);
    let salt = [0x5a; 20];
    let mut stream = Vec::new();
    let mut last = salt.to_vec();
    while stream.len() < pkcs8.len() {
        last = Sha1::digest([&password[..], &last].concat()).to_vec();
        stream.extend_from_slice(&last);
    }
    let encrypted = pkcs8.iter().zip(stream).map(|(octet, mask)| octet ^ mask);
    let check = Sha1::digest([&password, pkcs8].concat());
    salt.into_iter().chain(encrypted).chain(check).collect()
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}
