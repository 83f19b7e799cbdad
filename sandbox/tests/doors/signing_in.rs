//! What signing in meets at the control door's word.

use serde_json::json;

use super::Stage;

#[tokio::test]
async fn a_code_that_nobody_shows_is_not_scanned() {
    let stage = Stage::start().await;
    for (link, part) in [
        ("tg://login?token=AQIDBA", "Nobody shows this code"),
        ("tg://login?token=???", "must begin with"),
        ("https://example.invalid", "must begin with"),
    ] {
        let (status, refused) = stage.ask("/scan", json!({ "as": "Ely", "link": link })).await;
        assert_eq!(status, 400, "{refused}");
        assert!(refused["error"].as_str().is_some_and(|error| error.contains(part)), "{refused}");
    }
}

#[tokio::test]
async fn an_order_that_is_none_is_refused() {
    let stage = Stage::start().await;
    for (order, part) in [
        (json!({ "fault": "refuse", "method": "auth.sendCode" }), "needs \"error\""),
        (json!({ "fault": "refuse", "error": "a sentence" }), "must be a word"),
        (json!({ "fault": "refuse", "error": "ODD", "code": 200 }), "must be 300 to 500"),
        (json!({ "fault": "move_qr" }), "needs \"dc\""),
    ] {
        let (status, refused) = stage.ask("/fault", order).await;
        assert_eq!(status, 400, "{refused}");
        assert!(refused["error"].as_str().is_some_and(|error| error.contains(part)), "{refused}");
    }
    stage.order("/fault", json!({ "fault": "refuse", "error": "PHONE_NUMBER_BANNED" })).await;
    stage.order("/fault", json!({ "fault": "move_qr", "dc": 4, "times": 2 })).await;
}
