//! Errors and moves that somebody ordered.

use grammers_client::tl::{enums, functions as f};

use super::{Grammers, Sandbox, refusal};
use crate::world::Fault;

fn export() -> f::auth::ExportLoginToken {
    f::auth::ExportLoginToken { api_id: 1, api_hash: "hash".to_owned(), except_ids: vec![] }
}

#[tokio::test]
async fn an_error_is_answered_so_often_and_nothing_done() {
    let sandbox = Sandbox::start().await;
    let grammers = Grammers::connect(&sandbox).await;
    let (method, error) = ("auth.exportLoginToken".to_owned(), "AUTH_TOKEN_EXCEPTION".to_owned());
    sandbox.world.faults().add(Fault::Refuse { method, code: 406, error, times: 2 });
    for _ in 0..2 {
        assert_eq!(refusal(grammers.client.invoke(&export()).await), "406 AUTH_TOKEN_EXCEPTION");
    }
    assert!(grammers.client.invoke(&export()).await.is_ok());
}

#[tokio::test]
async fn a_scanned_code_is_taken_to_another_data_centre() {
    let sandbox = Sandbox::start().await;
    let ely = sandbox.sign_in("ely_exec").await;
    let (first, second) = (Grammers::connect(&sandbox).await, Grammers::connect(&sandbox).await);
    let token = |answer| match answer {
        enums::auth::LoginToken::Token(shown) => shown.token,
        other => panic!("{other:?}"),
    };
    sandbox.world.faults().add(Fault::MoveQr { dc: 4, times: 1 });
    let shown = token(first.client.invoke(&export()).await.unwrap());
    ely.client.invoke(&f::auth::AcceptLoginToken { token: shown.clone() }).await.unwrap();
    let enums::auth::LoginToken::MigrateTo(to) = first.client.invoke(&export()).await.unwrap() else {
        panic!("it was not taken anywhere")
    };
    assert_eq!((to.dc_id, &to.token), (4, &shown));
    let entered = second.client.invoke(&f::auth::ImportLoginToken { token: to.token }).await.unwrap();
    assert!(matches!(entered, enums::auth::LoginToken::Success(_)), "{entered:?}");
    assert!(second.client.is_authorized().await.unwrap());
}
