//! The password frame's payload: a fixed buffer, wiped when dropped.

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Error, HEADER_LEN, Header, Kind, PASSWORD_LIMIT};

/// At most [`PASSWORD_LIMIT`] bytes on the heap, which never move or grow, wiped when dropped.
///
/// No `Debug`, `Clone` or `Serialize`.
pub struct PasswordBytes {
    bytes: Box<Zeroizing<[u8; PASSWORD_LIMIT]>>,
    length: usize,
}

impl PasswordBytes {
    /// Copies a password; the caller's copy is the caller's to wipe.
    pub fn new(text: &str) -> Result<Self, Error> {
        let mut password = Self::zeroed(text.len())?;
        password.as_mut_slice().copy_from_slice(text.as_bytes());
        Ok(password)
    }

    /// So many zero bytes, to be read into.
    pub fn zeroed(length: usize) -> Result<Self, Error> {
        if length > PASSWORD_LIMIT {
            return Err(Error::TooLong {
                actual: length,
                limit: PASSWORD_LIMIT,
            });
        }
        Ok(Self {
            bytes: Box::new(Zeroizing::new([0; PASSWORD_LIMIT])),
            length,
        })
    }

    /// The password's bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The password's bytes, for a reader.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.length]
    }

    /// The password as text, or [`Error::PasswordNotUtf8`].
    pub fn as_str(&self) -> Result<&str, Error> {
        std::str::from_utf8(self.as_slice()).map_err(|_| Error::PasswordNotUtf8)
    }

    /// The whole `P` frame, for one write; wiped when dropped.
    pub fn frame(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let header = Header::new(Kind::Password, self.length)?;
        // The capacity is exact: growing would leave an unwiped copy behind.
        let mut frame = Zeroizing::new(Vec::with_capacity(HEADER_LEN + self.length));
        frame.extend_from_slice(&header.encode());
        frame.extend_from_slice(self.as_slice());
        Ok(frame)
    }
}

impl Zeroize for PasswordBytes {
    fn zeroize(&mut self) {
        self.bytes.zeroize();
        self.length = 0;
    }
}

/// By its field, [`Zeroizing`].
impl ZeroizeOnDrop for PasswordBytes {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_framed_as_its_utf8_bytes() {
        let password = PasswordBytes::new("пA1").unwrap();
        assert_eq!(
            *password.frame().unwrap(),
            [b'P', 0, 0, 0, 4, 0xd0, 0xbf, b'A', b'1']
        );
        assert_eq!(password.as_str().unwrap(), "пA1");
    }

    #[test]
    fn a_password_above_the_budget_is_refused() {
        assert!(PasswordBytes::new(&"x".repeat(1024)).is_ok());
        assert!(matches!(
            PasswordBytes::new(&"x".repeat(1025)),
            Err(Error::TooLong {
                actual: 1025,
                limit: PASSWORD_LIMIT
            })
        ));
    }

    #[test]
    fn wiping_clears_every_byte_of_the_buffer() {
        let mut password = PasswordBytes::new(&"secret".repeat(100)).unwrap();
        password.zeroize();
        assert!(password.bytes.iter().all(|byte| *byte == 0));
        assert_eq!(password.as_slice(), b"");
    }

    #[test]
    fn the_buffer_is_wiped_when_dropped() {
        fn wipes_on_drop<T: ZeroizeOnDrop>(_: &T) {}
        let password = PasswordBytes::new("secret").unwrap();
        wipes_on_drop(&password);
        wipes_on_drop(&*password.bytes);
        assert!(std::mem::needs_drop::<PasswordBytes>());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_not_a_password() {
        let mut password = PasswordBytes::zeroed(1).unwrap();
        password.as_mut_slice()[0] = 0xff;
        assert!(matches!(password.as_str(), Err(Error::PasswordNotUtf8)));
    }
}
