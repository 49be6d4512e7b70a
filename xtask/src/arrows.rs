//! The arrows between crates against the table in ARCHITECTURE.md, and the invariants `cargo metadata` can show.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use crate::{Outcome, say};

/// Crates that anything may be used by for tests and tools; nothing of the product may use them.
const TOOLS: &[&str] = &[
    "tamga-constant-time",
    "tamga-peers",
    "tamga-test-pki",
    "tamga-test-support",
    "tamga-token-bench",
    "tamga-token-fake",
    "xtask",
];

/// A crate of the left column may not be reachable from the crate of the right one, at any depth.
const NEVER_REACHES: &[(&str, &[&str])] = &[
    // I1: formats know no JSON, JSON knows no formats.
    (
        "tamga-protocol",
        &["tamga-scheme", "tamga-x509", "rsa", "der"],
    ),
    ("tamga-cms", &["serde_json"]),
    ("tamga-xmldsig", &["serde_json"]),
    ("tamga-pdf", &["serde_json"]),
    ("tamga-zip", &["serde_json"]),
    ("tamga-client", &["serde_json"]),
    // I5: the portal's side needs nothing of the agent's.
    (
        "tamga-verifier",
        &["tamga-agent-core", "tamga-token-api", "tamga-protocol"],
    ),
    // I5: the resident program holds no toolkit.
    ("tamga", &["slint", "winit"]),
    // The window decides nothing and parses no certificate, signature or key file.
    (
        "tamga-window",
        &[
            "tamga-scheme",
            "tamga-x509",
            "tamga-xmldsig",
            "x509-cert",
            "der",
        ],
    ),
];

/// Runs the comparison and prints every difference.
pub(crate) fn run() -> Outcome {
    let metadata = MetadataCommand::new().exec()?;
    let text = std::fs::read_to_string(metadata.workspace_root.join("ARCHITECTURE.md"))?;
    let findings = findings(&metadata, &table(&text));
    for finding in &findings {
        say(finding);
    }
    say(&format!(
        "arrows: {} crates, {} differences",
        metadata.workspace_members.len(),
        findings.len()
    ));
    Ok(findings.is_empty())
}

type Table = BTreeMap<String, BTreeSet<String>>;

/// Rows `| crate | uses |` between the markers `<!-- arrows -->` and `<!-- /arrows -->`.
fn table(text: &str) -> Table {
    let inside = text
        .split_once("<!-- arrows -->")
        .and_then(|(_, rest)| rest.split_once("<!-- /arrows -->"))
        .map_or("", |(inside, _)| inside);
    inside
        .lines()
        .filter_map(|line| {
            let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
            let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
            let uses = cells.next()?;
            let uses = uses
                .split(',')
                .filter_map(|cell| cell.trim().strip_prefix('`')?.strip_suffix('`'))
                .map(str::to_owned)
                .collect();
            Some((name.to_owned(), uses))
        })
        .collect()
}

fn findings(metadata: &Metadata, allowed: &Table) -> Vec<String> {
    let members: BTreeMap<&str, &Package> = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| (package.name.as_str(), package))
        .collect();
    let mut findings = Vec::new();
    for (name, package) in &members {
        let Some(row) = allowed.get(*name) else {
            findings.push(format!("{name}: no row in ARCHITECTURE.md"));
            continue;
        };
        let used = arrows(package, &members);
        for arrow in used.iter().filter(|arrow| !row.contains(*arrow)) {
            findings.push(format!(
                "{name} -> {arrow}: an arrow ARCHITECTURE.md does not allow"
            ));
        }
        for arrow in row.iter().filter(|arrow| !used.contains(*arrow)) {
            findings.push(format!(
                "{name} -> {arrow}: in ARCHITECTURE.md, not in Cargo.toml"
            ));
        }
        if !TOOLS.contains(name) {
            for tool in used.iter().filter(|arrow| TOOLS.contains(&arrow.as_str())) {
                findings.push(format!("{name} -> {tool}: the product uses a test crate"));
            }
        }
    }
    for name in allowed
        .keys()
        .filter(|name| !members.contains_key(name.as_str()))
    {
        findings.push(format!("{name}: in ARCHITECTURE.md, not a member"));
    }
    findings.extend(forbidden(metadata));
    findings
}

/// Workspace crates that `package` uses in its product code.
fn arrows(package: &Package, members: &BTreeMap<&str, &Package>) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .filter(|dependency| members.contains_key(dependency.name.as_str()))
        .map(|dependency| dependency.name.to_string())
        .collect()
}

/// Rows of [`NEVER_REACHES`] that are broken, following normal dependencies on every platform.
fn forbidden(metadata: &Metadata) -> Vec<String> {
    let Some(resolve) = &metadata.resolve else {
        return vec!["cargo metadata gave no dependency graph".to_owned()];
    };
    let names: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package.name.as_str()))
        .collect();
    let uses: BTreeMap<_, Vec<_>> = resolve
        .nodes
        .iter()
        .map(|node| {
            let normal = node
                .deps
                .iter()
                .filter(|dep| {
                    dep.dep_kinds
                        .iter()
                        .any(|kind| kind.kind == DependencyKind::Normal)
                })
                .map(|dep| &dep.pkg)
                .collect();
            (&node.id, normal)
        })
        .collect();
    let mut findings = Vec::new();
    for (from, banned) in NEVER_REACHES {
        let mut waiting: Vec<_> = names
            .iter()
            .filter(|(_, name)| *name == from)
            .map(|(id, _)| *id)
            .collect();
        if waiting.is_empty() {
            findings.push(format!("{from}: named in an invariant, not in the graph"));
        }
        let mut reached = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if reached.insert(id) {
                waiting.extend(uses.get(id).into_iter().flatten());
            }
        }
        for id in reached {
            if let Some(name) = names.get(id).filter(|name| banned.contains(name)) {
                findings.push(format!("{from} reaches {name}: an invariant forbids it"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_between_its_markers() {
        let text = "| `x` | `y` |\n<!-- arrows -->\n| crate | uses |\n|---|---|\n| `a` | `b`, `c` |\n| `b` | – |\n<!-- /arrows -->";
        let table = table(text);
        assert_eq!(table.len(), 2);
        assert_eq!(table["a"], BTreeSet::from(["b".to_owned(), "c".to_owned()]));
        assert!(table["b"].is_empty());
    }

    #[test]
    fn a_crate_without_a_row_is_a_finding() {
        let metadata = MetadataCommand::new().exec().expect("cargo metadata runs");
        let findings = findings(&metadata, &Table::new());
        assert!(
            findings
                .iter()
                .any(|line| line == "xtask: no row in ARCHITECTURE.md")
        );
    }

    #[test]
    fn the_workspace_has_exactly_the_arrows_of_the_table() {
        let metadata = MetadataCommand::new().exec().expect("cargo metadata runs");
        let text = std::fs::read_to_string(metadata.workspace_root.join("ARCHITECTURE.md"))
            .expect("ARCHITECTURE.md is there");
        assert_eq!(findings(&metadata, &table(&text)), Vec::<String>::new());
    }
}
