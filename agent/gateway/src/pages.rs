//! The few answers over plain HTTP.

/// An answer; the connection closes behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// 400
    BadRequest,
    /// 431
    HeadTooLarge,
    /// `/health`: name, version, readiness; the only answer other origins may read.
    Health,
    /// 405
    MethodNotAllowed,
    /// 421: another host name than ours.
    Misdirected,
    /// 404
    NotFound,
    /// 503: no place is free.
    Unavailable,
    /// `/`: where portals send people to see that the connection works.
    Welcome,
}

const WELCOME: &str = "<!DOCTYPE html>
<html lang=\"kk\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Tamga</title>
</head>
<body>
<h1>Tamga</h1>
<p lang=\"kk\">Байланыс жұмыс істейді. Бұл бетті жауып, порталға оралыңыз.</p>
<p lang=\"ru\">Соединение работает. Закройте эту страницу и вернитесь на портал.</p>
<p lang=\"en\">The connection works. Close this page and go back to the portal.</p>
</body>
</html>
";

const HEALTH: &str = concat!(
    "{\"name\":\"tamga\",\"version\":\"",
    env!("CARGO_PKG_VERSION"),
    "\",\"ready\":true}"
);

impl Page {
    /// Its status code.
    #[cfg(test)]
    pub(crate) fn status(self) -> u16 {
        self.status_line().0
    }

    fn status_line(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "Bad Request"),
            Self::HeadTooLarge => (431, "Request Header Fields Too Large"),
            Self::Health | Self::Welcome => (200, "OK"),
            Self::MethodNotAllowed => (405, "Method Not Allowed"),
            Self::Misdirected => (421, "Misdirected Request"),
            Self::NotFound => (404, "Not Found"),
            Self::Unavailable => (503, "Service Unavailable"),
        }
    }

    /// The whole response.
    pub(crate) fn response(self) -> String {
        let (status, reason) = self.status_line();
        let (kind, more, body) = match self {
            Self::Welcome => (
                "text/html; charset=utf-8",
                "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
                WELCOME,
            ),
            Self::Health => (
                "application/json",
                "Access-Control-Allow-Origin: *\r\n",
                HEALTH,
            ),
            Self::MethodNotAllowed => ("text/plain; charset=utf-8", "Allow: GET\r\n", ""),
            _ => ("text/plain; charset=utf-8", "", ""),
        };
        format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{more}\
             Connection: close\r\n\r\n{body}",
            body.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_health_may_be_read_by_other_origins() {
        for page in [
            Page::BadRequest,
            Page::HeadTooLarge,
            Page::Health,
            Page::MethodNotAllowed,
            Page::Misdirected,
            Page::NotFound,
            Page::Unavailable,
            Page::Welcome,
        ] {
            let response = page.response();
            let open = response.contains("Access-Control-Allow-Origin: *\r\n");
            assert_eq!(open, page == Page::Health, "{response}");
            assert!(!response.contains("Credentials"), "{response}");
        }
    }

    #[test]
    fn health_tells_name_version_and_readiness_only() {
        let response = Page::Health.response();
        let (_, body) = response.split_once("\r\n\r\n").expect("a body");
        let expected = format!(
            "{{\"name\":\"tamga\",\"version\":\"{}\",\"ready\":true}}",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(body, expected);
    }
}
