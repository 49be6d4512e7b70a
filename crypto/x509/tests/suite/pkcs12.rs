//! Takes the certificate out of a key container of the fixtures (RFC 7292); keys are not looked at.

use cbc::cipher::{BlockModeDecrypt, InnerIvInit, KeyIvInit, block_padding::Pkcs7};
use sha1::{Digest, Sha1};

/// pbeWithSHAAnd3-KeyTripleDES-CBC and pbeWithSHAAnd40BitRC2-CBC, contents of the identifiers.
const SHA1_3DES: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01, 0x03];
const SHA1_RC2_40: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01, 0x06];
/// id-encryptedData and certBag.
const ENCRYPTED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x06];
const CERT_BAG: &[u8] = &[
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, 0x03,
];

/// DER of the first certificate of a container whose certificate bags are encrypted as the NCA does it.
pub(crate) fn certificate(container: &[u8], password: &str) -> Vec<u8> {
    let container = tamga_ber::to_der_prefix(container).unwrap().0;
    // PFX { version, authSafe ContentInfo { type, [0] OCTET STRING }, macData }
    let safes = octets(&at(&container, &[0, 1, 1, 0]));
    let safes = tamga_ber::to_der(&safes).unwrap();
    for safe in at(&safes, &[0]).items() {
        // ContentInfo { type, [0] EncryptedData { version, { type, algorithm, [0] octets } } }
        let parts = safe.items();
        if parts[0].value != ENCRYPTED_DATA {
            continue;
        }
        let content = parts[1].items()[0].items()[1].items();
        let bags = decrypt(&content[1], octets(&content[2]), password);
        let bags = tamga_ber::to_der(&bags).unwrap();
        for bag in at(&bags, &[0]).items() {
            // SafeBag { id, [0] CertBag { id, [0] OCTET STRING }, attributes }
            let parts = bag.items();
            if parts[0].value == CERT_BAG {
                return octets(&parts[1].items()[0].items()[1].items()[0]);
            }
        }
    }
    panic!("no certificate bag");
}

fn decrypt(algorithm: &Element, mut content: Vec<u8>, password: &str) -> Vec<u8> {
    let parts = algorithm.items();
    let parameters = parts[1].items();
    let salt = &parameters[0].value;
    let iterations = parameters[1]
        .value
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let iv = derive(password, salt, 2, iterations, 8);
    let plain = match parts[0].value.as_slice() {
        SHA1_RC2_40 => {
            let key = derive(password, salt, 1, iterations, 5);
            let cipher = rc2::Rc2::new_with_eff_key_len(&key, 40);
            cbc::Decryptor::inner_iv_slice_init(cipher, &iv)
                .unwrap()
                .decrypt_padded::<Pkcs7>(&mut content)
        }
        SHA1_3DES => {
            let key = derive(password, salt, 1, iterations, 24);
            cbc::Decryptor::<des::TdesEde3>::new_from_slices(&key, &iv)
                .unwrap()
                .decrypt_padded::<Pkcs7>(&mut content)
        }
        other => panic!("encryption {other:02x?}"),
    };
    plain.unwrap().to_vec()
}

/// RFC 7292 appendix B.2 with SHA-1 (u = 20, v = 64).
fn derive(password: &str, salt: &[u8], id: u8, iterations: usize, length: usize) -> Vec<u8> {
    const V: usize = 64;
    let password: Vec<u8> = password
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_be_bytes)
        .collect();
    let fill = |bytes: &[u8]| -> Vec<u8> {
        bytes
            .iter()
            .copied()
            .cycle()
            .take(bytes.len().div_ceil(V) * V)
            .collect()
    };
    let mut input = [fill(salt), fill(&password)].concat();
    let mut out = Vec::new();
    while out.len() < length {
        let mut a = Sha1::new()
            .chain_update([id; V])
            .chain_update(&input)
            .finalize();
        for _ in 1..iterations {
            a = Sha1::digest(a);
        }
        out.extend_from_slice(&a);
        let b: Vec<u8> = a.iter().copied().cycle().take(V).collect();
        for block in input.chunks_mut(V) {
            let mut carry = 1;
            for (byte, add) in block.iter_mut().zip(&b).rev() {
                let sum = u16::from(*byte) + u16::from(*add) + carry;
                *byte = sum as u8;
                carry = sum >> 8;
            }
        }
    }
    out.truncate(length);
    out
}

struct Element {
    constructed: bool,
    value: Vec<u8>,
}

impl Element {
    fn items(&self) -> Vec<Element> {
        elements(&self.value)
    }
}

/// The element reached by taking the given child at each level.
fn at(der: &[u8], path: &[usize]) -> Element {
    let mut level = elements(der);
    let mut found = level.swap_remove(path[0]);
    for index in &path[1..] {
        found = found.items().swap_remove(*index);
    }
    found
}

fn octets(element: &Element) -> Vec<u8> {
    if element.constructed {
        element.items().iter().flat_map(octets).collect()
    } else {
        element.value.clone()
    }
}

/// Splits DER elements with one-byte tags.
fn elements(mut der: &[u8]) -> Vec<Element> {
    let mut elements = Vec::new();
    while let [tag, first, rest @ ..] = der {
        let (length, rest) = match first {
            0..0x80 => (usize::from(*first), rest),
            _ => {
                let (digits, rest) = rest.split_at(usize::from(first & 0x7F));
                (
                    digits
                        .iter()
                        .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
                    rest,
                )
            }
        };
        let (value, rest) = rest.split_at(length);
        elements.push(Element {
            constructed: tag & 0x20 != 0,
            value: value.to_vec(),
        });
        der = rest;
    }
    elements
}
