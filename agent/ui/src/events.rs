//! Frames from the window become events; anything unexpected ends the stream.

use std::{io::ErrorKind, path::PathBuf};

use tamga_agent_core::{Event, Opening, StoreChoice, UnlockBy};
use tamga_token_api::Password;
use tamga_window_protocol::{
    Error, HEADER_LEN, Header, Kind, PasswordBytes, Store, ToAgent, Unlock, decode,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    sync::mpsc::Sender,
};

/// Sends events until the window cancels, ends, or says something this protocol does not know.
/// The closed channel then reads as a Cancel.
pub(crate) async fn forward(mut window: impl AsyncRead + Unpin, events: Sender<Event>) {
    loop {
        match read_event(&mut window).await {
            Ok(Some(Event::Cancelled) | None) => return,
            Ok(Some(event)) => {
                if events.send(event).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                // The error names lengths and kinds, never content.
                tracing::warn!(%error, "the window broke the protocol");
                return;
            }
        }
    }
}

/// One event; `None` if the window ended between two.
async fn read_event(window: &mut (impl AsyncRead + Unpin)) -> Result<Option<Event>, Error> {
    let Some(header) = read_header(window).await? else {
        return Ok(None);
    };
    if header.kind() != Kind::Message {
        return Err(Error::UnknownKind(b'P'));
    }
    let mut payload = vec![0; header.length()];
    window.read_exact(&mut payload).await?;
    Ok(Some(match decode(&payload)? {
        ToAgent::Cancelled => Event::Cancelled,
        ToAgent::Open(open) => Event::Open(Opening {
            store: match open.store {
                Store::File(file) => StoreChoice::File(PathBuf::from(file)),
                Store::Token(id) => StoreChoice::Token(id),
            },
            unlock: match open.unlock {
                Unlock::Password => UnlockBy::Password(read_password(window).await?),
                Unlock::PinPad => UnlockBy::PinPad,
            },
            recent: open.recent,
            last_attempt: open.last_attempt,
        }),
        ToAgent::PinAgain => Event::PinAgain(read_password(window).await?),
        ToAgent::Sign { key } => Event::Sign { key },
    }))
}

/// The password frame that follows at once.
async fn read_password(window: &mut (impl AsyncRead + Unpin)) -> Result<Password, Error> {
    let header = read_header(window)
        .await?
        .ok_or(Error::Pipe(ErrorKind::UnexpectedEof.into()))?;
    if header.kind() != Kind::Password {
        return Err(Error::UnknownKind(b'J'));
    }
    let mut bytes = PasswordBytes::zeroed(header.length())?;
    window.read_exact(bytes.as_mut_slice()).await?;
    // `to_owned` allocates exactly once, and `Password` wipes that allocation.
    Ok(Password::new(bytes.as_str()?.to_owned()))
}

/// A header; `None` if the window ended before its first byte.
async fn read_header(window: &mut (impl AsyncRead + Unpin)) -> Result<Option<Header>, Error> {
    let mut bytes = [0; HEADER_LEN];
    if window.read(&mut bytes[..1]).await? == 0 {
        return Ok(None);
    }
    window.read_exact(&mut bytes[1..]).await?;
    Ok(Some(Header::decode(bytes)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_window_protocol::{Open, encode};

    /// What the agent hears when the window writes these bytes and ends.
    async fn hear(bytes: &[u8]) -> Vec<Event> {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(16);
        forward(bytes, sender).await;
        let mut heard = Vec::new();
        while let Some(event) = receiver.recv().await {
            heard.push(event);
        }
        heard
    }

    fn open(store: Store, unlock: Unlock) -> Vec<u8> {
        encode(&ToAgent::Open(Open {
            store,
            unlock,
            recent: Some(3),
            last_attempt: true,
        }))
        .unwrap()
    }

    fn open_file() -> Vec<u8> {
        open(Store::File("/home/a/k.p12".into()), Unlock::Password)
    }

    fn open_with(password: &str) -> Vec<u8> {
        let mut bytes = open_file();
        bytes.extend_from_slice(&PasswordBytes::new(password).unwrap().frame().unwrap());
        bytes
    }

    #[tokio::test]
    async fn open_arrives_with_the_password_of_its_own_frame() {
        let mut bytes = open_with("Пароль1");
        bytes.extend(encode(&ToAgent::Sign { key: 2 }).unwrap());
        let heard = hear(&bytes).await;
        assert_eq!(heard.len(), 2);
        match &heard[0] {
            Event::Open(Opening {
                store,
                unlock: UnlockBy::Password(password),
                recent: Some(3),
                last_attempt: true,
            }) => {
                assert_eq!(store, &StoreChoice::File("/home/a/k.p12".into()));
                assert_eq!(password.expose(), "Пароль1");
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(heard[1], Event::Sign { key: 2 }));
    }

    #[tokio::test]
    async fn a_keypad_sends_no_password_and_a_pin_comes_in_its_own_frame() {
        let mut bytes = open(Store::Token(7), Unlock::PinPad);
        bytes.extend(encode(&ToAgent::PinAgain).unwrap());
        bytes.extend_from_slice(&PasswordBytes::new("1234").unwrap().frame().unwrap());
        let heard = hear(&bytes).await;
        match heard.as_slice() {
            [
                Event::Open(Opening {
                    store: StoreChoice::Token(7),
                    unlock: UnlockBy::PinPad,
                    ..
                }),
                Event::PinAgain(pin),
            ] => assert_eq!(pin.expose(), "1234"),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn nothing_is_heard_after_cancelled() {
        let mut bytes = encode(&ToAgent::Cancelled).unwrap();
        bytes.extend(encode(&ToAgent::Sign { key: 0 }).unwrap());
        assert!(hear(&bytes).await.is_empty());
    }

    #[tokio::test]
    async fn nothing_is_heard_after_garbage() {
        let sign = encode(&ToAgent::Sign { key: 0 }).unwrap();
        let mut lone_password = PasswordBytes::new("x").unwrap().frame().unwrap().to_vec();
        lone_password.extend(&sign);
        let mut open_without_password = open_file();
        open_without_password.extend(&sign);
        let mut not_utf8 = open_file();
        not_utf8.extend([b'P', 0, 0, 0, 1, 0xff]);
        not_utf8.extend(&sign);
        for bytes in [
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            [&[b'J', 0, 0, 0, 2][..], b"{}", &sign].concat(),
            [&[b'J', 0xff, 0xff, 0xff, 0xff][..], &sign].concat(),
            lone_password,
            open_without_password,
            not_utf8,
            open_with("x")[..30].to_vec(),
        ] {
            assert!(hear(&bytes).await.is_empty(), "{bytes:?}");
        }
    }
}
