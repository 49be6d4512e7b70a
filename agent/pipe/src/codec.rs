//! Frames over blocking pipes.

use std::io::{ErrorKind, Read, Write};

use serde::Serialize;

use crate::{Error, HEADER_LEN, Header, Kind, PasswordBytes, encode};

/// One frame read whole.
pub enum Frame {
    /// JSON, for [`crate::decode`].
    Message(Vec<u8>),
    /// A password.
    Password(PasswordBytes),
}

/// Reads one frame; `None` if the pipe ended between frames.
///
/// A pipe that ends inside a frame is [`Error::Pipe`] with `UnexpectedEof`.
pub fn read_frame(reader: &mut (impl Read + ?Sized)) -> Result<Option<Frame>, Error> {
    let mut header = [0; HEADER_LEN];
    if !read_first(reader, &mut header)? {
        return Ok(None);
    }
    let header = Header::decode(header)?;
    match header.kind() {
        Kind::Message => {
            let mut payload = vec![0; header.length()];
            reader.read_exact(&mut payload)?;
            Ok(Some(Frame::Message(payload)))
        }
        Kind::Password => {
            let mut password = PasswordBytes::zeroed(header.length())?;
            reader.read_exact(password.as_mut_slice())?;
            Ok(Some(Frame::Password(password)))
        }
    }
}

/// Writes one message.
pub fn write_message<M: Serialize + ?Sized>(
    writer: &mut (impl Write + ?Sized),
    message: &M,
) -> Result<(), Error> {
    writer.write_all(&encode(message)?)?;
    Ok(writer.flush()?)
}

/// Writes one password. The writer must not buffer: a buffer would keep an unwiped copy.
pub fn write_password(
    writer: &mut (impl Write + ?Sized),
    password: &PasswordBytes,
) -> Result<(), Error> {
    writer.write_all(&password.frame()?)?;
    Ok(writer.flush()?)
}

/// Fills the header; false if the pipe ended before its first byte.
fn read_first(
    reader: &mut (impl Read + ?Sized),
    header: &mut [u8; HEADER_LEN],
) -> Result<bool, Error> {
    let [first, rest @ ..] = header;
    loop {
        match reader.read(std::slice::from_mut(first)) {
            Ok(0) => return Ok(false),
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    reader.read_exact(rest)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;

    #[test]
    fn a_message_and_the_password_behind_it_are_read_back() {
        let mut pipe = Vec::new();
        let open = "open".to_owned();
        write_message(&mut pipe, &open).unwrap();
        write_password(&mut pipe, &PasswordBytes::new("Qwerty12").unwrap()).unwrap();

        let mut reader = pipe.as_slice();
        let Some(Frame::Message(json)) = read_frame(&mut reader).unwrap() else {
            panic!("no message")
        };
        assert_eq!(decode::<String>(&json).unwrap(), open);
        let Some(Frame::Password(password)) = read_frame(&mut reader).unwrap() else {
            panic!("no password")
        };
        assert_eq!(password.as_str().unwrap(), "Qwerty12");
        assert!(read_frame(&mut reader).unwrap().is_none());
    }

    #[test]
    fn a_pipe_that_ends_inside_a_frame_is_an_error() {
        let mut pipe = Vec::new();
        write_message(&mut pipe, "cancelled").unwrap();
        for cut in 1..pipe.len() {
            match read_frame(&mut &pipe[..cut]) {
                Err(Error::Pipe(error)) => assert_eq!(error.kind(), ErrorKind::UnexpectedEof),
                _ => panic!("cut at {cut} was accepted"),
            }
        }
    }

    #[test]
    fn a_huge_length_is_refused_before_memory_is_taken() {
        let mut reader: &[u8] = &[b'J', 0xff, 0xff, 0xff, 0xff];
        assert!(matches!(
            read_frame(&mut reader),
            Err(Error::TooLong { .. })
        ));
    }
}
