//! Files up, looked up, and down.

use super::*;

impl Bench {
    async fn download(&self, path: &str) -> (u16, Vec<u8>) {
        let response = self.client.get(format!("{}/file/{path}", self.base)).send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    }
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down() {
    let bench = bench().await;
    let sent = bench
        .send_file(
            "dir/plan.txt",
            "step one\r\n--c is not the end",
            &[("caption", "<b>plan</b>"), ("parse_mode", "HTML")],
        )
        .await;
    assert_eq!((&sent["caption"], sent.get("text")), (&json!("plan"), None));
    let document = &sent["document"];
    assert_eq!((&document["file_name"], &document["mime_type"]), (&json!("plan.txt"), &json!("text/plain")));
    let file = bench.ok("getFile", json!({ "file_id": document["file_id"] })).await;
    assert_eq!(
        (&file["file_unique_id"], &file["file_size"]),
        (&document["file_unique_id"], &document["file_size"])
    );
    let path = file["file_path"].as_str().unwrap();
    let (status, bytes) = bench.download(&format!("bot{TOKEN}/{path}")).await;
    assert_eq!((status, bytes.as_slice()), (200, &b"step one\r\n--c is not the end"[..]));
    let again = bench.ok("sendDocument", json!({ "chat_id": GROUP, "document": document["file_id"] })).await;
    assert_eq!(&again["document"], document);
}

#[tokio::test]
async fn a_file_may_be_attached_under_another_name() {
    let bench = bench().await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n-4000000001\r\n--b\r\n\
                Content-Disposition: form-data; name=\"document\"\r\n\r\nattach://there\r\n--b\r\n\
                Content-Disposition: form-data; name=\"there\"; filename=\"a.bin\"\r\n\
                Content-Type: application/x-thing\r\n\r\nxyz\r\n--b--\r\n";
    let sent = bench.post_parts("sendDocument", body.to_owned()).await["result"].clone();
    assert_eq!(sent["document"]["file_size"], 3);
    assert_eq!(sent["document"]["mime_type"], "application/x-thing");
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let bench = bench().await;
    let document =
        |document: Value| bench.refused("sendDocument", json!({ "chat_id": GROUP, "document": document }));
    let bad = |what: &str| (400, format!("Bad Request: {what}"));
    assert_eq!(document(json!(null)).await, bad("there is no document in the request"));
    assert_eq!(
        document(json!("https://example.org/a.pdf")).await,
        bad("wrong file identifier/HTTP URL specified")
    );
    assert_eq!(bench.refused("getFile", json!({})).await, bad("file_id not specified"));
    assert_eq!(bench.refused("getFile", json!({ "file_id": "nonsense" })).await, bad("invalid file_id"));
    let sent = bench.send_file("a", "x", &[]).await;
    let edit = json!({ "chat_id": GROUP, "message_id": sent["message_id"], "text": "x" });
    assert_eq!(bench.refused("editMessageText", edit).await, bad("there is no text in the message to edit"));
    let said = bench.send("plain").await;
    let edit = json!({ "chat_id": GROUP, "message_id": said["message_id"], "caption": "x" });
    assert_eq!(
        bench.refused("editMessageCaption", edit).await,
        bad("there is no caption in the message to edit")
    );
    let parts = [("caption", "x".repeat(1025))];
    let body = parts_of("a", "x", &[("chat_id", &GROUP.to_string()), ("caption", &parts[0].1)]);
    let answer = bench.post_parts("sendDocument", body).await;
    assert_eq!(answer["description"], "Bad Request: message caption is too long");
    let empty = bench.post_parts("sendDocument", parts_of("a", "", &[("chat_id", &GROUP.to_string())])).await;
    assert_eq!(empty["description"], "Bad Request: file must be non-empty");
}

#[tokio::test]
async fn only_the_path_that_was_told_and_a_token_open_a_file() {
    let bench = bench().await;
    let sent = bench.send_file("plan.txt", "x", &[]).await;
    let file = bench.ok("getFile", json!({ "file_id": sent["document"]["file_id"] })).await;
    let path = file["file_path"].as_str().unwrap();
    assert_eq!(bench.download(&format!("bot1:none/{path}")).await.0, 401);
    for wrong in ["documents/file_1.txt", "../../etc/passwd", "documents/", &path.replace(".txt", ".sh")] {
        assert_eq!(bench.download(&format!("bot{TOKEN}/{wrong}")).await.0, 404, "{wrong}");
    }
    let other = bench.world.user_by_username("oracle_agent_bot").unwrap().bot().unwrap().token.clone();
    let url = format!("{}/bot{other}/getFile", bench.base);
    let body = json!({ "file_id": sent["document"]["file_id"] });
    let answer: Value = bench.client.post(url).json(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["description"], "Bad Request: invalid file_id", "an id holds for one bot only");
}

/// The beginning of a picture, 320 pixels wide and 120 high.
pub const PICTURE: &str = "GIF89a\u{40}\u{1}\u{78}\0 and the rest of it";

impl Bench {
    pub async fn send_photo(&self, bytes: &str) -> Value {
        let part = |name: &str, rest: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{rest}\r\n")
        };
        let body = part("chat_id", &format!("\r\n\r\n{GROUP}"))
            + &part("caption", "\r\n\r\nseen")
            + &part("photo", &format!("; filename=\"any.png\"\r\n\r\n{bytes}"))
            + "--b--\r\n";
        self.post_parts("sendPhoto", body).await
    }
}

#[tokio::test]
async fn a_photo_is_a_photo_and_no_document() {
    let bench = bench().await;
    let sent = bench.send_photo(PICTURE).await["result"].clone();
    assert_eq!((&sent["caption"], sent.get("document")), (&json!("seen"), None));
    let photo = &sent["photo"][0];
    assert_eq!((&photo["width"], &photo["height"]), (&json!(320), &json!(120)));
    let file = bench.ok("getFile", json!({ "file_id": photo["file_id"] })).await;
    let path = file["file_path"].as_str().unwrap();
    assert!(path.starts_with("photos/"), "{path}");
    assert_eq!(bench.download(&format!("bot{TOKEN}/{path}")).await, (200, PICTURE.as_bytes().to_vec()));
    let again = bench.ok("sendPhoto", json!({ "chat_id": GROUP, "photo": photo["file_id"] })).await;
    assert_eq!(again["photo"][0], *photo);
    let as_document = json!({ "chat_id": GROUP, "document": photo["file_id"] });
    let refused = bench.refused("sendDocument", as_document).await;
    assert_eq!(refused, (400, "Bad Request: can't use file of type Photo as Document".to_owned()));
    let no_picture = bench.send_photo("no picture").await;
    assert_eq!(no_picture["description"], "Bad Request: IMAGE_PROCESS_FAILED");
    let edited = json!({ "chat_id": GROUP, "message_id": sent["message_id"], "caption": "seen again" });
    assert_eq!(bench.ok("editMessageCaption", edited).await["caption"], "seen again");
}
