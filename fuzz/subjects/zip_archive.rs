//! ZIP archives written by the book (PKWARE APPNOTE 6.3.10).

/// Methods (section 4.4.5).
pub(crate) const STORED: u16 = 0;
pub(crate) const DEFLATED: u16 = 8;

/// An archive of these files (sections 4.3.7, 4.3.12, 4.3.16).
pub(crate) fn archive(method: u16, files: &[(&str, &[u8])]) -> Vec<u8> {
    // Names are UTF-8.
    const FLAGS: u16 = 1 << 11;
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let data = match method {
            DEFLATED => miniz_oxide::deflate::compress_to_vec(content, 6),
            _ => content.to_vec(),
        };
        let mut shared = [FLAGS, method, 0, 0].map(u16::to_le_bytes).concat();
        let sizes = [crc(content), length(&data), length(content)];
        shared.extend(sizes.map(u32::to_le_bytes).concat());
        shared.extend(length(name.as_bytes()).to_le_bytes());
        directory.extend([b"PK\x01\x02\x14\0\x14\0", &shared[..], &[0; 10]].concat());
        directory.extend(length(&out).to_le_bytes());
        directory.extend(name.bytes());
        out.extend([b"PK\x03\x04\x14\0", &shared[..], name.as_bytes(), &data].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let places = [length(&directory), length(&out)]
        .map(u32::to_le_bytes)
        .concat();
    [
        &out[..],
        &directory,
        b"PK\x05\x06\0\0\0\0",
        &count,
        &count,
        &places,
        &[0, 0],
    ]
    .concat()
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("a small seed")
}

/// CRC-32 (ISO 3309), bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    })
}
