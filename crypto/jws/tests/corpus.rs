//! The corpus of the fuzz target and thousands of its mutations, through the function of the target, on any compiler.

#[path = "../../../fuzz/subjects/jws.rs"]
mod jws;
#[path = "../../../fuzz/mutations.rs"]
mod mutations;

use tamga_jws::Error;

#[test]
fn files_of_the_corpus_are_read_as_listed() {
    let read = |signatures, hold| {
        Ok(jws::Read {
            signatures,
            hold,
            claims: true,
        })
    };
    mutations::check(
        "jws",
        jws::read,
        vec![
            ("claims", Err(Error::NoSignatures)),
            ("compact_gost2015", read(1, 1)),
            ("compact_rsa_without_certificate", read(1, 0)),
            ("json_detached", read(1, 1)),
            ("json_flattened", read(1, 1)),
            ("json_two", read(2, 2)),
        ],
    );
}

#[test]
fn mutations_are_read_or_refused() {
    let [read, refused] = mutations::mutate("jws", 6000, jws::read);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}
