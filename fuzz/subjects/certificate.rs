//! What is done with a certificate: read, asked everything, written as text and read again. Whatever the bytes, it ends
//! without a panic.

use tamga_x509::{Certificate, Error, Name, Role};

/// What a certificate said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) common_name: Option<String>,
    pub(crate) roles: Vec<Role>,
    /// Its own key signed it.
    pub(crate) self_signed: bool,
}

/// Reads a certificate and asks it everything.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    // Text is read through the same door.
    let _ = Certificate::from_der_or_pem(bytes);
    let certificate = Certificate::from_der(bytes)?;
    assert_eq!(certificate.der(), bytes);
    assert_eq!(
        Certificate::from_der_or_pem(bytes).as_ref(),
        Ok(&certificate)
    );
    for line_end in ["\n", "\r\n"] {
        let text = certificate.to_pem(line_end);
        assert_eq!(
            Certificate::from_der_or_pem(text.as_bytes()).as_ref(),
            Ok(&certificate)
        );
    }
    for part in [certificate.tbs_der(), certificate.spki_der()] {
        assert!(bytes.windows(part.len()).any(|window| window == part));
    }
    for name in [certificate.subject(), certificate.issuer()] {
        assert_eq!(Name::from_der(name.der()).as_ref(), Ok(name));
        let _ = (
            name.organization(),
            name.iin(),
            name.bin(),
            name.to_wire_text(),
        );
    }
    let named = certificate.issuer_and_serial();
    assert_eq!(named.issuer, certificate.issuer().der());
    assert_eq!(named.serial, certificate.serial());
    assert!(certificate.serial_hex().len() <= 2 * named.serial.len());
    let validity = certificate.validity();
    assert_eq!(
        validity.contains(validity.not_before),
        validity.not_before <= validity.not_after
    );

    let _ = (
        certificate.sha256(),
        certificate.signature_scheme(),
        certificate.purposes(),
    );
    let _ = (
        certificate.subject_key_identifier(),
        certificate.authority_key_identifier(),
    );
    let _ = (
        certificate.key_usage(),
        certificate.extended_key_usage_is_critical(),
    );
    let _ = (
        certificate.basic_constraints(),
        certificate.policies(),
        certificate.ocsp_no_check(),
    );
    let _ = (
        certificate.crl_urls(),
        certificate.delta_crl_urls(),
        certificate.ocsp_urls(),
    );
    let _ = (
        certificate.ca_issuer_urls(),
        certificate.critical_not_understood(),
    );
    assert_eq!(
        certificate.key_scheme().is_some(),
        certificate.public_key().is_ok()
    );
    Ok(Read {
        common_name: certificate.subject().common_name().map(str::to_owned),
        roles: certificate.roles(),
        self_signed: certificate.is_self_issued()
            && certificate
                .public_key()
                .is_ok_and(|key| certificate.verify_signed_by(key).is_ok()),
    })
}
