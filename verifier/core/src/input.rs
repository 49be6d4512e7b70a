//! What is to be verified.

use tamga_cms::{ContentDigests, StreamedMessage};
use tamga_x509::Certificate;

/// A signed message with everything that belongs to it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Input<'a> {
    /// The message.
    pub message: Message<'a>,
    /// Its format.
    pub format: Format,
    /// The content of a detached CMS; for an attached one it must be the same.
    pub content: Option<Content<'a>>,
    /// The signer's certificate, for messages that do not carry it.
    pub certificate: Option<&'a Certificate>,
    /// Who has to be the signer.
    pub expect: Expectations<'a>,
}

/// A message in memory, or what is left of one that went by.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Message<'a> {
    /// CMS in DER or BER, or an XML document.
    Bytes(&'a [u8]),
    /// What [`crate::streaming::SignedDataReader`] made of a CMS of any size.
    Streamed(&'a Result<StreamedMessage, tamga_cms::Error>),
}

/// A content in memory, or what is known of one that went by.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Content<'a> {
    /// All of it.
    Bytes(&'a [u8]),
    /// What [`crate::streaming::ContentDigester`] made of a content of any size, with the digest of every signer.
    Digests(&'a ContentDigests<'a>),
}

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// Decided by the first byte.
    #[default]
    Auto,
    /// SignedData.
    Cms,
    /// An XML document with ds:Signature.
    Xml,
}

/// Who has to be the signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Expectations<'a> {
    /// 12 digits.
    pub iin: Option<&'a str>,
    /// 12 digits.
    pub bin: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// A message alone.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::of(Message::Bytes(bytes), Format::Auto)
    }

    /// A CMS that went by, alone.
    pub fn streamed(message: &'a Result<StreamedMessage, tamga_cms::Error>) -> Self {
        Self::of(Message::Streamed(message), Format::Cms)
    }

    fn of(message: Message<'a>, format: Format) -> Self {
        Self {
            message,
            format,
            content: None,
            certificate: None,
            expect: Expectations::default(),
        }
    }

    /// The same with a format instead of a guess.
    pub fn format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// The same with content.
    pub fn content(self, content: &'a [u8]) -> Self {
        Self {
            content: Some(Content::Bytes(content)),
            ..self
        }
    }

    /// The same with a content that went by.
    pub fn streamed_content(self, digests: &'a ContentDigests<'a>) -> Self {
        Self {
            content: Some(Content::Digests(digests)),
            ..self
        }
    }

    /// The same with the signer's certificate.
    pub fn certificate(self, certificate: &'a Certificate) -> Self {
        Self {
            certificate: Some(certificate),
            ..self
        }
    }

    /// The same with an expected IIN.
    pub fn expect_iin(mut self, iin: &'a str) -> Self {
        self.expect.iin = Some(iin);
        self
    }

    /// The same with an expected BIN.
    pub fn expect_bin(mut self, bin: &'a str) -> Self {
        self.expect.bin = Some(bin);
        self
    }

    /// The format, decided; `None` if the first byte fits none.
    pub fn decided_format(&self) -> Option<Format> {
        /// UTF-8 byte order mark.
        const MARK: &[u8] = &[0xef, 0xbb, 0xbf];
        match (self.format, self.message) {
            (Format::Auto, Message::Bytes(message)) => {
                let bytes = message.strip_prefix(MARK).unwrap_or(message);
                match bytes.trim_ascii_start().first() {
                    Some(b'<') => Some(Format::Xml),
                    // SEQUENCE, constructed; never preceded by white space
                    _ if message.first() == Some(&0x30) => Some(Format::Cms),
                    _ => None,
                }
            }
            (_, Message::Streamed(_)) => Some(Format::Cms),
            (decided, Message::Bytes(_)) => Some(decided),
        }
    }
}
