//! What is computed and measured, under the names of the line protocol.

use std::{fmt, str::FromStr};

/// A curve of the national PKI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// id-GostR3410-2001-CryptoPro-A-ParamSet, of GOST 34.310-2004.
    CryptoProA,
    /// id-tc26-gost-3410-2012-256-paramSetA.
    Tc26A256,
    /// id-tc26-gost-3410-12-512-paramSetA.
    Tc26A512,
}

impl Curve {
    /// Every curve.
    pub const ALL: [Self; 3] = [Self::CryptoProA, Self::Tc26A256, Self::Tc26A512];

    /// The name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CryptoProA => "crypto-pro-A",
            Self::Tc26A256 => "tc26-256-A",
            Self::Tc26A512 => "tc26-512-A",
        }
    }

    /// Length of a coordinate, a scalar and a digest in bytes.
    pub const fn bytes(self) -> usize {
        match self {
            Self::CryptoProA | Self::Tc26A256 => 32,
            Self::Tc26A512 => 64,
        }
    }
}

/// A hash function of the national PKI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hash {
    /// GOST 34.311-95: GOST R 34.11-94 with the S-box of its appendix A, zero start vector.
    Gost34311,
    /// GOST R 34.11-2012, 256 bits.
    Streebog256,
    /// GOST R 34.11-2012, 512 bits.
    Streebog512,
}

impl Hash {
    /// Every hash function.
    pub const ALL: [Self; 3] = [Self::Gost34311, Self::Streebog256, Self::Streebog512];

    /// The name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gost34311 => "gost34311",
            Self::Streebog256 => "streebog-256",
            Self::Streebog512 => "streebog-512",
        }
    }
}

/// A file that is read as a whole, made by [`crate::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// A detached CMS over 1 KiB with the signer's certificate, under an authority that is trusted: two signatures of
    /// GOST R 34.10-2012 on tc26-512-A.
    CmsGost,
    /// The same with RSA-2048 and SHA-256.
    CmsRsa,
    /// A key file with RSA-2048, three keys derived by 1,024 iterations.
    Pkcs12With1024,
    /// The same with 2,048 iterations.
    Pkcs12With2048,
    /// An enveloped RSA signature in 10 KB.
    Xml10K,
    /// The same in 1 MB.
    Xml1M,
    /// The same in 50 MB.
    Xml50M,
}

impl File {
    /// Every file.
    pub const ALL: [Self; 7] = [
        Self::CmsGost,
        Self::CmsRsa,
        Self::Pkcs12With1024,
        Self::Pkcs12With2048,
        Self::Xml10K,
        Self::Xml1M,
        Self::Xml50M,
    ];

    /// The name in the protocol and in the folder.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CmsGost => "cms-gost",
            Self::CmsRsa => "cms-rsa",
            Self::Pkcs12With1024 => "pkcs12-1024",
            Self::Pkcs12With2048 => "pkcs12-2048",
            Self::Xml10K => "xml-10k",
            Self::Xml1M => "xml-1m",
            Self::Xml50M => "xml-50m",
        }
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Hashing one message.
    Hash,
    /// Hashing one message without instructions that only some processors have.
    HashPortable,
    /// Hashing [`STREAMS`] messages of equal length side by side; the time of one of them.
    HashStreams,
    /// Making a key pair.
    Key,
    /// Opening a key file: key and certificates, the password known.
    Open,
    /// Making what verification with a known key needs.
    Prepare,
    /// Signing a digest with a key that was read before.
    Sign,
    /// Signing without instructions that only some processors have.
    SignPortable,
    /// Verifying with a key that was read before, and nothing more.
    Verify,
    /// Verifying [`BATCH`] signatures of different keys at once; the time of one of them.
    VerifyBatch,
    /// Verifying without instructions that only some processors have.
    VerifyPortable,
    /// Verifying with a key that was prepared before.
    VerifyPrepared,
}

/// Messages of [`Operation::HashStreams`].
pub const STREAMS: usize = 8;

/// Signatures of [`Operation::VerifyBatch`].
pub const BATCH: usize = 8;

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 12] = [
        Self::Hash,
        Self::HashPortable,
        Self::HashStreams,
        Self::Key,
        Self::Open,
        Self::Prepare,
        Self::Sign,
        Self::SignPortable,
        Self::Verify,
        Self::VerifyBatch,
        Self::VerifyPortable,
        Self::VerifyPrepared,
    ];

    /// How many operations are done at once; a measurement is a whole multiple of it.
    pub const fn at_once(self) -> usize {
        match self {
            Self::HashStreams => STREAMS,
            Self::VerifyBatch => BATCH,
            _ => 1,
        }
    }

    /// The name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::HashPortable => "hash-portable",
            Self::HashStreams => "hash-streams",
            Self::Key => "key",
            Self::Open => "open",
            Self::Prepare => "prepare",
            Self::Sign => "sign",
            Self::SignPortable => "sign-portable",
            Self::Verify => "verify",
            Self::VerifyBatch => "verify-batch",
            Self::VerifyPortable => "verify-portable",
            Self::VerifyPrepared => "verify-prepared",
        }
    }
}

/// What an operation is measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Keys of a curve.
    Curve(Curve),
    /// One file.
    File(File),
    /// Messages of a length in bytes.
    Message(Hash, usize),
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits.
    Rsa2048,
}

const RSA_2048: &str = "rsa-2048";

const FILE: &str = "file:";

impl fmt::Display for Subject {
    /// `tc26-512-A`, `file:cms-rsa`, `streebog-512/65536`, `rsa-2048`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Curve(curve) => f.write_str(curve.name()),
            Self::File(file) => write!(f, "{FILE}{}", file.name()),
            Self::Message(hash, length) => write!(f, "{}/{length}", hash.name()),
            Self::Rsa2048 => f.write_str(RSA_2048),
        }
    }
}

/// A name that is none of the protocol's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownName;

impl FromStr for Curve {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        find(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Hash {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        find(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Operation {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        find(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Subject {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        if text == RSA_2048 {
            return Ok(Self::Rsa2048);
        }
        if let Some(name) = text.strip_prefix(FILE) {
            return find(&File::ALL, File::name, name).map(Self::File);
        }
        match text.split_once('/') {
            None => text.parse().map(Self::Curve),
            Some((hash, length)) => {
                let length = length.parse().map_err(|_| UnknownName)?;
                hash.parse().map(|hash| Self::Message(hash, length))
            }
        }
    }
}

fn find<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Result<T, UnknownName> {
    all.iter()
        .copied()
        .find(|one| name(*one) == text)
        .ok_or(UnknownName)
}
