//! What our profile refuses of the published suites, and why: nothing else may be refused, and all of it must be.

use tamga_xmldsig::Part;

/// Signatures refused for one reason.
pub(crate) struct Refused {
    pub(crate) by: Refusal,
    #[expect(dead_code, reason = "for readers")]
    pub(crate) because: &'static str,
    pub(crate) files: &'static [&'static str],
}

/// The error that says so.
pub(crate) enum Refusal {
    DocumentType,
    Part(Part, &'static str),
}

pub(crate) const REFUSED: &[Refused] = &[
    Refused {
        by: Refusal::Part(Part::Element, "HMACOutputLength"),
        because: "a truncated secret-key digest: nobody but the two parties can check it",
        files: &[
            "aleksey-xmldsig-01/dtd-hmac-91.xml",
            "phaos-xmldsig-three/signature-hmac-sha1-40-c14n-comments-detached.xml",
            "phaos-xmldsig-three/signature-hmac-sha1-40-exclusive-c14n-comments-detached.xml",
        ],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
        ),
        because: "ECDSA: not in the national table",
        files: &["aleksey-xmldsig-01/enveloped-ecdsa-java-bug.xml"],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411",
        ),
        because: "curves and encodings of another country",
        files: &["aleksey-xmldsig-01/enveloped-gost2001.xml"],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256",
        ),
        because: "curves and encodings of another country",
        files: &["aleksey-xmldsig-01/enveloped-gost2012-256.xml"],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-512",
        ),
        because: "curves and encodings of another country",
        files: &["aleksey-xmldsig-01/enveloped-gost2012-512.xml"],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        ),
        because: "RSA with SHA-512: not in the national table",
        files: &[
            "aleksey-xmldsig-01/enveloped-x509-issuerserial.xml",
            "aleksey-xmldsig-01/enveloped-x509-ski.xml",
            "aleksey-xmldsig-01/enveloped-x509-subjectname.xml",
        ],
    },
    Refused {
        by: Refusal::Part(Part::Element, "Object"),
        because: "what is signed stands inside the signature: no national profile has that, and manifests hide there",
        files: &[
            "aleksey-xmldsig-01/enveloping-dsa-x509chain.xml",
            "aleksey-xmldsig-01/enveloping-expired-cert.xml",
            "aleksey-xmldsig-01/enveloping-md5-hmac-md5-64.xml",
            "aleksey-xmldsig-01/enveloping-md5-hmac-md5.xml",
            "aleksey-xmldsig-01/enveloping-md5-rsa-md5.xml",
            "aleksey-xmldsig-01/enveloping-ripemd160-hmac-ripemd160-64.xml",
            "aleksey-xmldsig-01/enveloping-ripemd160-hmac-ripemd160.xml",
            "aleksey-xmldsig-01/enveloping-ripemd160-rsa-ripemd160.xml",
            "aleksey-xmldsig-01/enveloping-rsa-x509chain.xml",
            "aleksey-xmldsig-01/enveloping-sha1-ecdsa-sha1.xml",
            "aleksey-xmldsig-01/enveloping-sha1-hmac-sha1-64.xml",
            "aleksey-xmldsig-01/enveloping-sha1-hmac-sha1.xml",
            "aleksey-xmldsig-01/enveloping-sha1-rsa-sha1.xml",
            "aleksey-xmldsig-01/enveloping-sha224-hmac-sha224-64.xml",
            "aleksey-xmldsig-01/enveloping-sha224-hmac-sha224.xml",
            "aleksey-xmldsig-01/enveloping-sha224-rsa-sha224.xml",
            "aleksey-xmldsig-01/enveloping-sha256-dsa2048-sha256.xml",
            "aleksey-xmldsig-01/enveloping-sha256-dsa3072-sha256.xml",
            "aleksey-xmldsig-01/enveloping-sha256-ecdsa-sha256.xml",
            "aleksey-xmldsig-01/enveloping-sha256-hmac-sha256-64.xml",
            "aleksey-xmldsig-01/enveloping-sha256-hmac-sha256.xml",
            "aleksey-xmldsig-01/enveloping-sha256-rsa-sha256-der.xml",
            "aleksey-xmldsig-01/enveloping-sha256-rsa-sha256-verify.xml",
            "aleksey-xmldsig-01/enveloping-sha256-rsa-sha256.xml",
            "aleksey-xmldsig-01/enveloping-sha384-ecdsa-sha384.xml",
            "aleksey-xmldsig-01/enveloping-sha384-hmac-sha384-64.xml",
            "aleksey-xmldsig-01/enveloping-sha384-hmac-sha384.xml",
            "aleksey-xmldsig-01/enveloping-sha384-rsa-sha384.xml",
            "aleksey-xmldsig-01/enveloping-sha512-ecdsa-sha512.xml",
            "aleksey-xmldsig-01/enveloping-sha512-hmac-sha512-64.xml",
            "aleksey-xmldsig-01/enveloping-sha512-hmac-sha512.xml",
            "aleksey-xmldsig-01/enveloping-sha512-rsa-sha512.xml",
            "merlin-exc-c14n-one/exc-signature.xml",
            "merlin-xmldsig-twenty-three/signature-enveloping-b64-dsa.xml",
            "merlin-xmldsig-twenty-three/signature-enveloping-dsa.xml",
            "merlin-xmldsig-twenty-three/signature-enveloping-hmac-sha1-40.xml",
            "merlin-xmldsig-twenty-three/signature-enveloping-hmac-sha1.xml",
            "merlin-xmldsig-twenty-three/signature-enveloping-rsa.xml",
            "phaos-xmldsig-three/signature-big.xml",
            "phaos-xmldsig-three/signature-dsa-enveloping.xml",
            "phaos-xmldsig-three/signature-dsa-manifest.xml",
            "phaos-xmldsig-three/signature-hmac-md5-c14n-enveloping.xml",
            "phaos-xmldsig-three/signature-rsa-detached-b64-transform.xml",
            "phaos-xmldsig-three/signature-rsa-detached-xpath-transform.xml",
            "phaos-xmldsig-three/signature-rsa-detached-xslt-transform-retrieval-method.xml",
            "phaos-xmldsig-three/signature-rsa-detached-xslt-transform.xml",
            "phaos-xmldsig-three/signature-rsa-enveloping.xml",
            "phaos-xmldsig-three/signature-rsa-manifest-x509-data-cert-chain.xml",
            "phaos-xmldsig-three/signature-rsa-manifest-x509-data-cert.xml",
            "phaos-xmldsig-three/signature-rsa-manifest-x509-data-issuer-serial.xml",
            "phaos-xmldsig-three/signature-rsa-manifest-x509-data-ski.xml",
            "phaos-xmldsig-three/signature-rsa-manifest-x509-data-subject-name.xml",
            "phaos-xmldsig-three/signature-rsa-manifest.xml",
            "phaos-xmldsig-three/signature-rsa-~x509-data-crl.xml",
            "xmldsig2ed-tests/xpointer-2-SUN.xml",
            "xmldsig2ed-tests/xpointer-4-SUN.xml",
            "xmldsig2ed-tests/xpointer-5-SUN.xml",
            "xmldsig2ed-tests/xpointer-6-SUN.xml",
        ],
    },
    Refused {
        by: Refusal::Part(Part::ReferenceUri, "relationship/xml-base-input.xml"),
        because: "another document than this one",
        files: &["aleksey-xmldsig-01/enveloping-sha256-rsa-sha256-relationship.xml"],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        ),
        because: "SHA-1: collisions are cheap",
        files: &[
            "aleksey-xmldsig-01/signature-two-keynames.xml",
            "aleksey-xmldsig-01/x509data-sn-test.xml",
            "aleksey-xmldsig-01/x509data-test.xml",
            "phaos-xmldsig-three/signature-rsa-detached-xslt-transform-bad-retrieval-method.xml",
            "phaos-xmldsig-three/signature-rsa-detached.xml",
            "phaos-xmldsig-three/signature-rsa-enveloped-bad-digest-val.xml",
            "phaos-xmldsig-three/signature-rsa-enveloped-bad-sig.xml",
            "phaos-xmldsig-three/signature-rsa-enveloped.xml",
            "phaos-xmldsig-three/signature-rsa-xpath-transform-enveloped.xml",
        ],
    },
    Refused {
        by: Refusal::DocumentType,
        because: "document types are never processed",
        files: &[
            "aleksey-xmldsig-01/xpointer-hmac.xml",
            "merlin-xmldsig-twenty-three/signature.xml",
        ],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        ),
        because: "DSA, and SHA-1: not in the national table",
        files: &[
            "merlin-c14n-three/signature.xml",
            "merlin-xmldsig-twenty-three/signature-enveloped-dsa.xml",
            "merlin-xmldsig-twenty-three/signature-external-b64-dsa.xml",
            "merlin-xmldsig-twenty-three/signature-external-dsa.xml",
            "merlin-xmldsig-twenty-three/signature-keyname.xml",
            "merlin-xmldsig-twenty-three/signature-retrievalmethod-rawx509crt.xml",
            "merlin-xmldsig-twenty-three/signature-x509-crt-crl.xml",
            "merlin-xmldsig-twenty-three/signature-x509-crt.xml",
            "merlin-xmldsig-twenty-three/signature-x509-is.xml",
            "merlin-xmldsig-twenty-three/signature-x509-ski.xml",
            "merlin-xmldsig-twenty-three/signature-x509-sn.xml",
            "phaos-xmldsig-three/signature-dsa-detached.xml",
            "phaos-xmldsig-three/signature-dsa-enveloped.xml",
        ],
    },
    Refused {
        by: Refusal::Part(
            Part::SignatureMethod,
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        ),
        because: "a secret key: nobody but the two parties can check it",
        files: &[
            "phaos-xmldsig-three/signature-hmac-sha1-exclusive-c14n-comments-detached.xml",
            "phaos-xmldsig-three/signature-hmac-sha1-exclusive-c14n-enveloped.xml",
            "xmldsig2ed-tests/defCan-1.xml",
            "xmldsig2ed-tests/defCan-2.xml",
            "xmldsig2ed-tests/defCan-3.xml",
            "xmldsig2ed-tests/xpointer-1-SUN.xml",
            "xmldsig2ed-tests/xpointer-3-SUN.xml",
        ],
    },
];
