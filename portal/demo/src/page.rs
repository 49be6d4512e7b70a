//! The routes: a page, its style and script, and the check of what it brings back.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use crate::{Portal, verdict};

/// Larger requests are refused.
const BODY_LIMIT: usize = 1 << 20;

/// What the page sends: a signature and the text it showed.
#[derive(Deserialize)]
pub(crate) struct Signed {
    pub(crate) format: Format,
    pub(crate) signature: String,
    pub(crate) text: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Cms,
    Xml,
}

#[derive(Serialize)]
struct Problem {
    error: &'static str,
}

pub(crate) fn routes(portal: Arc<Portal>) -> Router {
    const HTML: &str = "text/html; charset=utf-8";
    const CSS: &str = "text/css; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    Router::new()
        .route(
            "/",
            get(|| file(HTML, include_str!("../assets/index.html"))),
        )
        .route(
            "/demo.css",
            get(|| file(CSS, include_str!("../assets/demo.css"))),
        )
        .route(
            "/demo.js",
            get(|| file(JS, include_str!("../assets/demo.js"))),
        )
        .route("/verify", post(check))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(portal)
}

/// `no-store` also keeps the page out of the browser's back/forward cache, where it would go on holding its socket, and
/// with it the agent's window, after the person has gone elsewhere.
async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-store"),
        ],
        text,
    )
}

async fn check(State(portal): State<Arc<Portal>>, Json(signed): Json<Signed>) -> impl IntoResponse {
    match verdict::of(&portal, &signed) {
        Ok(found) => Json(found).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(Problem { error })).into_response(),
    }
}
