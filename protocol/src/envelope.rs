//! The envelope of a request, and the replies that belong to no family.

use crate::{Json, Malformed, Object, Outcome, Reply, Value};

/// The first frame of every socket, sent by the agent once, at once. Pages test only that the version is there.
pub const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;

/// Sent by pages to see whether the agent lives, and sent back as it is. Not JSON.
pub const HEARTBEAT: &str = "--heartbeat--";

/// Sent by some extensions to keep the socket open; nobody waits for an answer to it.
pub const KEEP_ALIVE: &str = "{}";

/// One request: who shall do what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    fields: Object,
}

impl Envelope {
    /// Reads one text frame.
    pub fn read(frame: &str) -> Result<Self, Malformed> {
        match Json::parse(frame)? {
            Json::Object(fields) => Ok(Self { fields }),
            _ => Err(Malformed::Syntax {
                at: 0,
                expected: "an object",
            }),
        }
    }

    /// `module`; absent means the applet, a text that is not a string names no module.
    pub fn module(&self) -> Option<&str> {
        self.field("module")
            .map(|module| module.as_text().unwrap_or_default())
    }

    /// `method`, where it is a string.
    pub fn method(&self) -> Option<&str> {
        self.field("method").and_then(Json::as_text)
    }

    /// `uuid` as text: a number becomes its text, an empty text counts as absent.
    pub fn uuid(&self) -> Option<String> {
        self.field("uuid")
            .and_then(Json::opt_text)
            .filter(|uuid| !uuid.is_empty())
    }

    /// Any member of the envelope.
    pub fn field(&self, name: &str) -> Option<&Json> {
        self.fields.get(name)
    }
}

/// The module is not here.
pub fn module_not_found() -> Reply {
    refusal("MODULE_NOT_FOUND")
}

/// The frame is not a request. What the original sends is not known; the socket stays open.
pub fn malformed() -> Reply {
    refusal("COMMON_JSON_WRAPPING_EXCEPTION")
}

fn refusal(code: &str) -> Reply {
    Reply::new(
        Outcome::Failed,
        &Value::Object(vec![
            ("success", Value::Bool(false)),
            ("errorCode", Value::text(code)),
        ]),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_uuid_is_text_or_absent() {
        let cases = [
            (r#"{"uuid":"a1"}"#, Some("a1")),
            (r#"{"uuid":17}"#, Some("17")),
            (r#"{"uuid":""}"#, None),
            (r#"{"uuid":null}"#, None),
            (r#"{}"#, None),
        ];
        for (frame, expected) in cases {
            assert_eq!(
                Envelope::read(frame).unwrap().uuid().as_deref(),
                expected,
                "{frame}"
            );
        }
    }

    #[test]
    fn only_an_object_is_a_request() {
        let expected = Err(Malformed::Syntax {
            at: 0,
            expected: "an object",
        });
        for frame in ["[]", "1", "\"x\"", "hello"] {
            assert_eq!(Envelope::read(frame), expected, "{frame}");
        }
    }

    #[test]
    fn an_absent_module_differs_from_a_strange_one() {
        assert_eq!(Envelope::read("{}").unwrap().module(), None);
        assert_eq!(
            Envelope::read(r#"{"module":5}"#).unwrap().module(),
            Some("")
        );
    }
}
