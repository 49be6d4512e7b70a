//! Strings from outside (pages, certificates) as text that cannot pretend to be ours.

use tamga_window_protocol::Origin;

/// Most characters of a foreign string that are shown (T-UI-3).
pub(crate) const SHOWN_LIMIT: usize = 80;

/// What the person must know about an origin, loudest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Warning {
    /// Only a numeric address.
    Address,
    /// `http`, and not this computer.
    Insecure,
    /// Letters other than Latin in the host (punycode).
    International,
    /// A program on this computer.
    LocalProgram,
    /// An extension, a file: a scheme that is not of the web.
    NotWeb,
    /// The browser did not say.
    Unknown,
}

/// What to warn about for this origin.
pub(crate) fn warnings(origin: &Origin) -> Vec<Warning> {
    let text = match origin {
        Origin::LocalProgram => return vec![Warning::LocalProgram],
        Origin::Opaque => return vec![Warning::Unknown],
        Origin::Site(text) => text,
    };
    // RFC 6454 section 6.2: scheme "://" host [":" port]
    let Some((scheme, authority)) = text.split_once("://") else {
        return vec![Warning::Unknown];
    };
    if scheme != "https" && scheme != "http" {
        return vec![Warning::NotWeb];
    }
    let host = host(authority);
    let here = is_this_computer(host);
    let mut warnings = Vec::new();
    if scheme == "http" && !here {
        warnings.push(Warning::Insecure);
    }
    if is_address(host) && !here {
        warnings.push(Warning::Address);
    }
    if !host.is_ascii() || host.split('.').any(|label| label.starts_with("xn--")) {
        warnings.push(Warning::International);
    }
    warnings
}

/// A foreign string as one line of plain text: control and bidirectional characters removed, white
/// space folded, at most [`SHOWN_LIMIT`] characters.
pub(crate) fn plain(text: &str) -> String {
    elide(&cleaned(text), SHOWN_LIMIT)
}

/// Like [`plain`], but a long origin loses its middle: its end, the part that tells whose site it
/// is, always stays.
pub(crate) fn plain_origin(text: &str) -> String {
    let clean = cleaned(text);
    let count = clean.chars().count();
    if count <= SHOWN_LIMIT {
        return clean;
    }
    let head = clean.find("://").map_or("", |end| &clean[..end + 3]);
    let head: String = head.chars().take(SHOWN_LIMIT / 4).collect();
    let keep = SHOWN_LIMIT - 1 - head.chars().count();
    let tail: String = clean.chars().skip(count - keep).collect();
    format!("{head}…{tail}")
}

/// An IIN with only its first four and last two digits, e.g. `1234••••••11`.
pub(crate) fn masked_iin(iin: &str) -> String {
    let digits: Vec<char> = cleaned(iin).chars().take(SHOWN_LIMIT).collect();
    let open = |index: usize| digits.len() >= 8 && (index < 4 || index + 2 >= digits.len());
    digits
        .iter()
        .enumerate()
        .map(|(index, c)| if open(index) { *c } else { '•' })
        .collect()
}

fn cleaned(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Characters that show nothing themselves but change how others are shown.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' // soft hyphen
            | '\u{034f}' // combining grapheme joiner
            | '\u{061c}' // Arabic letter mark
            | '\u{115f}'..='\u{1160}' // Hangul fillers
            | '\u{17b4}'..='\u{17b5}' // Khmer inherent vowels
            | '\u{180b}'..='\u{180f}' // Mongolian separators
            | '\u{200b}'..='\u{200f}' // zero width, LRM, RLM
            | '\u{2028}'..='\u{202e}' // line and paragraph separators, embeddings, overrides
            | '\u{2060}'..='\u{206f}' // joiners, isolates
            | '\u{3164}' // Hangul filler
            | '\u{e000}'..='\u{f8ff}' // private use
            | '\u{fe00}'..='\u{fe0f}' // variation selectors
            | '\u{feff}' // byte order mark
            | '\u{ffa0}' // half-width Hangul filler
            | '\u{fff0}'..='\u{fffb}' // interlinear annotation
            | '\u{e0000}'..='\u{e0fff}' // tags
            | '\u{f0000}'..='\u{10ffff}') // private use
}

