//! Printed examples of the recommendations and properties of node sets; other implementations judge in `tests/`.

use super::*;
use crate::markup::Token;

fn whole(document: &str, uri: &str) -> Result<String, Error> {
    let method = Canonicalization::from_uri(uri).expect("a known method");
    canonicalize(document, &method, &Limits::default())
}

/// Canonical form of the only element with this local name, some elements left out.
fn part(document: &str, method: &Canonicalization, name: &str, without: &[&str]) -> String {
    let limits = Limits::default();
    let document = WellFormed::from_text(document, &limits).expect("well-formed");
    let mut places = Vec::new();
    let mut spans = Vec::new();
    let mut tokens = document.tokens();
    while let Some(token) = tokens.next().expect("well-formed") {
        match token {
            Token::Start { name: found, .. } if found.local() == name => {
                places.push(tokens.place().expect("behind a start tag"));
            }
            Token::End { at, end, name } if without.contains(&name) => spans.push(at..end),
            _ => {}
        }
    }
    let [from] = places.as_slice() else {
        panic!("one {name}")
    };
    assert_eq!(spans.len(), without.len());
    let apex = Apex::Element { from, at: from.at };
    let mut out = Vec::new();
    let mut budget = Budget::new(&limits);
    write(&document, apex, method, &spans, &mut budget, &mut out).expect("in budget");
    into_text(out)
}

fn exclusive(prefixes: &[&str]) -> Canonicalization {
    let prefixes = prefixes.iter().map(|&prefix| prefix.to_owned()).collect();
    Canonicalization::Exclusive {
        comments: false,
        prefixes,
    }
}

/// Canonical XML section 3.1, its document type left out.
#[test]
fn instructions_comments_and_outside_of_document_element() {
    let document = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->\n";
    assert_eq!(
        whole(document, INCLUSIVE).as_deref(),
        Ok(
            "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>"
        )
    );
    assert_eq!(
        whole(document, INCLUSIVE_WITH_COMMENTS).as_deref(),
        Ok(
            "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->"
        )
    );
}

/// Canonical XML section 3.3, its default attribute left out.
#[test]
fn start_and_end_tags() {
    let document = r#"<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org"/>
         </e8>
      </e7>
   </e6>
</doc>"#;
    let expected = r#"<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org"></e9>
         </e8>
      </e7>
   </e6>
</doc>"#;
    assert_eq!(whole(document, INCLUSIVE).as_deref(), Ok(expected));
}

/// Canonical XML section 3.4, without what its document type normalises.
#[test]
fn character_modifications_and_references() {
    let document = "<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n   <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n   <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n</doc>";
    let expected = "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n</doc>";
    assert_eq!(whole(document, INCLUSIVE).as_deref(), Ok(expected));
}

/// XML 1.0 section 2.11: the places where the tree parser alone would keep a carriage return.
#[test]
fn carriage_returns_survive_only_as_references() {
    assert_eq!(
        whole(
            "<a>1\r&amp;\r&#13;\r&#10;\r\n<!--\r\n-->\r<?p \r\n?><![CDATA[\r]]></a>",
            INCLUSIVE_WITH_COMMENTS
        )
        .as_deref(),
        Ok("<a>1\n&amp;\n&#xD;\n\n\n<!--\n-->\n<?p?>\n</a>")
    );
    assert_eq!(
        whole("<a b='\r\n\r\t&#13;'/>", INCLUSIVE).as_deref(),
        Ok("<a b=\"   &#xD;\"></a>")
    );
}

/// Exclusive XML Canonicalization section 2.2 prints both forms of `elem2`.
#[test]
fn an_element_lifted_out_of_its_context() {
    let document = "<n0:local xmlns:n0=\"http://foo.example\" xmlns:n3=\"ftp://example.org\"><n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2></n0:local>";
    let inclusive = Canonicalization::Inclusive { comments: false };
    assert_eq!(
        part(document, &inclusive, "elem2", &[]),
        "<n1:elem2 xmlns:n0=\"http://foo.example\" xmlns:n1=\"http://example.net\" xmlns:n3=\"ftp://example.org\" xml:lang=\"en\"><n3:stuff></n3:stuff></n1:elem2>"
    );
    assert_eq!(
        part(document, &exclusive(&[]), "elem2", &[]),
        "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>"
    );
    assert_eq!(
        part(document, &exclusive(&["n0"]), "elem2", &[]),
        "<n1:elem2 xmlns:n0=\"http://foo.example\" xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>"
    );
}

