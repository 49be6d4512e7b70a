//! One request and its answer on one connection (RFC 9110, RFC 9112).

use zeroize::Zeroizing;

use crate::{
    Error, HttpUrl, ProxyAddress, ProxyError, RedirectError, Stage,
    address::resolve,
    allowed::Reach,
    body::{Framing, Incoming},
    connection::Connection,
    deadline::Deadline,
};

/// Largest head of an answer, in bytes.
const MAX_HEAD: usize = 32 * 1024;

/// Header fields of an answer.
const MAX_FIELDS: usize = 96;

/// Interim answers (1xx) before the answer.
const MAX_INTERIM: usize = 4;

/// Characters of a page that are shown.
const MAX_BEGINNING: usize = 200;

/// The national OCSP service answers 303 to an empty one.
const USER_AGENT: &str = concat!("tamga/", env!("CARGO_PKG_VERSION"));

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// Body and its Content-Type: then it is a POST, else a GET.
    pub(crate) body: Option<(&'static str, &'a [u8])>,
    /// The content type that is expected; others are tolerated, pages are not.
    pub(crate) accept: &'static str,
    /// Largest answer, in bytes.
    pub(crate) limit: usize,
}

/// How an exchange ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Status 200 with this body.
    Answer(Vec<u8>),
    /// The answer is elsewhere.
    Elsewhere(HttpUrl),
}

/// Connects, asks, reads.
pub(crate) fn exchange(
    url: &HttpUrl,
    reach: Reach,
    proxy: Option<&ProxyAddress>,
    request: Request<'_>,
    connect_limit: std::time::Duration,
    deadline: &Deadline,
) -> Result<Outcome, Error> {
    let (host, port, reach) = match proxy {
        // The proxy is given by hand, wherever it is; names behind it are looked up by it.
        Some(proxy) => (proxy.host(), proxy.port(), Reach::Anywhere),
        None => (&url.host, url.port, reach),
    };
    let addresses = resolve(host, port, reach, deadline)?;
    let mut connection = Connection::open(host, &addresses, connect_limit, deadline)?;
    connection.send(&request_bytes(url, proxy, request))?;
    let (head, rest) = head(&mut connection)?;
    let mut incoming = Incoming {
        connection: &mut connection,
        buffer: rest,
        used: 0,
    };
    match head.status {
        200 => {}
        301 | 302 | 307 | 308 => return head.elsewhere(url).map(Outcome::Elsewhere),
        303 if request.body.is_none() => return head.elsewhere(url).map(Outcome::Elsewhere),
        303 => return Err(Error::Redirect(RedirectError::ChangesMethod)),
        407 if proxy.is_some() => {
            return Err(Error::Proxy(ProxyError::Authentication {
                host: host.to_string(),
                port,
            }));
        }
        status => return Err(Error::Status(status)),
    }
    if head.is_page() {
        let beginning = incoming.beginning(4 * MAX_BEGINNING);
        return Err(head.page(&beginning));
    }
    let body = incoming.body(head.framing()?, request.limit)?;
    // No DER begins with '<', and neither does PEM.
    if body.trim_ascii_start().starts_with(b"<") {
        return Err(head.page(&body));
    }
    Ok(Outcome::Answer(body))
}

/// Head and body of the request. May hold the password of the proxy.
fn request_bytes(
    url: &HttpUrl,
    proxy: Option<&ProxyAddress>,
    request: Request<'_>,
) -> Zeroizing<Vec<u8>> {
    let method = match request.body {
        Some(_) => "POST",
        None => "GET",
    };
    // RFC 9112 section 3.2: origin-form for the service, absolute-form for a proxy.
    let target = match proxy {
        Some(_) => url.to_string(),
        None => url.target.clone(),
    };
    let mut head = format!(
        "{method} {target} HTTP/1.1\r\n\
         Host: {}\r\n\
         User-Agent: {USER_AGENT}\r\n\
         Accept: {}, */*;q=0.1\r\n\
         Accept-Encoding: identity\r\n\
         Connection: close\r\n",
        url.authority(),
        request.accept,
    );
    if let Some((content_type, body)) = request.body {
        head += &format!(
            "Content-Type: {content_type}\r\nContent-Length: {}\r\n",
            body.len()
        );
    }
    let authorization = proxy.and_then(ProxyAddress::authorization);
    let secret = authorization.as_deref().map_or(&b""[..], Vec::as_slice);
    let body = request.body.map_or(&b""[..], |(_, body)| body);
    // Room for everything, so that the password is not left behind in a smaller buffer.
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        head.len() + secret.len() + body.len() + 2,
    ));
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(secret);
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// What is needed of the head of an answer.
#[derive(Debug, Default)]
struct Head {
    status: u16,
    content_type: Option<String>,
    lengths: Vec<String>,
    transfer_encodings: Vec<String>,
    content_encodings: Vec<String>,
    locations: Vec<String>,
}

