//! Who races against whom, what ratio must not be lost, and what ratio is the project's target.

use std::time::Duration;

use super::Event;
use crate::{
    algorithm::{Curve, File, Hash, Operation, Subject},
    foreign::{BOTAN, BOUNCY_CASTLE, Foreign, GCRYPT, GOST_ENGINE, NETTLE, OPENSSL, XMLSEC},
};

/// One thing we do, beside the same thing done by others.
#[derive(Debug)]
pub struct Contest {
    /// What a person calls it.
    pub name: &'static str,
    /// What is measured of ours.
    pub ours: Event,
    /// Against whom.
    pub rivals: &'static [Rival],
}

/// Somebody else, or ours in another way.
#[derive(Debug)]
pub struct Rival {
    /// Who.
    pub who: Who,
    /// What is measured of them.
    pub event: Event,
    /// What must not be lost: their time divided by ours must not be less.
    pub floor: Option<f64>,
    /// The project's target.
    pub aim: Option<f64>,
    /// Features of the processor without which neither floor nor aim counts, as Linux names them.
    pub needs: &'static [&'static str],
}

/// An entrant.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// A foreign implementation.
    Foreign(&'static Foreign),
    /// This repository.
    Ours,
    /// The crates of RustCrypto.
    RustCrypto,
}

impl Who {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Foreign(foreign) => foreign.name,
            Self::Ours => "tamga",
            Self::RustCrypto => "rustcrypto",
        }
    }

    /// The package it comes from, with its version.
    pub(super) fn package_version(self) -> Option<String> {
        match self {
            Self::Foreign(foreign) => foreign.package_version(),
            Self::Ours | Self::RustCrypto => None,
        }
    }

    /// CPU time before its numbers count: Java compiles while it runs.
    pub(super) fn warm_up(self) -> Duration {
        match self {
            Self::Foreign(foreign) if std::ptr::eq(foreign, &raw const BOUNCY_CASTLE) => {
                Duration::from_secs(3)
            }
            _ => Duration::ZERO,
        }
    }
}

/// What the vector form of Streebog needs.
const STREEBOG_VECTORS: &[&str] = &["avx512f", "avx512bw", "avx512_vbmi", "gfni"];

