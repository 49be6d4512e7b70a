//! The foreign implementations: where they come from, what they cover, how their drivers are built.

mod compile;

use std::{path::Path, process::Command};

use crate::{
    Error,
    algorithm::{Curve, Hash},
    process::Peer,
};

/// An implementation that comes as a Debian package, with a driver of ours in `drivers/`.
#[derive(Debug)]
pub struct Foreign {
    /// The name in tables and messages.
    pub name: &'static str,
    /// Debian packages that the driver needs: first the one that holds the implementation.
    pub packages: &'static [&'static str],
    /// Curves whose keys and signatures it knows.
    pub curves: &'static [Curve],
    /// Hash functions it knows.
    pub hashes: &'static [Hash],
    /// Where it is known to deviate from the standard.
    pub quirks: &'static [Quirk],
    build: Build,
}

/// Known deviations of judges from GOST R 34.10-2012, found by the differential tests with the versions of Debian 12. A
/// judge is not asked where it deviates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// Coordinates of a key are reduced modulo p instead of being less.
    CoordinatesModuloP,
    /// A key need not be in the subgroup of order q; shows where the cofactor is 4.
    KeyOutsideSubgroup,
    /// Step 2 (a digest that is 0 modulo q counts as 1) is missing; it is an error.
    NoDigestOfZero,
    /// The sum of two equal points goes wrong: a good signature with z1*P = z2*Q is refused.
    NoDoubling,
    /// Step 7 compares r with x_R itself, not with x_R mod q.
    NoReductionOfX,
    /// Step 1 accepts s = q.
    OrderAsS,
    /// Step 2 is applied before the reduction modulo q: only the digest of zero bytes counts as 1.
    ZeroBeforeReduction,
}

/// How a driver becomes a program.
#[derive(Debug)]
enum Build {
    /// C with these arguments of the compiler.
    C(&'static [&'static str]),
    /// C++ with these arguments of the compiler.
    Cpp(&'static [&'static str]),
    /// A class, in a file of the same name, with this class path.
    Java {
        class: &'static str,
        class_path: &'static str,
    },
}

/// gost-engine in OpenSSL.
pub static GOST_ENGINE: Foreign = Foreign {
    name: "gost-engine",
    packages: &["libengine-gost-openssl", "libssl-dev", "gcc"],
    curves: &Curve::ALL,
    hashes: &[Hash::Streebog256, Hash::Streebog512],
    quirks: &[
        Quirk::CoordinatesModuloP,
        Quirk::KeyOutsideSubgroup,
        Quirk::OrderAsS,
    ],
    build: Build::C(&["gost_engine.c", "messages.c", "-lcrypto"]),
};

/// nettle.
pub static NETTLE: Foreign = Foreign {
    name: "nettle",
    packages: &["nettle-dev", "libgmp-dev", "gcc"],
    curves: &[Curve::CryptoProA, Curve::Tc26A512],
    hashes: &Hash::ALL,
    quirks: &[Quirk::NoDoubling, Quirk::ZeroBeforeReduction],
    build: Build::C(&["nettle.c", "-lhogweed", "-lnettle", "-lgmp"]),
};

/// libgcrypt.
pub static GCRYPT: Foreign = Foreign {
    name: "libgcrypt",
    packages: &["libgcrypt20-dev", "gcc"],
    curves: &Curve::ALL,
    hashes: &Hash::ALL,
    quirks: &[Quirk::KeyOutsideSubgroup],
    build: Build::C(&["gcrypt.c", "-lgcrypt"]),
};

/// Botan 2.
pub static BOTAN: Foreign = Foreign {
    name: "botan",
    packages: &["libbotan-2-dev", "g++"],
    curves: &[Curve::CryptoProA, Curve::Tc26A512],
    hashes: &[Hash::Streebog256, Hash::Streebog512],
    quirks: &[Quirk::NoReductionOfX],
    build: Build::Cpp(&["botan.cpp", "-isystem/usr/include/botan-2", "-lbotan-2"]),
};

/// Bouncy Castle.
pub static BOUNCY_CASTLE: Foreign = Foreign {
    name: "bouncy-castle",
    packages: &["libbcprov-java", "default-jdk-headless"],
    curves: &Curve::ALL,
    hashes: &Hash::ALL,
    quirks: &[Quirk::NoDigestOfZero],
    build: Build::Java {
        class: "BouncyCastle",
        class_path: "/usr/share/java/bcprov.jar",
    },
};

/// Bouncy Castle and Apache Santuario over whole formats; asked by [`Peer::ask_line`] what `drivers/Formats.java` says.
pub static FORMATS: Foreign = Foreign {
    name: "formats",
    packages: &[
        "libxml-security-java",
        "libbcprov-java",
        "libslf4j-java",
        "default-jdk-headless",
    ],
    curves: &[],
    hashes: &[],
    quirks: &[],
    build: Build::Java {
        class: "Formats",
        class_path: "/usr/share/java/bcprov.jar:/usr/share/java/xmlsec.jar:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar",
    },
};

/// OpenSSL itself: RSA, CMS and key files, in races only.
pub static OPENSSL: Foreign = Foreign {
    name: "openssl",
    packages: &["libssl-dev", "gcc"],
    curves: &[],
    hashes: &[],
    quirks: &[],
    build: Build::C(&["openssl.c", "messages.c", "-lcrypto"]),
};

/// libxmlsec1: XML signatures, in races only.
pub static XMLSEC: Foreign = Foreign {
    name: "libxmlsec1",
    packages: &["libxmlsec1-dev", "gcc"],
    curves: &[],
    hashes: &[],
    quirks: &[],
    build: Build::C(&[
        "xmlsec.c",
        "-isystem/usr/include/libxml2",
        "-isystem/usr/include/xmlsec1",
        // What `pkg-config xmlsec1-openssl` says; the first decides the layout of structures.
        "-DXMLSEC_NO_SIZE_T",
        "-DXMLSEC_CRYPTO_OPENSSL=1",
        "-D__XMLSEC_FUNCTION__=__func__",
        "-lxmlsec1-openssl",
        "-lxmlsec1",
        "-lxml2",
    ]),
};

/// Everybody who judges.
pub static JUDGES: [&Foreign; 5] = [&GOST_ENGINE, &NETTLE, &GCRYPT, &BOTAN, &BOUNCY_CASTLE];

impl Foreign {
    /// Starts the driver, compiled into `folder` if its sources or its command have changed since.
    ///
    /// # Errors
    /// [`Error`]; it names the packages if the driver does not compile or start.
    pub fn start(&'static self, folder: &Path) -> Result<Peer, Error> {
        let program = compile::program(self, folder)?;
        Peer::start(self.name, self.packages, program)
    }

    /// As [`Self::start`], with a folder of files ([`crate::files`]) to read.
    ///
    /// # Errors
    /// As there.
    pub fn start_with(&'static self, folder: &Path, files: &Path) -> Result<Peer, Error> {
        let mut program = compile::program(self, folder)?;
        program.env(crate::files::FOLDER, files);
        Peer::start(self.name, self.packages, program)
    }

    /// Whether it is known to deviate in any of these ways.
    pub fn has_any(&self, quirks: &[Quirk]) -> bool {
        quirks.iter().any(|quirk| self.quirks.contains(quirk))
    }

    /// The package with the implementation and its version, as the package manager knows it.
    pub fn package_version(&self) -> Option<String> {
        let output = Command::new("dpkg-query")
            .args([
                "--show",
                "--showformat=${Package} ${Version}",
                self.packages[0],
            ])
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
