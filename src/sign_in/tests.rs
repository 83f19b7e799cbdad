use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bridge::telegram::WHOLE_WITHIN;
use jiff::Timestamp;
use sandbox::Sandbox;

use super::*;

/// Nobody writes the code into its file: ten minutes after its beginning it is over, and the file is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_gives_is_not_waited_for_without_end() {
    let sandbox = Sandbox::start(sandbox::Settings::default()).await.unwrap();
    let (ready, folder) = (sandbox.ready(), tempfile::tempdir().unwrap());
    let phone = ready.accounts.iter().find(|account| account.name == "Mesh Bridge").unwrap().phone.clone();
    let (socket, rsa_key_pem) = (ready.mtproto.parse().unwrap(), ready.rsa_key_pem.clone());
    let address = Address { socket, rsa_key_pem };
    let store = Store::open(&folder.path().join("state")).unwrap();
    let session = session(&store, "bridge", None, Some(&address)).unwrap();
    let credentials = Credentials { api_id: 1, api_hash: "sandbox".into(), address: Some(address) };
    let wanted = Wanted { credentials, way: Way::Code { phone: Some(phone) } };
    let path = folder.path().join("code");
    let mut front = Front::new(CodeFrom::File(CodeFile::make(&path).unwrap()));
    // Whoever looks again finds most of the ten minutes gone.
    let (began, looked) = (Timestamp::now(), AtomicBool::new(false));
    let nearly = began + WHOLE_WITHIN - Duration::from_secs(3);
    let clock: Clock = Arc::new(move || if looked.swap(true, Ordering::SeqCst) { nearly } else { began });
    let ended = sign_in(wanted, (&store, session.clone()), &mut front, clock).await.unwrap();
    assert!(matches!(ended, Err(SignInError::TimedOut)));
    assert!(front.was_asked(), "Telegram had sent a code");
    drop(front);
    assert!(!path.exists());
    assert!(!session.is_signed_in().unwrap());
    sandbox.stop().await;
}