/// Every contest. An aim is the project's target; a floor is what must not be lost; those of vector
/// instructions were never measured on a processor that has them. A rival
/// without either is there to be seen.
pub static CONTESTS: [Contest; 42] = [
    Contest {
        name: "tc26-512-A: sign",
        ours: on(Operation::Sign, Curve::Tc26A512),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Sign, Curve::Tc26A512))
                .floor(2.0)
                .aim(3.0),
            foreign(&NETTLE, on(Operation::Sign, Curve::Tc26A512)),
            foreign(&BOTAN, on(Operation::Sign, Curve::Tc26A512)),
            foreign(&GCRYPT, on(Operation::Sign, Curve::Tc26A512)),
            foreign(&BOUNCY_CASTLE, on(Operation::Sign, Curve::Tc26A512))
                .floor(10.0)
                .aim(17.0),
        ],
    },
    Contest {
        name: "tc26-512-A: verify",
        ours: on(Operation::Verify, Curve::Tc26A512),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Verify, Curve::Tc26A512))
                .floor(2.0)
                .aim(2.8),
            foreign(&NETTLE, on(Operation::Verify, Curve::Tc26A512)),
            foreign(&BOTAN, on(Operation::Verify, Curve::Tc26A512)),
            foreign(&GCRYPT, on(Operation::Verify, Curve::Tc26A512)),
            foreign(&BOUNCY_CASTLE, on(Operation::Verify, Curve::Tc26A512))
                .floor(3.0)
                .aim(4.5),
        ],
    },
    Contest {
        name: "tc26-512-A: verify with a prepared key",
        ours: on(Operation::VerifyPrepared, Curve::Tc26A512),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Verify, Curve::Tc26A512))
                .floor(4.0)
                .aim(7.0),
        ],
    },
    Contest {
        name: "tc26-512-A: verify a batch of 8",
        ours: on(Operation::VerifyBatch, Curve::Tc26A512),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Verify, Curve::Tc26A512))
                .aim(10.0)
                .where_cpu_has(&["avx512ifma"]),
        ],
    },
    Contest {
        name: "tc26-512-A: sign, portable path",
        ours: on(Operation::SignPortable, Curve::Tc26A512),
        rivals: &[foreign(&GOST_ENGINE, on(Operation::Sign, Curve::Tc26A512))],
    },
    Contest {
        name: "tc26-512-A: verify, portable path",
        ours: on(Operation::VerifyPortable, Curve::Tc26A512),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Verify, Curve::Tc26A512),
        )],
    },
    Contest {
        name: "tc26-512-A: key pair",
        ours: on(Operation::Key, Curve::Tc26A512),
        rivals: &[
            foreign(&NETTLE, on(Operation::Key, Curve::Tc26A512)),
            foreign(&BOUNCY_CASTLE, on(Operation::Key, Curve::Tc26A512)),
        ],
    },
    Contest {
        name: "crypto-pro-A: sign",
        ours: on(Operation::Sign, Curve::CryptoProA),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Sign, Curve::CryptoProA))
                .floor(1.5)
                .aim(2.5),
            foreign(&NETTLE, on(Operation::Sign, Curve::CryptoProA)),
            foreign(&BOTAN, on(Operation::Sign, Curve::CryptoProA)),
            foreign(&GCRYPT, on(Operation::Sign, Curve::CryptoProA)),
            foreign(&BOUNCY_CASTLE, on(Operation::Sign, Curve::CryptoProA)),
        ],
    },
    Contest {
        name: "crypto-pro-A: verify",
        ours: on(Operation::Verify, Curve::CryptoProA),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Verify, Curve::CryptoProA))
                .floor(1.5)
                .aim(2.5),
            foreign(&NETTLE, on(Operation::Verify, Curve::CryptoProA)),
            foreign(&BOTAN, on(Operation::Verify, Curve::CryptoProA)),
            foreign(&GCRYPT, on(Operation::Verify, Curve::CryptoProA)),
            foreign(&BOUNCY_CASTLE, on(Operation::Verify, Curve::CryptoProA)),
        ],
    },
    Contest {
        name: "crypto-pro-A: verify with a prepared key",
        ours: on(Operation::VerifyPrepared, Curve::CryptoProA),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Verify, Curve::CryptoProA),
        )],
    },
    Contest {
        name: "crypto-pro-A: verify a batch of 8",
        ours: on(Operation::VerifyBatch, Curve::CryptoProA),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Verify, Curve::CryptoProA),
        )],
    },
    Contest {
        name: "crypto-pro-A: sign, portable path",
        ours: on(Operation::SignPortable, Curve::CryptoProA),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Sign, Curve::CryptoProA),
        )],
    },
    Contest {
        name: "crypto-pro-A: verify, portable path",
        ours: on(Operation::VerifyPortable, Curve::CryptoProA),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Verify, Curve::CryptoProA),
        )],
    },
    Contest {
        name: "crypto-pro-A: key pair",
        ours: on(Operation::Key, Curve::CryptoProA),
        rivals: &[
            foreign(&NETTLE, on(Operation::Key, Curve::CryptoProA)),
            foreign(&BOUNCY_CASTLE, on(Operation::Key, Curve::CryptoProA)),
        ],
    },
    Contest {
        name: "tc26-256-A: sign",
        ours: on(Operation::Sign, Curve::Tc26A256),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Sign, Curve::Tc26A256))
                .floor(0.5)
                .aim(1.0),
            foreign(&GCRYPT, on(Operation::Sign, Curve::Tc26A256)),
            foreign(&BOUNCY_CASTLE, on(Operation::Sign, Curve::Tc26A256)),
        ],
    },
    Contest {
        name: "tc26-256-A: verify",
        ours: on(Operation::Verify, Curve::Tc26A256),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Verify, Curve::Tc26A256))
                .floor(0.5)
                .aim(1.0),
            foreign(&GCRYPT, on(Operation::Verify, Curve::Tc26A256)),
            foreign(&BOUNCY_CASTLE, on(Operation::Verify, Curve::Tc26A256)),
        ],
    },
    Contest {
        name: "tc26-256-A: verify with a prepared key",
        ours: on(Operation::VerifyPrepared, Curve::Tc26A256),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Verify, Curve::Tc26A256),
        )],
    },
    Contest {
        name: "tc26-256-A: verify a batch of 8",
        ours: on(Operation::VerifyBatch, Curve::Tc26A256),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Verify, Curve::Tc26A256),
        )],
    },
    Contest {
        name: "tc26-256-A: sign, portable path",
        ours: on(Operation::SignPortable, Curve::Tc26A256),
        rivals: &[foreign(&GOST_ENGINE, on(Operation::Sign, Curve::Tc26A256))],
    },
    Contest {
        name: "tc26-256-A: verify, portable path",
        ours: on(Operation::VerifyPortable, Curve::Tc26A256),
        rivals: &[foreign(
            &GOST_ENGINE,
            on(Operation::Verify, Curve::Tc26A256),
        )],
    },
    Contest {
        name: "tc26-256-A: key pair",
        ours: on(Operation::Key, Curve::Tc26A256),
        rivals: &[
            foreign(&GOST_ENGINE, on(Operation::Key, Curve::Tc26A256)),
            foreign(&BOUNCY_CASTLE, on(Operation::Key, Curve::Tc26A256)),
        ],
    },
    Contest {
        name: "tc26-512-A: prepare a key",
        ours: on(Operation::Prepare, Curve::Tc26A512),
        rivals: &[ourselves(on(Operation::Verify, Curve::Tc26A512))],
    },
    Contest {
        name: "streebog-512, 64 B",
        ours: of(Operation::Hash, Hash::Streebog512, 64),
        rivals: &[
            foreign(&GOST_ENGINE, of(Operation::Hash, Hash::Streebog512, 64)),
            rustcrypto(of(Operation::Hash, Hash::Streebog512, 64)),
            foreign(&NETTLE, of(Operation::Hash, Hash::Streebog512, 64)),
            foreign(&BOTAN, of(Operation::Hash, Hash::Streebog512, 64)),
            foreign(&GCRYPT, of(Operation::Hash, Hash::Streebog512, 64)),
            foreign(&BOUNCY_CASTLE, of(Operation::Hash, Hash::Streebog512, 64)),
        ],
    },
    Contest {
        name: "streebog-512, 64 B, portable path",
        ours: of(Operation::HashPortable, Hash::Streebog512, 64),
        rivals: &[
            foreign(&GOST_ENGINE, of(Operation::Hash, Hash::Streebog512, 64)),
            rustcrypto(of(Operation::Hash, Hash::Streebog512, 64)),
        ],
    },
    Contest {
        name: "streebog-512, 64 B, 8 streams",
        ours: of(Operation::HashStreams, Hash::Streebog512, 64),
        rivals: &[ourselves(of(Operation::Hash, Hash::Streebog512, 64))],
    },
    Contest {
        name: "streebog-512, 1 KiB",
        ours: of(Operation::Hash, Hash::Streebog512, 1024),
        rivals: &[
            foreign(&GOST_ENGINE, of(Operation::Hash, Hash::Streebog512, 1024)),
            rustcrypto(of(Operation::Hash, Hash::Streebog512, 1024)),
            foreign(&NETTLE, of(Operation::Hash, Hash::Streebog512, 1024)),
            foreign(&BOTAN, of(Operation::Hash, Hash::Streebog512, 1024)),
            foreign(&GCRYPT, of(Operation::Hash, Hash::Streebog512, 1024)),
            foreign(&BOUNCY_CASTLE, of(Operation::Hash, Hash::Streebog512, 1024)),
        ],
    },
    Contest {
        name: "streebog-512, 1 KiB, portable path",
        ours: of(Operation::HashPortable, Hash::Streebog512, 1024),
        rivals: &[
            foreign(&GOST_ENGINE, of(Operation::Hash, Hash::Streebog512, 1024)),
            rustcrypto(of(Operation::Hash, Hash::Streebog512, 1024)),
        ],
    },
    Contest {
        name: "streebog-512, 1 KiB, 8 streams",
        ours: of(Operation::HashStreams, Hash::Streebog512, 1024),
        rivals: &[ourselves(of(Operation::Hash, Hash::Streebog512, 1024))],
    },
    Contest {
        name: "streebog-512, 64 KiB",
        ours: of(Operation::Hash, Hash::Streebog512, 65536),
        rivals: &[
            foreign(&GOST_ENGINE, of(Operation::Hash, Hash::Streebog512, 65536))
                .floor(2.6)
                .where_cpu_has(STREEBOG_VECTORS),
            rustcrypto(of(Operation::Hash, Hash::Streebog512, 65536))
                .floor(3.4)
                .where_cpu_has(STREEBOG_VECTORS),
            foreign(&NETTLE, of(Operation::Hash, Hash::Streebog512, 65536)),
            foreign(&BOTAN, of(Operation::Hash, Hash::Streebog512, 65536)),
            foreign(&GCRYPT, of(Operation::Hash, Hash::Streebog512, 65536)),
            foreign(
                &BOUNCY_CASTLE,
                of(Operation::Hash, Hash::Streebog512, 65536),
            ),
        ],
    },
    Contest {
        name: "streebog-512, 64 KiB, portable path",
        ours: of(Operation::HashPortable, Hash::Streebog512, 65536),
        rivals: &[
            foreign(&GOST_ENGINE, of(Operation::Hash, Hash::Streebog512, 65536))
                .floor(1.0)
                .aim(1.0),
            rustcrypto(of(Operation::Hash, Hash::Streebog512, 65536))
                .floor(1.3)
                .aim(1.3),
        ],
    },
    Contest {
        name: "streebog-512, 64 KiB, 8 streams",
        ours: of(Operation::HashStreams, Hash::Streebog512, 65536),
        // Table look-ups saturate the loads of a core with one message; only vectors gain from several.
        rivals: &[ourselves(of(Operation::Hash, Hash::Streebog512, 65536))
            .floor(1.4)
            .where_cpu_has(STREEBOG_VECTORS)],
    },
    Contest {
        name: "gost34311, 64 B",
        ours: of(Operation::Hash, Hash::Gost34311, 64),
        rivals: &[
            foreign(&NETTLE, of(Operation::Hash, Hash::Gost34311, 64)),
            rustcrypto(of(Operation::Hash, Hash::Gost34311, 64)),
            foreign(&GCRYPT, of(Operation::Hash, Hash::Gost34311, 64)),
            foreign(&BOUNCY_CASTLE, of(Operation::Hash, Hash::Gost34311, 64)),
        ],
    },
    Contest {
        name: "gost34311, 1 KiB",
        ours: of(Operation::Hash, Hash::Gost34311, 1024),
        rivals: &[
            foreign(&NETTLE, of(Operation::Hash, Hash::Gost34311, 1024)),
            rustcrypto(of(Operation::Hash, Hash::Gost34311, 1024)),
            foreign(&GCRYPT, of(Operation::Hash, Hash::Gost34311, 1024)),
            foreign(&BOUNCY_CASTLE, of(Operation::Hash, Hash::Gost34311, 1024)),
        ],
    },
    Contest {
        name: "gost34311, 64 KiB",
        ours: of(Operation::Hash, Hash::Gost34311, 65536),
        rivals: &[
            foreign(&NETTLE, of(Operation::Hash, Hash::Gost34311, 65536))
                .floor(1.0)
                .aim(2.0),
            rustcrypto(of(Operation::Hash, Hash::Gost34311, 65536))
                .floor(6.0)
                .aim(8.0),
            foreign(&GCRYPT, of(Operation::Hash, Hash::Gost34311, 65536)),
            foreign(&BOUNCY_CASTLE, of(Operation::Hash, Hash::Gost34311, 65536)),
        ],
    },
    Contest {
        name: "rsa-2048: verify",
        ours: RSA_VERIFY,
        rivals: &[
            // By ring, which prepares the modulus anew for each signature: 0.74 to 0.78 were measured.
            foreign(&OPENSSL, RSA_VERIFY).floor(0.7).aim(1.0),
            // rsa 0.9.10 took 8.9 times as long as we; 0.10 is faster. OpenSSL itself is 4.2 times as fast as it.
            rustcrypto(RSA_VERIFY).floor(3.0),
        ],
    },
    Contest {
        name: "CMS of 1 KiB, GOST: verify with path",
        ours: read(Operation::Verify, File::CmsGost),
        rivals: &[
            foreign(&GOST_ENGINE, read(Operation::Verify, File::CmsGost))
                .floor(1.35)
                .aim(2.7),
        ],
    },
    Contest {
        name: "CMS of 1 KiB, RSA: verify with path",
        ours: read(Operation::Verify, File::CmsRsa),
        rivals: &[foreign(&OPENSSL, read(Operation::Verify, File::CmsRsa))
            .floor(1.5)
            .aim(3.0)],
    },
    Contest {
        name: "XML of 10 KB: verify",
        ours: read(Operation::Verify, File::Xml10K),
        rivals: &[foreign(&XMLSEC, read(Operation::Verify, File::Xml10K))
            .floor(1.75)
            .aim(3.5)],
    },
    Contest {
        name: "XML of 1 MB: verify",
        ours: read(Operation::Verify, File::Xml1M),
        rivals: &[foreign(&XMLSEC, read(Operation::Verify, File::Xml1M))
            .floor(1.75)
            .aim(3.5)],
    },
    Contest {
        name: "XML of 50 MB: verify",
        ours: read(Operation::Verify, File::Xml50M),
        rivals: &[foreign(&XMLSEC, read(Operation::Verify, File::Xml50M))
            .floor(2.0)
            .aim(4.0)],
    },
    Contest {
        name: "PKCS#12, 1,024 iterations: open",
        ours: read(Operation::Open, File::Pkcs12With1024),
        rivals: &[
            foreign(&OPENSSL, read(Operation::Open, File::Pkcs12With1024))
                .floor(1.45)
                .aim(2.9),
        ],
    },
    Contest {
        name: "PKCS#12, 2,048 iterations: open",
        ours: read(Operation::Open, File::Pkcs12With2048),
        rivals: &[
            foreign(&OPENSSL, read(Operation::Open, File::Pkcs12With2048))
                .floor(1.45)
                .aim(2.9),
        ],
    },
];

