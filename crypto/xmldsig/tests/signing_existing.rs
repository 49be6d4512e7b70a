//! Documents that were signed before, and what options take out of a document.

mod signing_keys;

use self::signing_keys::{
    FORMS, Key, SCHEMES, check_own, check_with_oracle, check_with_xmlsec1, cut_signature,
};
use tamga_scheme::SignatureScheme;
use tamga_xmldsig::{
    BlankText, Error, ExistingSignatures, Form, LocationPath, Options, Placement, prepare,
    prepare_with,
};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";

fn sign(scheme: SignatureScheme, document: &str, options: &Options) -> Result<String, Error> {
    let key = Key::of(scheme);
    let prepared = prepare_with(document, options, scheme, &key.certificate)?;
    Ok(key.complete(prepared))
}

fn removed(signed: &str) -> Vec<usize> {
    check_own(signed)
        .iter()
        .map(|one| one.check_references().expect("holds").references()[0].later_signatures_removed)
        .collect()
}

#[test]
fn each_further_signer_covers_the_earlier_ones_which_stay_valid() {
    for form in FORMS {
        let mut signed = "<a>1</a>".to_owned();
        for (count, scheme) in SCHEMES.into_iter().cycle().take(4).enumerate() {
            let next = sign(scheme, &signed, &Options::enveloped(form)).expect("prepared");
            // The earlier bytes are all there, in their order.
            if count > 0 {
                assert_eq!(cut_signature(&next).1, signed);
            }
            signed = next;
        }
        assert_eq!(removed(&signed), [3, 2, 1, 0]);
        check_with_oracle(&signed, "several", &format!("{form:?}"));
    }
}

#[test]
fn a_signature_over_an_element_and_one_over_the_document_hold_together() {
    let by_id = Options {
        placement: Placement::ById {
            signed: LocationPath::parse("/r/a").expect("a path"),
            parent: LocationPath::parse("/r").expect("a path"),
        },
        ..Options::enveloped(Form::LinesWithReferences)
    };
    let rsa = SignatureScheme::RsaSha256;
    let first = sign(rsa, "<r><a Id='one'/></r>", &by_id).expect("prepared");
    let both = sign(
        SignatureScheme::Gost2004,
        &first,
        &Options::enveloped(Form::Compact),
    );
    let both = both.expect("prepared");
    assert_eq!(removed(&both), [0, 0]);
    check_with_oracle(&both, "several", "by-id-then-enveloped");
}

#[test]
fn existing_signatures_can_be_taken_out_wherever_they_stand() {
    let rsa = SignatureScheme::RsaSha256;
    let remove = Options {
        existing: ExistingSignatures::Remove,
        ..Options::enveloped(Form::Compact)
    };
    let document = "<a> <b>x</b>\r\n<!-- c --></a>";
    let once = sign(rsa, document, &Options::enveloped(Form::Compact)).expect("prepared");
    let twice = sign(rsa, &once, &Options::enveloped(FORMS[2])).expect("prepared");
    let signature = cut_signature(&once).0;
    // Another prefix, inside another element, one signature inside another, and what only looks like one.
    let other = signature.replace("ds:", "x:").replace(":ds=", ":x=");
    let odd = format!(
        "<a><b>{other}</b><Signature/><x:Signature xmlns:x='urn:x'/><![CDATA[{signature}]]><!--{signature}--><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>{signature}</Signature></a>"
    );
    let odd_without = format!(
        "<a><b></b><Signature/><x:Signature xmlns:x='urn:x'/><![CDATA[{signature}]]><!--{signature}--></a>"
    );
    for (signed, expected) in [
        (&once, document),
        (&twice, document),
        (&odd, odd_without.as_str()),
        (&document.to_owned(), document),
    ] {
        let again = sign(rsa, signed, &remove).expect("prepared");
        assert_eq!(removed(&again), [0]);
        let end = again.rfind("<ds:Signature ").expect("signed");
        let rest = [&again[..end], "</a>"].concat();
        assert_eq!(rest, [DECLARATION, expected].concat());
    }
    for options in [remove, Options::enveloped(Form::Compact)] {
        assert_eq!(sign(rsa, signature, &options), Err(Error::RootIsSignature));
    }
}

#[test]
fn a_place_that_would_break_an_earlier_signature_is_refused() {
    let rsa = SignatureScheme::RsaSha256;
    let by_id = |signed: &str, parent: &str| Options {
        placement: Placement::ById {
            signed: LocationPath::parse(signed).expect("a path"),
            parent: LocationPath::parse(parent).expect("a path"),
        },
        ..Options::enveloped(Form::Compact)
    };
    let document = "<r><a Id='1'/><b Id='2'><c/></b></r>";
    let enveloped = sign(rsa, document, &Options::enveloped(Form::Compact)).expect("prepared");
    // The earlier signature covers the document, and only later siblings are taken out for it.
    assert_eq!(
        sign(rsa, &enveloped, &by_id("/r/a", "/r/b")),
        Err(Error::BreaksSignature { signature: 0 })
    );
    let beside = sign(rsa, &enveloped, &by_id("/r/a", "/r")).expect("prepared");
    assert_eq!(removed(&beside), [1, 0]);
    // An earlier signature over an element is broken inside that element only, wherever it stands itself.
    let over_b = sign(rsa, document, &by_id("/r/b", "/r")).expect("prepared");
    assert_eq!(
        sign(rsa, &over_b, &by_id("/r/a", "/r/b/c")),
        Err(Error::BreaksSignature { signature: 0 })
    );
    let outside = sign(rsa, &over_b, &by_id("/r/b", "/r/a")).expect("prepared");
    assert_eq!(removed(&outside), [0, 0]);
    // What did not hold before cannot be broken.
    let changed = enveloped.replace("<c/>", "<d/>");
    assert!(sign(rsa, &changed, &by_id("/r/a", "/r/b")).is_ok());
}

