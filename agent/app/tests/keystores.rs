//! Documents signed with every kind of keystore, judged by our verifier and by programs of others.

#![cfg(target_os = "linux")]

mod setup;

use setup::{
    Desk, GOST, RSA, bench, holder,
    jks_writer::JksWriter,
    judges::{Kind, everything_signed_passes},
    pki, soft_token,
};
use tamga_test_pki::PASSWORD;

#[test]
fn a_gost_key_on_a_token_signs_and_everybody_accepts_it() {
    let bench = bench::Bench::new(bench::Script::default());
    let source = ["--token", bench::STORAGE, "--settings", "settings"];
    everything_signed_passes(&bench.desk, Kind::Gost, &source, bench::PIN);
}

#[test]
fn a_gost_key_that_wants_its_pin_for_each_signature_signs_and_everybody_accepts_it() {
    let bench = bench::Bench::new(bench::Script {
        key: "always_authenticate = true\nlayout = 'gost-be'",
        ..bench::Script::default()
    });
    let source = ["--token", bench::LABEL, "--settings", "settings"];
    everything_signed_passes(&bench.desk, Kind::Gost, &source, bench::PIN);
}

#[test]
fn an_rsa_key_on_a_token_of_others_signs_and_everybody_accepts_it() {
    let desk = soft_token::desk();
    let add = [
        "tokens",
        "add",
        soft_token::LIBRARY,
        "--settings",
        "settings",
    ];
    desk.tamga(&add, "").succeeded();
    let source = ["--token", soft_token::LABEL, "--settings", "settings"];
    everything_signed_passes(&desk, Kind::Rsa, &source, soft_token::PIN);
}

#[test]
fn keys_in_pkcs_12_files_sign_and_everybody_accepts_it() {
    for (id, kind) in [(GOST, Kind::Gost), (RSA, Kind::Rsa)] {
        let desk = Desk::new();
        let file = desk.key_file(id);
        everything_signed_passes(&desk, kind, &["--key", &file], PASSWORD);
    }
}

#[test]
fn an_rsa_key_in_a_jks_file_made_by_java_signs_and_everybody_accepts_it() {
    let desk = Desk::new();
    let file = desk.key_file(RSA);
    let import = format!(
        "-importkeystore -noprompt -srcstoretype PKCS12 -srckeystore {file} -srcstorepass {PASSWORD} \
         -deststoretype JKS -destkeystore person.jks -deststorepass {PASSWORD}"
    );
    desk.run(
        "keytool",
        "default-jdk-headless",
        &import.split(' ').collect::<Vec<_>>(),
    );
    everything_signed_passes(&desk, Kind::Rsa, &["--key", "person.jks"], PASSWORD);
}

#[test]
fn a_gost_key_in_a_jks_file_signs_and_everybody_accepts_it() {
    let desk = Desk::new();
    let holder = holder(GOST);
    let [root, issuing] = &pki().gost;
    let chain = [
        holder.certificate.der(),
        issuing.certificate.der(),
        root.certificate.der(),
    ];
    let file = JksWriter::new(2)
        .key("person", &holder.key.to_pkcs8_der(), PASSWORD, &chain)
        .seal(PASSWORD);
    desk.write("person.jks", file);
    everything_signed_passes(&desk, Kind::Gost, &["--key", "person.jks"], PASSWORD);
}