const RSA_VERIFY: Event = Event {
    operation: Operation::Verify,
    subject: Subject::Rsa2048,
};

const fn on(operation: Operation, curve: Curve) -> Event {
    Event {
        operation,
        subject: Subject::Curve(curve),
    }
}

const fn of(operation: Operation, hash: Hash, bytes: usize) -> Event {
    Event {
        operation,
        subject: Subject::Message(hash, bytes),
    }
}

const fn read(operation: Operation, file: File) -> Event {
    Event {
        operation,
        subject: Subject::File(file),
    }
}

const fn foreign(foreign: &'static Foreign, event: Event) -> Rival {
    rival(Who::Foreign(foreign), event)
}

const fn rustcrypto(event: Event) -> Rival {
    rival(Who::RustCrypto, event)
}

const fn ourselves(event: Event) -> Rival {
    rival(Who::Ours, event)
}

const fn rival(who: Who, event: Event) -> Rival {
    Rival {
        who,
        event,
        floor: None,
        aim: None,
        needs: &[],
    }
}

impl Rival {
    const fn floor(mut self, ratio: f64) -> Self {
        self.floor = Some(ratio);
        self
    }

    const fn aim(mut self, ratio: f64) -> Self {
        self.aim = Some(ratio);
        self
    }

    const fn where_cpu_has(mut self, needs: &'static [&'static str]) -> Self {
        self.needs = needs;
        self
    }
}
