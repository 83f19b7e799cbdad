//! What the configuration lacks is asked for.

use super::login::{Asking, bench, code, session, user};

#[tokio::test(flavor = "multi_thread")]
async fn the_number_and_the_application() {
    let bench = bench().await;
    bench.set("phone = { file = \"phone\" }\n", "");
    bench.set("api_id = 1\napi_hash = { file = \"hash\" }\n", "");
    let phone = std::fs::read_to_string(bench.path("phone")).expect("the number");
    let mut login = Asking::start(&bench, &["login"]);
    login.says("https://my.telegram.org").await;
    login.says("api_id: ").await;
    login.answer("4001").await;
    login.says("api_hash: ").await;
    login.answer("synthetic").await;
    login.says("Phone number of the account").await;
    login.answer(&phone).await;
    login.says("Code: ").await;
    login.answer(&code(&bench)).await;
    let (ended, said) = login.ends().await;
    assert_eq!(ended, Some(0), "{said}");
    for part in ["api_id = 4001", "api_hash = { file = \"api_hash\" }"] {
        assert!(said.contains(part), "no {part} in: {said}");
    }
    assert!(!said.contains("synthetic"), "{said}");
    let config = std::fs::read_to_string(bench.path("mesh.toml")).expect("the configuration");
    assert!(!config.contains("4001\n") && !config.contains("synthetic"), "nothing is written into it");
    assert_eq!(session(&bench).await["user"].as_i64(), Some(user(&bench)));
}
