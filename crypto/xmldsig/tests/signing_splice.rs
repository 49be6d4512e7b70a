//! Generated documents: every byte outside the signature stays.

mod signing_keys;

use self::signing_keys::{FORMS, Key, check_own, cut_signature};
use proptest::prelude::*;
use tamga_scheme::SignatureScheme;
use tamga_xmldsig::{LocationPath, Options, Placement, prepare_with};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";

/// Text with everything in it that could be taken for markup or lost in rewriting.
fn content() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ \t\r\n]{0,3}",
        "[a-z\u{431}-\u{44f}\u{1f600}]{1,4}",
        Just("&lt;/a&gt;&#13;&#xA;&amp;".to_owned()),
        Just("<![CDATA[</a><b ]] > ]]>".to_owned()),
        Just("<!-- </a> <b -->".to_owned()),
        Just("<?p </a>?>".to_owned()),
        Just("<e\r\n x = '/>' y=\">\" />".to_owned()),
        Just("<ds:Signature xmlns:ds='urn:not'/>".to_owned()),
    ];
    let leaf = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    leaf.prop_recursive(4, 24, 4, |inner| {
        let attributes = prop::sample::select(vec![
            "",
            " b='1'",
            "\r\n\tb = \"a'&gt;>\" ",
            " xmlns='urn:d' xmlns:p='urn:p' p:b=''",
            " xmlns=''",
        ]);
        let name = prop::sample::select(vec!["a", "b", "\u{49b}", "n.1-x"]);
        (prop::collection::vec((name, attributes, inner), 0..4)).prop_map(|children| {
            children
                .into_iter()
                .map(|(name, attributes, content)| match content.is_empty() {
                    true => format!("<{name}{attributes}/>"),
                    false => format!("<{name}{attributes}>{content}</{name} >"),
                })
                .collect()
        })
    })
}

fn around() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec!["", "\r\n", " ", "<!-- <a> -->", "<?q ?>"]);
    prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn enveloped_signatures_change_no_other_byte(
        before in around(),
        inside in content(),
        behind in around(),
        declared in prop::sample::select(vec!["", "\u{feff}", "<?xml version='1.0' encoding=\"utf-8\" ?>"]),
        form in prop::sample::select(FORMS.to_vec()),
    ) {
        let key = Key::of(SignatureScheme::Gost2004);
        let rest = format!("{before}<root z='1' >{inside}</root\n>{behind}");
        let document = format!("{declared}{rest}");
        let options = Options::enveloped(form);
        let prepared = prepare_with(&document, &options, key.scheme, &key.certificate).expect(&document);
        let signed = key.complete(prepared);
        prop_assert_eq!(check_own(&signed).len(), 1);
        let (_, left) = cut_signature(&signed);
        prop_assert_eq!(left, [DECLARATION, &rest].concat());
    }

    #[test]
    fn signatures_by_identifier_change_no_other_byte(
        before in around(),
        inside in content(),
        beside in content(),
        empty in any::<bool>(),
        form in prop::sample::select(FORMS.to_vec()),
    ) {
        let key = Key::of(SignatureScheme::Gost2004);
        let document = |place: &str| format!("{before}<q:root xmlns:q='urn:q'>{beside}<s Id='here'>{inside}</s>{place}{beside}</q:root>");
        let given = document(if empty { "<place c='/>' />" } else { "<place c='/>' > \r</place >" });
        let expected = document(if empty { "<place c='/>'></place>" } else { "<place c='/>' > \r</place >" });
        let path = |text| LocationPath::parse(text).expect("a path");
        let options = Options {
            placement: Placement::ById { signed: path("/q:root/s"), parent: path("/q:root/place") },
            ..Options::enveloped(form)
        };
        let prepared = prepare_with(&given, &options, key.scheme, &key.certificate).expect(&given);
        let signed = key.complete(prepared);
        prop_assert_eq!(check_own(&signed).len(), 1);
        let (_, left) = cut_signature(&signed);
        prop_assert_eq!(left, [DECLARATION, &expected].concat());
    }
}