fn elide(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit - 1).collect();
    short.push('…');
    short
}

/// The host of `host[:port]` or `[v6][:port]`.
fn host(authority: &str) -> &str {
    if authority.starts_with('[') {
        return authority.split_inclusive(']').next().unwrap_or(authority);
    }
    authority.split(':').next().unwrap_or(authority)
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn is_this_computer(host: &str) -> bool {
    // RFC 6761 section 6.3: localhost and all below it
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: &str, expected: &[Warning]) {
        assert_eq!(warnings(&Origin::Site(origin.into())), expected, "{origin}");
    }

    #[test]
    fn each_kind_of_origin_has_its_own_warnings() {
        check("https://portal.example.kz", &[]);
        check("https://portal.example.kz:8443", &[]);
        check("http://portal.example.kz", &[Warning::Insecure]);
        check("http://localhost:3000", &[]);
        check("http://app.localhost", &[]);
        check("http://localhost.example.kz", &[Warning::Insecure]);
        check("http://127.0.0.1:8080", &[]);
        check("http://[::1]:8080", &[]);
        check("https://192.0.2.7", &[Warning::Address]);
        check(
            "http://192.0.2.7:80",
            &[Warning::Insecure, Warning::Address],
        );
        check("https://[2001:db8::1]:443", &[Warning::Address]);
        check("https://xn--80ak6aa92e.com", &[Warning::International]);
        check("https://www.xn--80ak6aa92e.com", &[Warning::International]);
        check("https://пример.kz", &[Warning::International]);
        check("chrome-extension://abcdef", &[Warning::NotWeb]);
        check("file://", &[Warning::NotWeb]);
        check("portal.example.kz", &[Warning::Unknown]);
        assert_eq!(warnings(&Origin::Opaque), [Warning::Unknown]);
        assert_eq!(warnings(&Origin::LocalProgram), [Warning::LocalProgram]);
    }

    #[test]
    fn control_and_bidi_characters_are_removed() {
        assert_eq!(
            plain("a\u{202e}b\u{2066}c\u{200f}d\u{7}e\u{feff}f"),
            "abcdef"
        );
        assert_eq!(
            plain("two\r\nlines\u{2028}\tand\u{a0}more"),
            "two lines and more"
        );
        assert_eq!(plain("<b>&amp;</b>"), "<b>&amp;</b>");
        assert_eq!(plain("ӘҒҚҢӨҰҮҺІ"), "ӘҒҚҢӨҰҮҺІ");
    }

    #[test]
    fn at_most_eighty_characters_are_shown() {
        assert_eq!(plain(&"я".repeat(80)).chars().count(), 80);
        let long = plain(&"я".repeat(10_000));
        assert_eq!(long.chars().count(), 80);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn a_long_origin_keeps_its_scheme_and_its_end() {
        let origin = format!("https://egov.kz.{}.evil.example:8443", "a".repeat(300));
        let shown = plain_origin(&origin);
        assert_eq!(shown.chars().count(), 80);
        assert!(shown.starts_with("https://…"), "{shown}");
        assert!(shown.ends_with(".evil.example:8443"), "{shown}");
        assert_eq!(
            plain_origin("https://portal.example.kz"),
            "https://portal.example.kz"
        );
        let hostile = format!("{}://{}", "s".repeat(100), "h".repeat(100));
        assert_eq!(plain_origin(&hostile).chars().count(), 80);
    }

    #[test]
    fn an_iin_shows_six_of_its_twelve_digits() {
        assert_eq!(masked_iin("123456789011"), "1234••••••11");
        assert_eq!(masked_iin("1234567"), "•••••••");
        assert_eq!(masked_iin(""), "");
    }
}
