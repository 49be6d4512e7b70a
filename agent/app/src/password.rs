//! Where the command line gets a password: standard input, a file, a prompt. Never an argument.

use std::{
    fs::File,
    io::{self, Read},
};

use tamga_token_api::Password;
use zeroize::Zeroizing;

use crate::{cli::PasswordSource, failure::Failure, texts::Texts};

/// Longer lines are no passwords.
const LIMIT: usize = 1024;

/// Reads the password of a key file, asking the person if no source was named.
pub(crate) fn read(source: &PasswordSource, texts: &Texts) -> Result<Password, Failure> {
    read_after(source, texts, "ask-password")
}

/// Reads the PIN of a token, asking the person if no source was named.
pub(crate) fn read_pin(source: &PasswordSource, texts: &Texts) -> Result<Password, Failure> {
    read_after(source, texts, "ask-pin")
}

fn read_after(source: &PasswordSource, texts: &Texts, prompt: &str) -> Result<Password, Failure> {
    if let Some(path) = &source.password_file {
        let mut file = File::open(path).map_err(|_| Failure::unreadable().about(path.display()))?;
        return first_line(&mut file);
    }
    if source.password_stdin {
        // The standard library's own reader keeps what it read in a buffer that nobody wipes.
        let mut stdin = unbuffered_stdin().map_err(|_| Failure::no_password())?;
        return first_line(&mut stdin);
    }
    rpassword::prompt_password(format!("{} ", texts.get(prompt, &[])))
        .map(Password::new)
        .map_err(|_| Failure::no_password())
}

/// Standard input without a buffer.
#[cfg(unix)]
fn unbuffered_stdin() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Standard input without a buffer.
#[cfg(windows)]
fn unbuffered_stdin() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(io::stdin().as_handle().try_clone_to_owned()?.into())
}

/// Reads byte by byte into a buffer of fixed size, so that no growing leaves copies behind.
fn first_line(from: &mut dyn Read) -> Result<Password, Failure> {
    let mut line = Zeroizing::new(String::with_capacity(LIMIT));
    let mut bytes = Zeroizing::new([0_u8; LIMIT]);
    let mut length = 0;
    let mut byte = [0_u8];
    while from.read(&mut byte).map_err(|_| Failure::no_password())? == 1 && byte[0] != b'\n' {
        let place = bytes.get_mut(length).ok_or_else(Failure::no_password)?;
        *place = byte[0];
        length += 1;
    }
    let text = std::str::from_utf8(&bytes[..length]).map_err(|_| Failure::no_password())?;
    line.push_str(text.strip_suffix('\r').unwrap_or(text));
    Ok(Password::new(std::mem::take(&mut *line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_line_counts_and_its_end_does_not() {
        for (input, password) in [
            ("a\nb", "a"),
            ("a b\r\n", "a b"),
            ("", ""),
            ("Құпия", "Құпия"),
        ] {
            let read = first_line(&mut input.as_bytes()).map_err(|_| ()).unwrap();
            assert_eq!(read.expose(), password);
        }
    }

    #[test]
    fn an_endless_line_is_refused() {
        assert!(first_line(&mut io::repeat(b'a')).is_err());
    }
}
