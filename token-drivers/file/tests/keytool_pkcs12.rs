//! PKCS#12 between us and Java's own program, both ways.

mod setup;

use setup::programs::{Folder, keytool};
use setup::test_ca::{holder, pki};
use setup::{System, WRONG, entries, password, sign_with_all, unsupported};
use tamga_token_api::KeyEntry;
use tamga_token_file::pkcs12;

/// Java encrypts keys of PKCS#12 files under ASCII passwords only.
const SECRET: &str = "Qwerty-12";

/// Java's properties of one PKCS#12 file, as `-J-D` arguments.
struct Protection {
    key: &'static str,
    certificate: &'static str,
    mac: &'static str,
}

impl Protection {
    /// With one iteration of each key derivation: Java takes its time for ten thousand.
    fn arguments(&self) -> [String; 6] {
        let property = |name: &str, value| format!("-J-Dkeystore.pkcs12.{name}={value}");
        [
            property("keyProtectionAlgorithm", self.key),
            property("certProtectionAlgorithm", self.certificate),
            property("macAlgorithm", self.mac),
            property("keyPbeIterationCount", "1"),
            property("certPbeIterationCount", "1"),
            property("macIterationCount", "1"),
        ]
    }
}

/// Copies a file into a new one, into another format or protection.
fn converted(from: &str, to: &str, format: &str, protection: Option<&Protection>) {
    let properties = protection.map(Protection::arguments).unwrap_or_default();
    let mut arguments: Vec<&str> = properties
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.is_empty())
        .collect();
    arguments.extend([
        "-importkeystore",
        "-noprompt",
        "-srckeystore",
        from,
        "-srcstorepass",
        SECRET,
        "-destkeystore",
        to,
        "-deststoretype",
        format,
        "-deststorepass",
        SECRET,
    ]);
    keytool(&arguments);
}

/// Two keys, as Java writes them if asked for nothing else.
fn two_keys(folder: &Folder) -> String {
    let file = folder.at("two.p12");
    for alias in ["бірінші", "екінші"] {
        keytool(&[
            "-genkeypair",
            "-keystore",
            &file,
            "-storepass",
            SECRET,
            "-alias",
            alias,
            "-keyalg",
            "RSA",
            "-keysize",
            "2048",
            "-dname",
            "CN=somebody",
        ]);
    }
    file
}

fn sorted(bytes: &[u8]) -> Vec<KeyEntry> {
    let mut found = entries(bytes, SECRET).expect("an open file");
    found.sort_by(|one, other| one.alias.cmp(&other.alias));
    found
}

#[test]
fn all_that_java_writes_opens_to_the_same_two_keys_or_is_named() {
    let folder = Folder::new();
    let file = two_keys(&folder);
    let bytes = folder.read("two.p12");
    let expected = sorted(&bytes);
    let aliases: Vec<&str> = expected.iter().map(|entry| entry.alias.as_str()).collect();
    assert_eq!(aliases, ["бірінші", "екінші"]);
    assert_eq!(sign_with_all(&bytes, SECRET), 2);
    assert_eq!(entries(&bytes, "Qwerty-13"), Err(WRONG));

    let convert = |key, certificate, mac| {
        let protection = Protection {
            key,
            certificate,
            mac,
        };
        let name = format!("{key}-{certificate}-{mac}.p12").replace('/', "_");
        converted(&file, &folder.at(&name), "PKCS12", Some(&protection));
        folder.read(&name)
    };
    for (key, certificate, mac) in [
        (
            "PBEWithSHA1AndDESede",
            "PBEWithSHA1AndRC2_40",
            "HmacPBESHA1",
        ),
        (
            "PBEWithSHA1AndRC2_128",
            "PBEWithSHA1AndDESede",
            "HmacPBESHA224",
        ),
        (
            "PBEWithSHA1AndRC2_40",
            "PBEWithSHA1AndRC2_128",
            "HmacPBESHA384",
        ),
        (
            "PBEWithHmacSHA1AndAES_128",
            "PBEWithHmacSHA224AndAES_256",
            "HmacPBESHA512",
        ),
        (
            "PBEWithHmacSHA256AndAES_128",
            "PBEWithHmacSHA384AndAES_128",
            "HmacPBESHA512/224",
        ),
        ("PBEWithHmacSHA512AndAES_256", "NONE", "HmacPBESHA512/256"),
        (
            "PBEWithHmacSHA512AndAES_128",
            "PBEWithHmacSHA1AndAES_256",
            "NONE",
        ),
    ] {
        let bytes = convert(key, certificate, mac);
        assert_eq!(sorted(&bytes), expected, "{key} {certificate} {mac}");
        assert_eq!(
            entries(&bytes, "Qwerty-13"),
            Err(WRONG),
            "{key} {certificate} {mac}"
        );
    }
    for (key, number) in [
        ("PBEWithSHA1AndRC4_128", "1.2.840.113549.1.12.1.1"),
        ("PBEWithSHA1AndRC4_40", "1.2.840.113549.1.12.1.2"),
        ("PBEWithMD5AndDES", "1.2.840.113549.1.5.3"),
    ] {
        let bytes = convert(key, "NONE", "HmacPBESHA256");
        let why = unsupported(&format!("encryption {number}"));
        assert_eq!(entries(&bytes, SECRET), Err(why), "{key}");
    }
}

/// A key file of ours in a folder, with the key's whole chain.
fn ours(folder: &Folder, id: &str, alias: &str) -> String {
    let holder = holder(id);
    let [root, issuing] = if id.starts_with("rsa") {
        &pki().rsa
    } else {
        &pki().gost
    };
    let chain = [
        holder.certificate.clone(),
        issuing.certificate.clone(),
        root.certificate.clone(),
    ];
    let bytes =
        pkcs12::write(&holder.key, &chain, alias, &password(SECRET), &System).expect("a key file");
    folder.write("ours.p12", &bytes)
}

/// Upper-case hexadecimal with colons, as keytool prints fingerprints.
fn fingerprint(id: &str) -> String {
    let octets = holder(id).certificate.sha256();
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02X}")).collect();
    pairs.join(":")
}

#[test]
fn keytool_lists_what_we_write_and_checks_its_integrity() {
    for id in [
        "rsa_individual",
        "gost2015_individual",
        "gost2004_individual",
    ] {
        let folder = Folder::new();
        let file = ours(&folder, id, "менің кілтім");
        let told = keytool(&[
            "-list",
            "-v",
            "-storetype",
            "PKCS12",
            "-keystore",
            &file,
            "-storepass",
            SECRET,
        ]);
        for part in [
            "Your keystore contains 1 entry",
            "Alias name: менің кілтім",
            "Entry type: PrivateKeyEntry",
            "Certificate chain length: 3",
            &format!("SHA256: {}", fingerprint(id)),
        ] {
            assert!(told.contains(part), "{id}: {part}: {told}");
        }
    }
}

#[test]
fn java_takes_our_key_out_and_we_read_it_back_from_its_own_format() {
    let folder = Folder::new();
    let file = ours(&folder, "rsa_individual", "key");
    converted(&file, &folder.at("back.jks"), "JKS", None);
    let bytes = folder.read("back.jks");
    let [root, issuing] = &pki().rsa;
    let expected = KeyEntry {
        alias: "key".to_owned(),
        certificate: holder("rsa_individual").certificate.clone(),
        chain: vec![issuing.certificate.clone(), root.certificate.clone()],
    };
    assert_eq!(entries(&bytes, SECRET), Ok(vec![expected]));
    assert_eq!(sign_with_all(&bytes, SECRET), 1);
}
