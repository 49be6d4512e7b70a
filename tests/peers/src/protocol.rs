//! The line protocol between the harness and every implementation: one request a line, one reply a line.
//!
//! | request | replies |
//! |---|---|
//! | `about` | `about TEXT`: library and version |
//! | `public CURVE D` | `value XY` |
//! | `sign CURVE D DIGEST` | `value RS`, with a nonce of the library's choice |
//! | `verify CURVE XY DIGEST RS` | `yes`, `no` |
//! | `hash FUNCTION [MESSAGE]` | `value DIGEST` |
//! | `bench OPERATION SUBJECT ITERATIONS` | `nanoseconds N`: thread CPU time of one operation |
//!
//! Any of them can also be answered `unsupported` (the library has no such thing), `refused` (the library does not
//! accept its input) and `error TEXT` (anything else). Bytes are in lower-case hexadecimal. D, x, y, r and s are
//! little-endian and of the curve's length; digests are as transmitted. Files lie in the folder that
//! [`crate::files::FOLDER`] names. Names are those of [`crate::algorithm`].

use std::{fmt, str::FromStr};

use crate::algorithm::{Curve, Hash, Operation, Subject};

/// A line for a driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Which library this is.
    About,
    /// How long an operation takes.
    Bench {
        /// What to do.
        operation: Operation,
        /// With what.
        subject: Subject,
        /// How often.
        iterations: u64,
    },
    /// The digest of a message.
    Hash {
        /// The function.
        hash: Hash,
        /// The message.
        message: Vec<u8>,
    },
    /// The public key of a private scalar.
    Public {
        /// The curve.
        curve: Curve,
        /// d.
        secret: Vec<u8>,
    },
    /// A signature.
    Sign {
        /// The curve.
        curve: Curve,
        /// d.
        secret: Vec<u8>,
        /// What is signed.
        digest: Vec<u8>,
    },
    /// Whether a signature holds.
    Verify {
        /// The curve.
        curve: Curve,
        /// x, y.
        public: Vec<u8>,
        /// What was signed.
        digest: Vec<u8>,
        /// r, s.
        signature: Vec<u8>,
    },
}

/// A line from a driver.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Library and version.
    About(String),
    /// Something else went wrong.
    Error(String),
    /// Thread CPU time of one operation.
    Nanoseconds(f64),
    /// The signature does not hold.
    No,
    /// The library does not accept its input.
    Refused,
    /// The library has no such thing.
    Unsupported,
    /// What was asked for.
    Value(Vec<u8>),
    /// The signature holds.
    Yes,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = hex::encode::<&[u8]>;
        match self {
            Self::About => f.write_str("about"),
            Self::Bench {
                operation,
                subject,
                iterations,
            } => write!(f, "bench {} {subject} {iterations}", operation.name()),
            Self::Hash { hash, message } if message.is_empty() => write!(f, "hash {}", hash.name()),
            Self::Hash { hash, message } => write!(f, "hash {} {}", hash.name(), hex(message)),
            Self::Public { curve, secret } => write!(f, "public {} {}", curve.name(), hex(secret)),
            Self::Sign {
                curve,
                secret,
                digest,
            } => write!(f, "sign {} {} {}", curve.name(), hex(secret), hex(digest)),
            Self::Verify {
                curve,
                public,
                digest,
                signature,
            } => write!(
                f,
                "verify {} {} {} {}",
                curve.name(),
                hex(public),
                hex(digest),
                hex(signature)
            ),
        }
    }
}