#[test]
fn an_inclusive_apex_takes_over_the_nearest_xml_attributes() {
    let document = "<a xml:lang='kk' xml:space='preserve' xmlns='urn:d'><b xml:lang='ru'><c xmlns='' z='1'/></b></a>";
    let inclusive = Canonicalization::Inclusive { comments: false };
    assert_eq!(
        part(document, &inclusive, "c", &[]),
        "<c z=\"1\" xml:lang=\"ru\" xml:space=\"preserve\"></c>"
    );
    assert_eq!(part(document, &exclusive(&[]), "c", &[]), "<c z=\"1\"></c>");
}

#[test]
fn excluded_subtrees_vanish_and_the_text_around_them_stays() {
    let inclusive = Canonicalization::Inclusive { comments: false };
    assert_eq!(
        part("<a>1<b>2<c/></b>3<d/>4</a>", &inclusive, "a", &["b", "d"]),
        "<a>134</a>"
    );
}

#[test]
fn the_default_prefix_can_be_listed() {
    let document = "<p:a xmlns:p='urn:p' xmlns='urn:d'><p:b><c xmlns=''/></p:b></p:a>";
    assert_eq!(
        part(document, &exclusive(&[""]), "b", &[]),
        "<p:b xmlns=\"urn:d\" xmlns:p=\"urn:p\"><c xmlns=\"\"></c></p:b>"
    );
}

/// Section 2.3: "processed in the same way as an attribute node"; libxml2 2.9 forgets the escaping, Apache Santuario
/// does not.
#[test]
fn namespace_uris_are_escaped_like_attributes() {
    assert_eq!(
        whole("<p:a xmlns:p='urn:x?a=1&amp;b=2'/>", INCLUSIVE).as_deref(),
        Ok("<p:a xmlns:p=\"urn:x?a=1&amp;b=2\"></p:a>")
    );
}

#[test]
fn relative_namespaces_and_document_types_are_refused() {
    assert_eq!(
        whole("<a xmlns='relative/x'/>", INCLUSIVE),
        Err(Error::RelativeNamespace {
            uri: "relative/x".to_owned()
        })
    );
    assert_eq!(
        whole("<!DOCTYPE a><a/>", INCLUSIVE),
        Err(Error::DoctypePresent { line: 1, column: 1 })
    );
}

#[test]
fn a_form_longer_than_the_budget_is_refused() {
    // Exclusive canonicalisation repeats the declaration at every child.
    let uri = format!("urn:{}", "x".repeat(1000));
    let document = format!("<a xmlns:p='{uri}'>{}</a>", "<p:b/>".repeat(1000));
    let limits = Limits {
        canonical: 100_000,
        ..Limits::default()
    };
    assert_eq!(
        canonicalize(&document, &exclusive(&[]), &limits),
        Err(Error::TooLarge {
            what: "canonical bytes",
            limit: 100_000
        })
    );
}

#[test]
fn version_1_1_takes_over_language_and_space_but_no_identifier_and_joins_the_base() {
    let document = "<a xml:id='i' xml:base='http://x.example/a/b' xml:lang='kk' xml:other='o'><b xml:base='c/' xml:space='default'><c xml:base='d' z='1'/><e/></b></a>";
    let newer = Canonicalization::Inclusive11 { comments: false };
    assert_eq!(
        part(document, &newer, "c", &[]),
        "<c z=\"1\" xml:base=\"http://x.example/a/c/d\" xml:lang=\"kk\" xml:space=\"default\"></c>"
    );
    assert_eq!(
        part(document, &newer, "e", &[]),
        "<e xml:base=\"http://x.example/a/c/\" xml:lang=\"kk\" xml:space=\"default\"></e>"
    );
    let older = Canonicalization::Inclusive { comments: false };
    assert_eq!(
        part(document, &older, "e", &[]),
        "<e xml:base=\"c/\" xml:id=\"i\" xml:lang=\"kk\" xml:other=\"o\" xml:space=\"default\"></e>"
    );
}

#[test]
fn methods_keep_their_identifiers() {
    for uri in [
        INCLUSIVE,
        INCLUSIVE_WITH_COMMENTS,
        EXCLUSIVE,
        EXCLUSIVE_WITH_COMMENTS,
        INCLUSIVE_11,
        INCLUSIVE_11_WITH_COMMENTS,
    ] {
        assert_eq!(
            Canonicalization::from_uri(uri).map(|method| method.uri()),
            Some(uri)
        );
    }
    assert_eq!(
        Canonicalization::from_uri("http://www.w3.org/2010/10/xml-c14n2"),
        None
    );
}
