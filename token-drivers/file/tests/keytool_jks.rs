//! JKS files made by Java's own program, and its other formats, which are refused by name.

mod setup;

use setup::programs::{Folder, keytool};
use setup::{WRONG, entries, keystore, sign_with_all, unsupported};
use tamga_test_support::{fixtures_dir, read};
use tamga_token_api::{KeyEntry, TokenError};
use tamga_x509::Certificate;

/// With Kazakh letters and a character of two UTF-16 units.
const SECRET: &str = "Құпия1Aa😀";

/// A new key with a certificate it signed itself, in a JKS file.
fn generate(file: &str, alias: &str, algorithm: &[&str], key_password: &str) {
    let head = ["-genkeypair", "-storetype", "JKS", "-keystore", file];
    let name = format!("CN={alias}");
    let rest = [
        "-storepass",
        SECRET,
        "-keypass",
        key_password,
        "-alias",
        alias,
        "-dname",
        &name,
    ];
    keytool(&[&head, algorithm, &rest].concat());
}

const RSA: &[&str] = &["-keyalg", "RSA", "-keysize", "2048"];

fn in_file<'a>(command: &'a str, file: &'a str, alias: &'a str) -> Vec<&'a str> {
    vec![
        command,
        "-keystore",
        file,
        "-storepass",
        SECRET,
        "-alias",
        alias,
    ]
}

/// A certificate of a file, as keytool gives it out.
fn exported(file: &str, alias: &str) -> Certificate {
    let folder = Folder::new();
    let out = folder.at("certificate.der");
    keytool(&[&in_file("-exportcert", file, alias)[..], &["-file", &out]].concat());
    Certificate::from_der(&folder.read("certificate.der")).expect("a certificate")
}

#[test]
fn a_key_with_its_chain_opens_under_a_kazakh_name_and_password() {
    let folder = Folder::new();
    let (file, authority) = (folder.at("person.jks"), folder.at("authority.jks"));
    generate(&file, "кілт", RSA, SECRET);
    generate(
        &authority,
        "root",
        &[RSA, &["-ext", "bc:c"]].concat(),
        SECRET,
    );
    // The authority's certificate for the key, and its own, go into the file together.
    let (request, pem) = (folder.at("request.pem"), folder.at("chain.pem"));
    let (own, root) = (folder.at("own.pem"), folder.at("root.pem"));
    let run = |head: Vec<&str>, rest: &[&str]| keytool(&[&head[..], rest].concat());
    run(in_file("-certreq", &file, "кілт"), &["-file", &request]);
    run(
        in_file("-gencert", &authority, "root"),
        &["-rfc", "-infile", &request, "-outfile", &own],
    );
    run(
        in_file("-exportcert", &authority, "root"),
        &["-rfc", "-file", &root],
    );
    folder.write(
        "chain.pem",
        &[folder.read("own.pem"), folder.read("root.pem")].concat(),
    );
    run(
        in_file("-importcert", &file, "кілт"),
        &["-noprompt", "-file", &pem],
    );

    let bytes = folder.read("person.jks");
    assert!(bytes.starts_with(b"\xfe\xed\xfe\xed\0\0\0\x02"));
    let expected = KeyEntry {
        alias: "кілт".to_owned(),
        certificate: exported(&file, "кілт"),
        chain: vec![exported(&authority, "root")],
    };
    assert_eq!(expected.certificate.issuer(), expected.chain[0].subject());
    assert_eq!(entries(&bytes, SECRET), Ok(vec![expected]));
    assert_eq!(sign_with_all(&bytes, SECRET), 1);
    for wrong in ["", "Құпия1Aa", "Құпия1aa😀"] {
        assert_eq!(entries(&bytes, wrong), Err(WRONG), "{wrong}");
    }
    for end in 0..bytes.len() {
        let error = keystore(&bytes[..end]).err();
        assert!(
            matches!(error, Some(TokenError::Damaged(_))),
            "{end}: {error:?}"
        );
    }
}