/// Reads the head; what was received after it is returned too.
fn head(connection: &mut Connection<'_>) -> Result<(Head, Vec<u8>), Error> {
    let mut buffer = Vec::new();
    let mut piece = [0; 4 * 1024];
    let mut interim = 0;
    let mut searched = 0;
    loop {
        if let Some(end) = end_of_head(&buffer, searched) {
            let head = Head::parse(&buffer[..end])?;
            buffer.drain(..end);
            searched = 0;
            if !(100..200).contains(&head.status) {
                return Ok((head, buffer));
            }
            interim += 1;
            if head.status == 101 || interim > MAX_INTERIM {
                return Err(Error::NotHttp("an interim answer too many"));
            }
            continue;
        }
        searched = buffer.len();
        if buffer.len() > MAX_HEAD {
            return Err(Error::NotHttp("a head too long"));
        }
        if buffer.len() >= 5 && !buffer.starts_with(b"HTTP/") {
            return Err(Error::NotHttp("no status line"));
        }
        match connection.receive(Stage::Head, &mut piece)? {
            0 => {
                return Err(Error::Closed {
                    stage: Stage::Head,
                    received: buffer.len() as u64,
                });
            }
            count => buffer.extend_from_slice(&piece[..count]),
        }
    }
}

/// Where the empty line ends; what lies before `searched` has no end in it.
fn end_of_head(buffer: &[u8], searched: usize) -> Option<usize> {
    let from = searched.saturating_sub(3);
    let at = buffer[from..]
        .windows(4)
        .position(|window| window == b"\r\n\r\n")?;
    Some(from + at + 4)
}

impl Head {
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        match response.parse(bytes) {
            Ok(httparse::Status::Complete(used)) if used == bytes.len() => {}
            Err(httparse::Error::TooManyHeaders) => {
                return Err(Error::NotHttp("too many header fields"));
            }
            _ => return Err(Error::NotHttp("an unreadable head")),
        }
        let mut head = Self {
            status: response.code.unwrap_or_default(),
            ..Self::default()
        };
        for field in response.headers.iter() {
            let value = || String::from_utf8_lossy(field.value).trim().to_owned();
            match field.name.to_ascii_lowercase().as_str() {
                "content-type" => head.content_type = Some(value()),
                "content-length" => head.lengths.push(value()),
                "transfer-encoding" => head.transfer_encodings.push(value()),
                "content-encoding" => head.content_encodings.push(value()),
                "location" => head.locations.push(value()),
                _ => {}
            }
        }
        Ok(head)
    }

    /// RFC 9112 section 6.3. What two readers could understand in two ways is refused.
    fn framing(&self) -> Result<Framing, Error> {
        let identity = |encoding: &String| encoding.eq_ignore_ascii_case("identity");
        if !self.content_encodings.iter().all(identity) {
            return Err(Error::NotHttp("a compressed body nobody asked for"));
        }
        match (self.transfer_encodings.as_slice(), self.lengths.as_slice()) {
            ([], []) => Ok(Framing::Close),
            ([], [first, others @ ..]) => {
                if others.iter().any(|other| other != first) {
                    return Err(Error::NotHttp("two lengths"));
                }
                let digits = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
                match first.parse() {
                    Ok(length) if digits => Ok(Framing::Length(length)),
                    _ => Err(Error::NotHttp("an unreadable length")),
                }
            }
            ([only], []) if only.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
            (_, []) => Err(Error::NotHttp("an unknown transfer encoding")),
            _ => Err(Error::NotHttp("a length beside a transfer encoding")),
        }
    }

    fn elsewhere(&self, from: &HttpUrl) -> Result<HttpUrl, Error> {
        match self.locations.as_slice() {
            [location] => from.join(location).map_err(|error| match error {
                Error::Url { .. } => Error::Redirect(RedirectError::Location),
                refused => refused,
            }),
            _ => Err(Error::Redirect(RedirectError::Location)),
        }
    }

    /// True for a page for people.
    fn is_page(&self) -> bool {
        let kind = self.content_type.as_deref().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        ["text/html", "application/xhtml+xml"]
            .iter()
            .any(|page| kind.eq_ignore_ascii_case(page))
    }

    fn page(&self, body: &[u8]) -> Error {
        let body = &body[..body.len().min(4 * MAX_BEGINNING)];
        let beginning = String::from_utf8_lossy(body)
            .chars()
            .map(|character| match character.is_control() {
                true => ' ',
                false => character,
            })
            .take(MAX_BEGINNING)
            .collect();
        Error::NotTheService {
            content_type: self.content_type.clone(),
            beginning,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing(fields: &str) -> Result<Framing, Error> {
        Head::parse(format!("HTTP/1.1 200 OK\r\n{fields}\r\n").as_bytes())?.framing()
    }

    #[test]
    fn the_end_of_a_body_is_known_in_one_way_only() {
        for (fields, expected) in [
            ("", Ok(Framing::Close)),
            ("Content-Length: 7\r\n", Ok(Framing::Length(7))),
            (
                "Content-Length: 7\r\ncontent-length: 7\r\n",
                Ok(Framing::Length(7)),
            ),
            ("Transfer-Encoding: Chunked\r\n", Ok(Framing::Chunked)),
            (
                "Content-Length: 7\r\nContent-Length: 8\r\n",
                Err("two lengths"),
            ),
            ("Content-Length: +7\r\n", Err("an unreadable length")),
            ("Content-Length: 7, 7\r\n", Err("an unreadable length")),
            (
                "Content-Length: 99999999999999999999\r\n",
                Err("an unreadable length"),
            ),
            (
                "Transfer-Encoding: gzip, chunked\r\n",
                Err("an unknown transfer encoding"),
            ),
            (
                "Transfer-Encoding: chunked\r\nContent-Length: 7\r\n",
                Err("a length beside a transfer encoding"),
            ),
            (
                "Content-Encoding: gzip\r\n",
                Err("a compressed body nobody asked for"),
            ),
        ] {
            assert_eq!(
                framing(fields),
                expected.map_err(Error::NotHttp),
                "{fields}"
            );
        }
    }
}
