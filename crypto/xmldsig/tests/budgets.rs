//! What a document may cost is counted, and refused before it arises.

use tamga_xmldsig::{Error, Limits, SignedXml};

/// Sixty-four references to the whole of a large document: each reads it once more, which the budget counts.
#[test]
fn many_references_to_much_are_refused_before_they_cost() {
    let reference = "<Reference URI=''><Transforms><Transform Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/></Transforms><DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><DigestValue>AAAA</DigestValue></Reference>";
    let signature = format!(
        "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo><CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/><SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/>{}</SignedInfo><SignatureValue>AAAA</SignatureValue></Signature>",
        reference.repeat(64)
    );
    let document = |bytes: usize| format!("<r>{}{signature}</r>", "x".repeat(bytes));
    let limits = Limits::default();
    assert!(SignedXml::parse(document(1 << 20).as_bytes(), &limits).is_ok());
    assert_eq!(
        SignedXml::parse(document(60 << 20).as_bytes(), &limits).err(),
        Some(Error::TooLarge {
            what: "canonical bytes",
            limit: limits.canonical
        })
    );
}
