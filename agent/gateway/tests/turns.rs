//! Sessions over time: order of replies, heartbeats, leaving, one window for everybody.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../core/tests/support/mod.rs"]
mod person;
#[path = "support/requests.rs"]
mod requests;
mod support;

use std::time::Duration;

use futures_util::SinkExt;
use person::{Files, PASSWORD, Person, Seen, Step, desk, signing_keystore};
use requests::{BASICS_CANCELLED, CANCELED, basics, cms_args, common};
use serde_json::json;
use support::{SITE, open_door};
use tamga_agent_core::{Language, Origin};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn what_runs_in_a_session_stays_in_it() {
    let person = Person::new((0..3).map(|_| vec![Step::Cancel]).collect());
    let door = open_door(desk(&person, Files::default())).await;
    let mut first = door.page(Some(SITE)).await;
    let mut second = door.page(None).await;
    let ok = r#"{"code":"200"}"#;
    assert_eq!(first.ask(&common("changeLocale", json!(["en"]))).await, ok);
    assert_eq!(first.ask(&common("changeLocale", json!(["kz"]))).await, ok);
    assert_eq!(
        first.ask(&common("getKeyInfo", json!(["PKCS12"]))).await,
        CANCELED
    );
    assert_eq!(
        second.ask(&common("getKeyInfo", json!(["PKCS12"]))).await,
        CANCELED
    );
    assert_eq!(first.ask(&common("changeLocale", json!([""]))).await, ok);
    assert_eq!(
        first.ask(&common("getKeyInfo", json!(["PKCS12"]))).await,
        CANCELED
    );
    let asks: Vec<_> = person
        .seen()
        .into_iter()
        .filter_map(|seen| match seen {
            Seen::Opened(ask) => Some((ask.origin, ask.language)),
            _ => None,
        })
        .collect();
    assert_eq!(
        asks,
        [
            (Origin::Site(SITE.into()), Language::En),
            (Origin::LocalProgram, Language::Ru),
            (Origin::Site(SITE.into()), Language::Ru),
        ]
    );
}

#[tokio::test]
async fn heartbeats_are_echoed_while_a_window_is_open_and_replies_keep_their_order() {
    // The window opens a file and then waits for a person who never comes back.
    let person = Person::new(vec![vec![Step::Open("/k.p12", PASSWORD)]]);
    let files = Files::default().with("/k.p12", &signing_keystore());
    let door = open_door(desk(&person, files)).await;
    let mut page = door.page(Some(SITE)).await;
    page.say(&basics(cms_args())).await;
    person.until(&["opened", "keys"]).await;
    assert_eq!(page.ask("--heartbeat--").await, "--heartbeat--");
    page.say(&common("getActiveTokens", json!([]))).await;
    assert_eq!(page.ask("--heartbeat--").await, "--heartbeat--");
    page.silence().await;
    // Another socket is not held up by it.
    let mut other = door.page(Some(SITE)).await;
    assert_eq!(
        other.ask(&common("getActiveTokens", json!([]))).await,
        r#"{"responseObject":[],"code":"200"}"#
    );
}

#[tokio::test]
async fn replies_come_in_the_order_of_the_requests() {
    let person = Person::new(vec![vec![Step::Cancel], vec![Step::Cancel]]);
    let door = open_door(desk(&person, Files::default())).await;
    let mut page = door.page(Some(SITE)).await;
    page.say(&common("getKeyInfo", json!(["PKCS12"]))).await;
    page.say(&common("getActiveTokens", json!([]))).await;
    page.say(&basics(cms_args())).await;
    page.say("nonsense").await;
    assert_eq!(page.hear().await, CANCELED);
    assert_eq!(page.hear().await, r#"{"responseObject":[],"code":"200"}"#);
    assert_eq!(page.hear().await, BASICS_CANCELLED);
    assert!(page.hear().await.contains("COMMON_JSON_WRAPPING_EXCEPTION"));
}

#[tokio::test]
async fn the_window_closes_when_the_page_leaves() {
    for farewell in [true, false] {
        let person = Person::new(vec![
            vec![Step::Open("/k.p12", PASSWORD)],
            vec![Step::Cancel],
        ]);
        let store = signing_keystore();
        let door = open_door(desk(&person, Files::default().with("/k.p12", &store))).await;
        let mut page = door.page(Some(SITE)).await;
        page.say(&basics(cms_args())).await;
        person.until(&["opened", "keys"]).await;
        if farewell {
            page.0.close(None).await.unwrap();
        } else {
            drop(page);
        }
        person.until(&["opened", "keys", "closed"]).await;
        assert_eq!(store.record().signatures, 0);
        let mut next = door.page(Some(SITE)).await;
        assert_eq!(next.ask(&basics(cms_args())).await, BASICS_CANCELLED);
    }
}

#[tokio::test]
async fn a_page_that_sends_too_many_requests_at_once_is_closed_with_its_window() {
    let person = Person::new(vec![vec![]]);
    let door = open_door(desk(&person, Files::default())).await;
    let mut page = door.page(Some(SITE)).await;
    page.say(&basics(cms_args())).await;
    person.until(&["opened"]).await;
    for _ in 0..33 {
        page.say(&basics(cms_args())).await;
    }
    let close = page.closed().await.unwrap();
    assert_eq!(u16::from(close.code), 1008);
    person.until(&["opened", "closed"]).await;
}

#[tokio::test]
async fn a_page_that_does_not_read_its_heartbeats_does_not_keep_the_window() {
    let person = Person::new(vec![vec![], vec![Step::Cancel]]);
    let door = open_door(desk(&person, Files::default())).await;
    let mut page = door.page(Some(SITE)).await;
    page.say(&basics(cms_args())).await;
    person.until(&["opened"]).await;
    // Until the door is stuck with an echo nobody takes.
    let flood = async {
        loop {
            page.0.send(Message::text("--heartbeat--")).await?;
        }
    };
    let flooded: Result<Result<(), tokio_tungstenite::tungstenite::Error>, _> =
        tokio::time::timeout(Duration::from_secs(20), flood).await;
    assert!(
        matches!(flooded, Ok(Err(_))),
        "the door hangs up: {flooded:?}"
    );
    person.until(&["opened", "closed"]).await;
    let mut other = door.page(Some("https://other.kz")).await;
    assert_eq!(other.ask(&basics(cms_args())).await, BASICS_CANCELLED);
}
