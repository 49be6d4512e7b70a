//! The `cms` crate, which shares no code with ours, reads what we make, field by field.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

use cms::{
    cert::CertificateChoices,
    content_info::{CmsVersion, ContentInfo},
    signed_data::{SignedData, SignerIdentifier},
};
use der::{Decode as _, Encode as _, asn1::OctetStringRef};
use tamga_cms::{Content, prepare};
use tamga_scheme::{AskNobody, Prepared as _, Signer as _, SoftwareSigner, ToSign};
use tamga_test_pki::TestPki;
use tamga_test_support::System;
use tamga_x509::UnixTime;

const NOW: UnixTime = UnixTime(1_795_165_200);

#[test]
fn another_parser_finds_in_our_message_what_we_put_into_it() {
    let pki = TestPki::generate(NOW, &System).unwrap();
    for id in ["gost2015_head", "gost2004_individual", "rsa_individual"] {
        let holder = pki.holder(id).unwrap();
        let signer = SoftwareSigner::new(&holder.key, &System);
        let scheme = signer.scheme();
        let content = "Құжат".as_bytes();
        let prepared =
            prepare(Content::Attached(content), scheme, &holder.certificate, NOW).unwrap();
        let to_sign = prepared.to_sign().to_vec();
        let value = signer
            .sign(ToSign::Bytes(&to_sign), &mut AskNobody)
            .unwrap();
        let message = prepared.assemble(value.clone());

        let outer = ContentInfo::from_der(&message).unwrap();
        assert_eq!(outer.content_type, const_oid::db::rfc5911::ID_SIGNED_DATA);
        let data: SignedData = outer.content.decode_as().unwrap();
        assert_eq!(data.version, CmsVersion::V1);
        assert_eq!(data.digest_algorithms.len(), 1);
        let carried = data.encap_content_info.econtent.unwrap();
        assert_eq!(
            carried.decode_as::<&OctetStringRef>().unwrap().as_bytes(),
            content
        );

        let certificates = data.certificates.unwrap().0;
        assert_eq!(certificates.len(), 1);
        let CertificateChoices::Certificate(certificate) = certificates.get(0).unwrap() else {
            panic!("another kind of certificate");
        };
        assert_eq!(certificate.to_der().unwrap(), holder.certificate.der());

        assert_eq!(data.signer_infos.0.len(), 1);
        let info = data.signer_infos.0.get(0).unwrap();
        let SignerIdentifier::IssuerAndSerialNumber(name) = &info.sid else {
            panic!("another kind of identifier");
        };
        assert_eq!(
            name.issuer.to_der().unwrap(),
            holder.certificate.issuer().der()
        );
        assert_eq!(name.serial_number.as_bytes(), holder.certificate.serial());
        assert_eq!(info.digest_alg.oid, scheme.digest().oid());
        assert_eq!(info.signature_algorithm.oid, scheme.signature_oid());
        assert_eq!(info.signature.as_bytes(), value.as_bytes());
        // The SET OF is in DER order, or this would not be what was signed (RFC 5652 section 5.4).
        assert_eq!(
            info.signed_attrs.as_ref().unwrap().to_der().unwrap(),
            to_sign
        );
        assert!(info.unsigned_attrs.is_none());
    }
}