#[test]
fn of_several_keys_those_open_that_have_the_password_of_the_file() {
    let folder = Folder::new();
    let file = folder.at("keys.jks");
    generate(&file, "own", RSA, "another-password");
    let alone = unsupported("a key whose password is not that of the file");
    assert_eq!(entries(&folder.read("keys.jks"), SECRET), Err(alone));
    generate(&file, "elliptic", &["-keyalg", "EC"], SECRET);
    for alias in ["бірінші", "екінші"] {
        generate(&file, alias, RSA, SECRET);
    }
    // Java writes entries in the order of their hashes.
    let mut found = entries(&folder.read("keys.jks"), SECRET).expect("two keys");
    found.sort_by(|one, other| one.alias.cmp(&other.alias));
    let expected = ["бірінші", "екінші"].map(|alias| KeyEntry {
        alias: alias.to_owned(),
        certificate: exported(&file, alias),
        chain: Vec::new(),
    });
    assert_eq!(found, expected);
    assert_eq!(sign_with_all(&folder.read("keys.jks"), SECRET), 2);
}

#[test]
fn a_key_of_another_algorithm_is_named() {
    let folder = Folder::new();
    generate(
        &folder.at("elliptic.jks"),
        "elliptic",
        &["-keyalg", "EC"],
        SECRET,
    );
    let why = unsupported("key algorithm 1.2.840.10045.2.1");
    assert_eq!(entries(&folder.read("elliptic.jks"), SECRET), Err(why));
}

#[test]
fn a_file_of_trusted_certificates_is_empty() {
    let folder = Folder::new();
    let certificate = setup::test_ca::pki().gost[0].certificate.der();
    let der = folder.write("root.der", certificate);
    import(&folder.at("trusted.jks"), "root", &der, SECRET);
    let bytes = folder.read("trusted.jks");
    assert_eq!(entries(&bytes, SECRET), Err(TokenError::Empty.into()));
    assert_eq!(entries(&bytes, "another"), Err(WRONG));
}

fn import(file: &str, alias: &str, certificate: &str, secret: &str) {
    let head = [
        "-importcert",
        "-noprompt",
        "-storetype",
        "JKS",
        "-keystore",
        file,
    ];
    let rest = ["-storepass", secret, "-alias", alias, "-file", certificate];
    keytool(&[&head[..], &rest].concat());
}

#[test]
fn the_authorities_of_the_nca_as_java_keeps_them_are_read_and_are_no_keys() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    // As in the store of NCALayer's updater; one certificate of each algorithm.
    let folder = Folder::new();
    for name in ["root_rsa_2015", "nca_gost_2022"] {
        let path = fixtures.join("ca/prod").join(name).with_extension("cer");
        let der = folder.write("authority.cer", &read(path));
        import(&folder.at("trusted.jks"), name, &der, "knca-1");
    }
    let bytes = folder.read("trusted.jks");
    assert_eq!(entries(&bytes, "knca-1"), Err(TokenError::Empty.into()));
    assert_eq!(entries(&bytes, "knca-2"), Err(WRONG));
}

#[test]
fn other_formats_of_java_and_bouncy_castle_are_named() {
    const BOUNCY_CASTLE: &[&str] = &[
        "-providerpath",
        "/usr/share/java/bcprov.jar",
        "-provider",
        "org.bouncycastle.jce.provider.BouncyCastleProvider",
    ];
    let folder = Folder::new();
    let der = folder.write("root.der", setup::test_ca::pki().rsa[0].certificate.der());
    for (format, provider, name) in [
        ("JCEKS", &[][..], "a JCEKS file"),
        ("BKS", BOUNCY_CASTLE, "a BKS or UBER file"),
        ("UBER", BOUNCY_CASTLE, "a BKS or UBER file"),
        ("BCFKS", BOUNCY_CASTLE, "a BCFKS file"),
    ] {
        let file = folder.at(format);
        let head = ["-importcert", "-noprompt", "-storetype", format];
        let rest = [
            "-keystore",
            &file,
            "-storepass",
            "Tamga-test-1",
            "-alias",
            "a",
            "-file",
            &der,
        ];
        keytool(&[&head[..], &rest, provider].concat());
        let why = TokenError::Unsupported(name.to_owned());
        assert_eq!(keystore(&folder.read(format)).err(), Some(why), "{format}");
    }
    let domain = b"domain keys {\n  keystore a keystoreURI=\"file:///a.jks\";\n};\n";
    let why = TokenError::Unsupported("a DKS file".to_owned());
    assert_eq!(keystore(domain).err(), Some(why));
}
