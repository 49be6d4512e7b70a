//! Scripts that are no scripts.

use cryptoki::context::Function;
use cryptoki::error::RvError;

use crate::support::{Bench, Keys, refused, token};

#[track_caller]
fn check(script: &str) {
    let mut bench = Bench::written(script);
    refused(
        bench.initialize(),
        RvError::ArgumentsBad,
        Function::Initialize,
    );
    assert_eq!(
        bench.journal().last().unwrap(),
        "C_Initialize CKR_ARGUMENTS_BAD"
    );
}

#[test]
fn a_bad_script_keeps_the_library_from_starting() {
    check("[[slot]]\nreader = 'no quote");
    check("[[slot]]\nreader = 'r'\ncolour = 'red'");
    check(&(token("1") + &token("1")));
}

#[test]
fn a_key_that_is_not_there_or_not_whole_keeps_the_library_from_starting() {
    let keys = Keys::get();
    let file = keys.in_file("rsa_individual");
    let key = |lines: &str| {
        check(&format!(
            "{}[[slot.token.key]]\nid = '01'\n{lines}",
            token("1")
        ))
    };
    key("");
    key("pkcs8 = 'nowhere.key'");
    key("file = 'nowhere.p12'\npassword = 'x'");
    key(&format!(
        "pkcs8 = '{}'",
        keys.path("rsa_individual.cer").display()
    ));
    check(&(token("1") + &file.replace("Tamga-test-1", "Tamga-test-2")));
    check(&(token("1") + &file + "pkcs8 = 'both.key'\n"));
    check(&(token("1") + &file.replace("'01'", "'0g'")));
}

#[test]
fn a_mechanism_that_is_not_for_the_key_keeps_the_library_from_starting() {
    let keys = Keys::get();
    let gost = "mechanisms = ['gost-512']\n";
    check(&(token("1") + &keys.bare("rsa_individual") + gost));
    // No keystore of key files signs with SHA-1.
    let sha1 = "mechanisms = ['rsa-sha1']\n";
    check(&(token("1") + &keys.in_file("rsa_individual") + sha1));
}

#[test]
fn paths_in_a_script_start_from_its_folder() {
    let keys = Keys::get();
    let mut bench = Bench::written(&(token("1") + "[[slot.token.key]]\nid = '01'\npkcs8 = 'k'\n"));
    let key = keys.path("rsa_individual.key");
    std::fs::copy(key, bench.folder().join("k")).unwrap();
    bench.initialize().unwrap();
    assert_eq!(crate::support::private_keys(&bench.logged_in()).len(), 1);
}

#[test]
fn the_readme_shows_scripts_that_play() {
    let readme = include_str!("../../README.md");
    let keys = Keys::get();
    let scripts: Vec<_> = readme.split("```toml\n").skip(1).collect();
    assert_eq!(scripts.len(), 2);
    for script in scripts {
        let script = script.split("```").next().unwrap();
        let script = script.replace("\"…\"", "\"Tamga-test-1\"");
        // What the second one orders C_Initialize to do: nothing.
        let mut bench = Bench::written(&script);
        let p12 = keys.path("gost2015_individual.p12");
        for name in ["gost2015_individual.p12", "person.p12"] {
            std::fs::copy(&p12, bench.folder().join(name)).unwrap();
        }
        let authority = bench.folder().join("authority.cer");
        std::fs::copy(keys.path("rsa_individual.cer"), authority).unwrap();
        bench.initialize().unwrap();
    }
}