/// A line that is no request or no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl FromStr for Request {
    type Err = Malformed;

    fn from_str(line: &str) -> Result<Self, Malformed> {
        let words: Vec<&str> = line.split(' ').collect();
        let hex = |text: &str| hex::decode(text).map_err(|_| Malformed);
        match *words {
            ["about"] => Ok(Self::About),
            ["bench", operation, subject, iterations] => Ok(Self::Bench {
                operation: operation.parse().map_err(|_| Malformed)?,
                subject: subject.parse().map_err(|_| Malformed)?,
                iterations: iterations.parse().map_err(|_| Malformed)?,
            }),
            ["hash", hash] => Ok(Self::Hash {
                hash: hash.parse().map_err(|_| Malformed)?,
                message: Vec::new(),
            }),
            ["hash", hash, message] => Ok(Self::Hash {
                hash: hash.parse().map_err(|_| Malformed)?,
                message: hex(message)?,
            }),
            ["public", curve, secret] => Ok(Self::Public {
                curve: curve.parse().map_err(|_| Malformed)?,
                secret: hex(secret)?,
            }),
            ["sign", curve, secret, digest] => Ok(Self::Sign {
                curve: curve.parse().map_err(|_| Malformed)?,
                secret: hex(secret)?,
                digest: hex(digest)?,
            }),
            ["verify", curve, public, digest, signature] => Ok(Self::Verify {
                curve: curve.parse().map_err(|_| Malformed)?,
                public: hex(public)?,
                digest: hex(digest)?,
                signature: hex(signature)?,
            }),
            _ => Err(Malformed),
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::About(text) => write!(f, "about {text}"),
            Self::Error(text) => write!(f, "error {text}"),
            Self::Nanoseconds(number) => write!(f, "nanoseconds {number:.1}"),
            Self::No => f.write_str("no"),
            Self::Refused => f.write_str("refused"),
            Self::Unsupported => f.write_str("unsupported"),
            Self::Value(bytes) => write!(f, "value {}", hex::encode(bytes)),
            Self::Yes => f.write_str("yes"),
        }
    }
}

impl FromStr for Reply {
    type Err = Malformed;

    fn from_str(line: &str) -> Result<Self, Malformed> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (word, rest) {
            ("about", text) => Ok(Self::About(text.to_owned())),
            ("error", text) => Ok(Self::Error(text.to_owned())),
            ("nanoseconds", number) => number.parse().map(Self::Nanoseconds).map_err(|_| Malformed),
            ("no", "") => Ok(Self::No),
            ("refused", "") => Ok(Self::Refused),
            ("unsupported", "") => Ok(Self::Unsupported),
            ("value", bytes) => hex::decode(bytes).map(Self::Value).map_err(|_| Malformed),
            ("yes", "") => Ok(Self::Yes),
            _ => Err(Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::File;

    #[test]
    fn every_request_is_read_back_as_it_was_written() {
        let curve = Curve::Tc26A512;
        for request in [
            Request::About,
            Request::Bench {
                operation: Operation::VerifyPrepared,
                subject: Subject::Curve(curve),
                iterations: 7,
            },
            Request::Bench {
                operation: Operation::Hash,
                subject: Subject::Message(Hash::Streebog512, 64),
                iterations: 1,
            },
            Request::Bench {
                operation: Operation::Verify,
                subject: Subject::Rsa2048,
                iterations: 1,
            },
            Request::Bench {
                operation: Operation::Open,
                subject: Subject::File(File::Pkcs12With2048),
                iterations: 1,
            },
            Request::Hash {
                hash: Hash::Gost34311,
                message: Vec::new(),
            },
            Request::Hash {
                hash: Hash::Streebog256,
                message: vec![0, 0xFF],
            },
            Request::Public {
                curve,
                secret: vec![1, 2],
            },
            Request::Sign {
                curve,
                secret: vec![1],
                digest: vec![2],
            },
            Request::Verify {
                curve,
                public: vec![1],
                digest: vec![2],
                signature: vec![3],
            },
        ] {
            assert_eq!(request.to_string().parse(), Ok(request));
        }
        assert_eq!("sign tc26-512-A 01".parse::<Request>(), Err(Malformed));
        assert_eq!("hash md5 01".parse::<Request>(), Err(Malformed));
    }

    #[test]
    fn every_reply_is_read_back_as_it_was_written() {
        for reply in [
            Reply::About("a library 1.2".to_owned()),
            Reply::Error("no memory".to_owned()),
            Reply::Nanoseconds(12.5),
            Reply::No,
            Reply::Refused,
            Reply::Unsupported,
            Reply::Value(vec![0, 0xAB]),
            Reply::Yes,
        ] {
            assert_eq!(reply.to_string().parse(), Ok(reply));
        }
        assert_eq!("yes sir".parse::<Reply>(), Err(Malformed));
    }
}
