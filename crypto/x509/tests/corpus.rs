//! The corpora of fuzz targets and thousands of their mutations, through the functions of the targets, on any compiler.

#[path = "../../../fuzz/subjects/certificate.rs"]
mod certificate;
#[path = "../../../fuzz/subjects/crl.rs"]
mod crl;
#[path = "../../../fuzz/subjects/issued.rs"]
mod issued;
#[path = "../../../fuzz/mutations.rs"]
mod mutations;
#[path = "../../../fuzz/subjects/ocsp.rs"]
mod ocsp;

#[test]
fn certificates_of_the_corpus_are_read_as_listed() {
    mutations::check("certificate", certificate::read, vec![]);
}

#[test]
fn lists_of_the_corpus_are_evidence_as_listed() {
    mutations::check("crl", crl::read, vec![]);
}

#[test]
fn answers_of_the_corpus_prove_what_is_listed() {
    mutations::check("ocsp", ocsp::judge, vec![]);
}

#[test]
fn mutations_of_certificates_are_read_or_refused() {
    let [read, refused] = mutations::mutate("certificate", 8000, certificate::read);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}

#[test]
fn mutations_of_lists_are_read_or_refused_and_prove_nothing_unsigned() {
    let [read, refused] = mutations::mutate("crl", 8000, crl::read);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}

#[test]
fn mutations_of_answers_are_judged_or_refused() {
    let [read, refused] = mutations::mutate("ocsp", 8000, ocsp::judge);
    assert!(read > 50 && refused > 500, "{read} {refused}");
}
