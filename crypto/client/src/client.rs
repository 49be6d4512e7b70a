//! The three questions that are asked, and the rules every exchange keeps.

use std::{thread, time::Duration};

use base64ct::{Base64, Encoding};

use crate::{
    Allowed, Error, HttpUrl, Proxy, RedirectError,
    deadline::Deadline,
    exchange::{Outcome, Request, exchange},
};

/// Redirects followed.
const MAX_REDIRECTS: usize = 3;

/// Longest address of a question in a GET (RFC 6960 appendix A.1).
const MAX_GET: usize = 255;

/// Asks time-stamping authorities, responders and distribution points. Blocks; may be shared between threads.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
}

/// What a client may do. The defaults are for the national services.
#[derive(Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where exchanges may go.
    pub allowed: Allowed,
    /// Through which proxy.
    pub proxy: Proxy,
    /// How large answers may be.
    pub limits: Limits,
    /// How long exchanges may take.
    pub deadlines: Deadlines,
    /// How often a failed exchange is tried again.
    pub retry: Retry,
}

/// Largest answers read, in bytes. They hold while reading: a Content-Length is believed by nobody, and nothing is
/// decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of a time-stamping authority; tokens have two thousand.
    pub time_stamp: usize,
    /// Of a responder; answers have two thousand.
    pub ocsp: usize,
    /// A revocation list; the NCA's full list has 21 million.
    pub crl: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time_stamp: 256 * 1024,
            ocsp: 256 * 1024,
            crl: 64 * 1024 * 1024,
        }
    }
}

/// How long an exchange may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// One attempt to connect to one address.
    pub connect: Duration,
    /// A time stamp or a status, everything included: name, connection, redirects, repetitions, pauses, answer.
    pub whole: Duration,
    /// The same for a list.
    pub whole_crl: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(20),
            whole_crl: Duration::from_secs(180),
        }
    }
}

/// How often a failed exchange is tried again, within its deadline.
///
/// After broken connections, missed answers and status 5xx; a time stamp only if nothing was sent, because it is not the
/// same to be stamped once or twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all; 0 counts as 1.
    pub attempts: u32,
    /// Pause before the second; each later pause is twice as long.
    pub pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 2,
            pause: Duration::from_millis(300),
        }
    }
}

impl Settings {
    /// Defaults, no proxy, and these hosts.
    pub fn new(allowed: Allowed) -> Self {
        Self {
            allowed,
            proxy: Proxy::none(),
            limits: Limits::default(),
            deadlines: Deadlines::default(),
            retry: Retry::default(),
        }
    }
}

impl Client {
    /// A client under these settings. Opens nothing.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Posts a TimeStampReq; returns the bytes of what should be a TimeStampResp (RFC 3161 section 3.4).
    pub fn time_stamp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error> {
        let request = Request {
            body: Some(("application/timestamp-query", request)),
            accept: "application/timestamp-reply",
            limit: self.settings.limits.time_stamp,
        };
        let whole = self.settings.deadlines.whole;
        self.ask(&HttpUrl::parse(url)?, request, whole, Error::before_sending)
    }

    /// Posts an OCSPRequest; returns the bytes of what should be an OCSPResponse (RFC 6960 appendix A).
    pub fn ocsp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error> {
        let request = Request {
            body: Some(("application/ocsp-request", request)),
            ..self.ocsp_request()
        };
        let whole = self.settings.deadlines.whole;
        self.ask(&HttpUrl::parse(url)?, request, whole, Error::may_pass)
    }

    /// The same as a GET, which caches understand; requests too long for it are posted (RFC 6960 appendix A.1). No use
    /// with a nonce.
    pub fn ocsp_by_get(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, Error> {
        let mut address = HttpUrl::parse(url)?;
        if !address.target.ends_with('/') {
            address.target.push('/');
        }
        for character in Base64::encode_string(request).chars() {
            match character {
                '+' => address.target.push_str("%2B"),
                '/' => address.target.push_str("%2F"),
                '=' => address.target.push_str("%3D"),
                plain => address.target.push(plain),
            }
        }
        if address.to_string().len() > MAX_GET {
            return self.ocsp(url, request);
        }
        let whole = self.settings.deadlines.whole;
        self.ask(&address, self.ocsp_request(), whole, Error::may_pass)
    }

    /// Gets a revocation list (RFC 5280 section 4.2.1.13).
    pub fn crl(&self, url: &str) -> Result<Vec<u8>, Error> {
        let request = Request {
            body: None,
            accept: "application/pkix-crl",
            limit: self.settings.limits.crl,
        };
        let whole = self.settings.deadlines.whole_crl;
        self.ask(&HttpUrl::parse(url)?, request, whole, Error::may_pass)
    }

    fn ocsp_request(&self) -> Request<'static> {
        Request {
            body: None,
            accept: "application/ocsp-response",
            limit: self.settings.limits.ocsp,
        }
    }

    /// Asks until there is an answer, an error that stays, no attempt or no time left.
    fn ask(
        &self,
        url: &HttpUrl,
        request: Request<'_>,
        whole: Duration,
        again: fn(&Error) -> bool,
    ) -> Result<Vec<u8>, Error> {
        let deadline = Deadline::starting_now(whole);
        let mut pause = self.settings.retry.pause;
        let mut left = self.settings.retry.attempts.saturating_sub(1);
        loop {
            let error = match self.follow(url, request, &deadline) {
                Err(error) if again(&error) => error,
                settled => return settled,
            };
            if left == 0 || !deadline.allows(pause) {
                return Err(error);
            }
            thread::sleep(pause);
            pause = pause.saturating_mul(2);
            left -= 1;
        }
    }

    /// One attempt, its redirects included; each address is checked against the rule.
    fn follow(
        &self,
        url: &HttpUrl,
        request: Request<'_>,
        deadline: &Deadline,
    ) -> Result<Vec<u8>, Error> {
        let settings = &self.settings;
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let reach = settings.allowed.check(&url)?;
            let proxy = settings.proxy.of(&url);
            let connect = settings.deadlines.connect;
            match exchange(&url, reach, proxy, request, connect, deadline)? {
                Outcome::Answer(body) => return Ok(body),
                Outcome::Elsewhere(location) => url = location,
            }
        }
        Err(Error::Redirect(RedirectError::TooMany(MAX_REDIRECTS)))
    }
}