/// Ogham space mark is white space to Unicode and part of names to XML.
#[test]
fn a_name_may_end_with_what_is_white_space_elsewhere() {
    for (document, expected) in [
        ("<a\u{1680}/>", "<a\u{1680}></a\u{1680}>"),
        ("<a\u{1680} \r\n\t/>", "<a\u{1680}></a\u{1680}>"),
    ] {
        let options = Options::enveloped(Form::Compact);
        let signed = sign(SignatureScheme::RsaSha256, document, &options).expect("prepared");
        assert_eq!(cut_signature(&signed).1, [DECLARATION, expected].concat());
        assert_eq!(removed(&signed), [0]);
    }
}

#[test]
fn white_space_between_tags_can_be_taken_out() {
    let trim = Options {
        blank_text: BlankText::Remove,
        ..Options::enveloped(Form::Lines(tamga_xmldsig::LineEnd::Lf))
    };
    for (document, expected) in [
        ("<a>\r\n <b> x </b>\t<c/> </a>", "<a><b> x </b><c/></a>"),
        ("<a> </a>", "<a></a>"),
        (
            "<a>&#32;<b/><![CDATA[ ]]> </a>",
            "<a>&#32;<b/><![CDATA[ ]]> </a>",
        ),
        (
            " <?p?>\n<a> <!-- c --> <?p x?> </a>\n",
            " <?p?>\n<a><!-- c --><?p x?></a>\n",
        ),
        (
            "<a xml:space='preserve'> <b c=' '/> </a>",
            "<a xml:space='preserve'><b c=' '/></a>",
        ),
        ("<a>\u{a0}<b/>\u{2003}</a>", "<a>\u{a0}<b/>\u{2003}</a>"),
    ] {
        let signed = sign(SignatureScheme::RsaSha256, document, &trim).expect("prepared");
        assert_eq!(cut_signature(&signed).1, [DECLARATION, expected].concat());
        assert_eq!(removed(&signed), [0]);
        check_with_xmlsec1(&signed, &[], "trimmed", &expected.len().to_string());
    }
}

#[test]
fn white_space_that_signatures_cover_stays_or_goes_with_them() {
    let rsa = SignatureScheme::RsaSha256;
    let trim = |existing| Options {
        existing,
        blank_text: BlankText::Remove,
        ..Options::enveloped(Form::Compact)
    };
    let once = sign(rsa, "<a> <b/></a>", &Options::enveloped(FORMS[1])).expect("prepared");
    assert_eq!(
        sign(rsa, &once, &trim(ExistingSignatures::Keep)),
        Err(Error::WhiteSpaceSigned { signatures: 1 })
    );
    let again = sign(rsa, &once, &trim(ExistingSignatures::Remove)).expect("prepared");
    assert_eq!(
        cut_signature(&again).1,
        [DECLARATION, "<a><b/></a>"].concat()
    );
    assert_eq!(removed(&again), [0]);
    // Without blanks there is nothing to refuse.
    let dense = sign(rsa, "<a><b/></a>", &Options::enveloped(Form::Compact)).expect("prepared");
    let twice = sign(rsa, &dense, &trim(ExistingSignatures::Keep)).expect("prepared");
    assert_eq!(removed(&twice), [1, 0]);
}

#[test]
fn ten_documents_signed_one_after_another_are_independent() {
    let key = Key::of(SignatureScheme::Gost2015With512);
    let texts: Vec<String> = (0..10).map(|n| format!("<n>{n}</n>")).collect();
    let prepared: Vec<_> = texts
        .iter()
        .map(|text| prepare(text, Form::Compact, key.scheme, &key.certificate).expect("prepared"))
        .collect();
    let signed: Vec<String> = prepared.into_iter().map(|one| key.complete(one)).collect();
    for (text, signed) in texts.iter().zip(&signed) {
        assert_eq!(removed(signed), [0]);
        assert_eq!(cut_signature(signed).1, [DECLARATION, text].concat());
    }
    // A signature moved to another document of the ten does not hold there.
    let moved = signed[1].replace("<n>1", "<n>2");
    let limits = tamga_xmldsig::Limits::default();
    let parsed = tamga_xmldsig::SignedXml::parse(moved.as_bytes(), &limits).expect("read");
    assert!(parsed.signatures()[0].check_references().is_err());
}
