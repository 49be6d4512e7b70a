//! The list of exceptions that memcheck is given leaves out no more than it says.

const LIST: &str = include_str!("../declassified.supp");

/// One entry: the comment above it, its name, and the lines that follow.
struct Entry {
    reason: String,
    name: &'static str,
    lines: Vec<&'static str>,
}

fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut reason = String::new();
    let mut lines = LIST.lines();
    while let Some(line) = lines.next() {
        match line.trim() {
            "" => reason.clear(),
            "{" => {
                let inside: Vec<_> = lines
                    .by_ref()
                    .map(str::trim)
                    .take_while(|line| *line != "}")
                    .collect();
                entries.push(Entry {
                    reason: reason.clone(),
                    name: inside[0],
                    lines: inside[1..].to_vec(),
                });
                reason.clear();
            }
            comment => reason.push_str(comment.strip_prefix('#').expect("a comment or an entry")),
        }
    }
    entries
}

#[test]
fn every_decision_has_a_reason() {
    let entries = entries();
    assert!(!entries.is_empty());
    let mut before = "";
    for Entry { reason, name, .. } in &entries {
        assert!(
            reason.len() > 40 || *name == before,
            "{name}: no reason above it"
        );
        before = name;
    }
}

#[test]
fn conditional_jumps_are_left_out_and_addresses_never() {
    for Entry { name, lines, .. } in entries() {
        assert_eq!(lines[0], "Memcheck:Cond", "{name}");
    }
}

#[test]
fn each_entry_names_the_functions_it_is_for() {
    for Entry { name, lines, .. } in entries() {
        let functions = &lines[1..];
        assert!((1..=2).contains(&functions.len()), "{name}");
        for function in functions {
            let pattern = function.strip_prefix("fun:").expect("a function");
            let letters = pattern.chars().filter(char::is_ascii_alphabetic).count();
            assert!(letters >= 4, "{name}: {pattern} names nothing");
        }
    }
}
