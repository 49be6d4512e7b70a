//! PKCS#12 files without encryption and integrity check, of any keys and certificates whatever.

// pkcs7-data
const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
// keyBag, certBag
const KEY_BAG: &[u8] = &[
    0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 1,
];
const CERT_BAG: &[u8] = &[
    0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3,
];
// x509Certificate
const X509: &[u8] = &[0x06, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];

/// An element with four length octets, which BER allows.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = (content.len() as u32).to_be_bytes();
    [&[tag, 0x84], &length[..], &content].concat()
}

/// A bag with a PKCS#8 key.
pub(crate) fn key_bag(pkcs8: &[u8]) -> Vec<u8> {
    tlv(0x30, &[KEY_BAG, &tlv(0xa0, &[pkcs8])])
}

/// A bag with a certificate.
pub(crate) fn certificate_bag(der: &[u8]) -> Vec<u8> {
    let value = tlv(0x30, &[X509, &tlv(0xa0, &[&tlv(0x04, &[der])])]);
    tlv(0x30, &[CERT_BAG, &tlv(0xa0, &[&value])])
}

/// A file of these bags; `mac_data` stands behind them.
pub(crate) fn file_of(bags: &[u8], mac_data: &[u8]) -> Vec<u8> {
    let data = |octets: &[u8]| tlv(0x30, &[DATA, &tlv(0xa0, &[&tlv(0x04, &[octets])])]);
    let safe = tlv(0x30, &[&data(&tlv(0x30, &[bags]))]);
    tlv(0x30, &[&[0x02, 1, 3], &data(&safe), mac_data])
}
