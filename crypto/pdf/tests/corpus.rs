//! The corpus of the fuzz target and thousands of its mutations, through the function of the target, on any compiler.

#[path = "../../../fuzz/mutations.rs"]
mod mutations;
#[path = "../../../fuzz/subjects/pdf.rs"]
mod pdf;

#[test]
fn files_of_the_corpus_are_read_as_listed() {
    let read = |[revisions, changes, fields]: [usize; 3], signatures, hold| {
        Ok(pdf::Read {
            revisions,
            changes,
            fields,
            signatures,
            hold,
        })
    };
    mutations::check(
        "pdf",
        pdf::read,
        vec![
            ("broken", read([2, 1, 1], 1, 0)),
            ("changed", read([3, 2, 1], 1, 1)),
            ("one", read([2, 1, 1], 1, 1)),
            ("streams", read([2, 1, 1], 1, 1)),
            ("two", read([3, 2, 2], 2, 2)),
            ("unsigned", read([1, 0, 0], 0, 0)),
        ],
    );
}

#[test]
fn mutations_are_read_or_refused() {
    let [read, refused] = mutations::mutate("pdf", 6000, pdf::read);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}
