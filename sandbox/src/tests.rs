use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn it_starts_says_where_it_is_and_stops_while_somebody_polls() {
    let sandbox = Sandbox::start(Settings::default()).await.unwrap();
    let ready = serde_json::to_value(sandbox.ready()).unwrap();
    let keys: Vec<&String> = ready.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["mtproto", "bot_api", "control", "page", "rsa_key_pem", "accounts", "bots", "chats"]);
    assert!(ready["rsa_key_pem"].as_str().unwrap().starts_with("-----BEGIN RSA PUBLIC KEY-----"));
    assert_eq!(
        ready["chats"],
        json!([{ "id": -4_000_000_001_i64, "title": "Mesh Mastermind", "kind": "group" }])
    );
    assert_eq!(ready["accounts"][0]["name"], "Ely");

    let client = reqwest::Client::new();
    let (base, token) = (ready["bot_api"].as_str().unwrap(), ready["bots"][0]["token"].as_str().unwrap());
    let me: Value =
        client.get(format!("{base}/bot{token}/getMe")).send().await.unwrap().json().await.unwrap();
    assert_eq!(me["result"]["username"], ready["bots"][0]["username"]);
    let poll = client.get(format!("{base}/bot{token}/getUpdates?timeout=50")).send();
    let control = format!("{}/health", ready["control"].as_str().unwrap());
    let stop = async {
        client.get(control).send().await.unwrap();
        tokio::time::timeout(Duration::from_secs(20), sandbox.stop()).await.unwrap();
    };
    let _ = tokio::join!(poll, stop);
    assert!(client.get(format!("{base}/bot{token}/getMe")).send().await.is_err(), "the door is shut");
}

#[tokio::test]
async fn it_is_never_open_to_others() {
    let settings = Settings { control_addr: SocketAddr::from(([0, 0, 0, 0], 0)), ..Settings::default() };
    let refused = Sandbox::start(settings).await.unwrap_err();
    assert!(matches!(refused, StartError::NotLoopback(_)), "{refused}");
}
