//! What is a secret and what only looks like one. Every token here is put together from parts that mean nothing.

use proptest::prelude::*;

use super::*;
use crate::grammar::Said;

const HOOK: &str = "mesh-hooks-0123456789abcdef";

fn known() -> KnownTokens {
    let mut known = KnownTokens::new([7; 32]);
    known.learn("a hooks token", Some(AgentId(12)), HOOK);
    known.learn("short", None, "hello");
    known
}

fn some(len: usize) -> String {
    "aB3dE6gH9jKlMn0pQrStUvWxYz".chars().cycle().take(len).collect()
}

fn pem() -> String {
    format!("-----BEGIN RSA PRIVATE {0}\n{1}\n{1}\n-----END RSA PRIVATE {0}", "KEY-----", some(64))
}

/// What was found, and the text without it.
fn seen(text: &str) -> (Vec<String>, String) {
    let found = find(text, &known(), false);
    let what = found.iter().map(|each| each.what.to_string()).collect();
    (what, cover(&Said::plain(text), &found).text)
}

#[test]
fn each_kind_is_found_and_masked() {
    let bot = format!("4102:{}", some(35));
    let cases = [
        (HOOK.to_owned(), "a hooks token"),
        (bot, "a bot token"),
        (pem(), "a private key"),
        (format!("ghp_{}", some(36)), "a GitHub token"),
        (format!("github_pat_{}", some(40)), "a GitHub token"),
        (format!("glpat-{}", some(20)), "a GitLab token"),
        (format!("xoxb-{}", some(30)), "a Slack token"),
        (format!("sk-ant-{}", some(40)), "an Anthropic key"),
        (format!("sk-{}", some(40)), "an API key"),
        (format!("AKIA{}", "ABCD2345".repeat(2)), "an AWS key"),
        (format!("AIza{}", some(35)), "a Google key"),
        (format!("npm_{}", some(36)), "an npm token"),
        (format!("hf_{}", some(34)), "a Hugging Face token"),
        (format!("eyJ{0}.{0}.{0}", some(24)), "a JWT"),
    ];
    for (secret, what) in cases {
        for (before, after) in [("", ""), ("here: ", " take it"), ("`", "`,"), ("(", ")."), ("x=", "\n")] {
            let (found, masked) = seen(&format!("{before}{secret}{after}"));
            assert_eq!(
                (found, masked),
                (vec![what.to_owned()], format!("{before}{MASK}{after}")),
                "{secret}"
            );
        }
    }
}

#[test]
fn what_a_label_says_is_found() {
    let cases = [
        ("password: hunter2hunter2", "password: ‹secret›", "a password"),
        ("API_KEY=abcdefgh12345678 and more", "API_KEY=‹secret› and more", "a key"),
        ("Hook token : abcdefgh1234", "Hook token : ‹secret›", "a token"),
        ("{\"apiKey\":\"abcdefgh1234\",\"x\":1}", "{\"apiKey\":\"‹secret›\",\"x\":1}", "a key"),
        ("**Token**: `abcdefgh1234`.", "**Token**: `‹secret›`.", "a token"),
        (
            "the password is in the vault, password = abcd-efgh-ijkl",
            "the password is in the vault, password = ‹secret›",
            "a password",
        ),
        ("https://x.example/?token=abcdefgh1234", "https://x.example/?token=‹secret›", "a token"),
    ];
    for (text, masked, what) in cases {
        assert_eq!(seen(text), (vec![what.to_owned()], masked.to_owned()), "{text}");
    }
}

#[test]
fn harmless_talk_stays() {
    let long = some(34);
    let harmless = [
        "token: see the vault",
        "key: value",
        "password: ask Ely about it",
        "monkey: bananabananabanana",
        "turkey=bananabananabanana",
        "TOKEN=<HOOK_TOKEN_REDACTED>",
        "password: [REDACTED-BY-ELY]",
        "token: ****************",
        "token: $HOOK_TOKEN_OF_ORACLE",
        "token=${HOOK_TOKEN_OF_ORACLE}",
        "key: {{ secrets.api_key_of_ci }}",
        "token: abcd…wxyz-abcd",
        "key: ~/.ssh/id_ed25519_mesh",
        "key: https://vault.example/mesh/oracle",
        "public key: ssh-ed25519-AAAAC3Nz",
        "🟡 \"rotate api key\": OracleLocalBot silent for 35 min.",
        "at 12:30 see https://example.org/a/long/path?with=query",
        "risk-assessment-of-the-2nd-quarter-review",
        "sk-learn-is-not-a-token",
        "npm_config_registry_is_a_variable_1",
        "-----BEGIN PRIVATE KEY----- is how it starts",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUbm90IGEgcHJpdmF0ZSBrZXk0\n-----END CERTIFICATE-----",
        "🔒 EXCLUSIVE CLAIM: rotate hooks token\nETA: 20 min",
        "token: ‹secret›",
        "my code is 12345",
    ];
    for text in harmless {
        assert_eq!(seen(text), (vec![], text.to_owned()), "{text}");
    }
    assert_eq!(seen(&format!("4102:{long} is one short")).0, Vec::<String>::new());
}

#[test]
fn whose_it_is_and_what_may_be_deleted() {
    let first = |text: &str| find(text, &known(), false)[0].clone();
    let bot = first(&format!("https://api.telegram.org/bot4102:{}/getMe", some(35)));
    assert_eq!((bot.owner, bot.certain), (Some(AgentId(4102)), true));
    assert_eq!(first(HOOK).owner, Some(AgentId(12)));
    assert!(first(&pem()).certain);
    assert!(!first(&format!("ghp_{}", some(36))).certain);
    assert!(!first("password: hunter2hunter2").certain);
}

#[test]
fn a_login_code_only_while_one_is_expected() {
    let text = "my code: 12345, not 1234567 or 12";
    assert_eq!(find(text, &known(), false), []);
    let found = find(text, &known(), true);
    assert_eq!(cover(&Said::plain(text), &found).text, "my code: ‹secret›, not 1234567 or 12");
    assert_eq!(find("barcode 12345 encoded", &known(), true), []);
}

#[test]
fn several_in_one_message_and_the_strongest_name() {
    let text = format!("token: ghp_{}\npassword={HOOK}-and-more", some(36));
    let (what, masked) = seen(&text);
    assert_eq!(what, ["a GitHub token", "a hooks token"]);
    assert_eq!(masked, "token: ‹secret›\npassword=‹secret›");
}

#[test]
fn a_key_that_is_cut_off_is_masked_to_its_end() {
    let text = pem();
    let cut = &text[..text.len() - 40];
    assert_eq!(seen(cut).1, MASK);
    assert_eq!(seen(&format!("{text}\nand a word")).1, format!("{MASK}\nand a word"));
}

#[test]
fn code_stays_code() {
    let text = format!("take `{HOOK}` or `{HOOK}` now");
    let tick = text.find('`').unwrap();
    let second = text.rfind(HOOK).unwrap();
    let said = Said { text: text.clone(), quoted: vec![tick + 1..tick + 1 + HOOK.len(), second..second + 4] };
    let masked = cover(&said, &find(&text, &known(), false));
    assert_eq!(masked.text, "take `‹secret›` or `‹secret›` now");
    assert!(masked.quoted.iter().all(|range| &masked.text[range.clone()] == MASK), "{masked:?}");
}

#[test]
fn nothing_shows_the_key_or_a_hash() {
    assert_eq!(format!("{:?}", known()), "[\"a hooks token\"]");
}

proptest! {
    #[test]
    fn any_text_is_looked_through(text in "\\PC{0,80}", open in any::<bool>()) {
        let found = find(&text, &known(), open);
        prop_assert!(found.windows(2).all(|two| two[0].bytes.end <= two[1].bytes.start));
        let masked = cover(&Said::plain(text), &found).text;
        prop_assert!(found.is_empty() || masked.contains(MASK));
    }

    #[test]
    fn a_known_token_never_stays(before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
        let text = format!("{before} {HOOK} {after}");
        prop_assert!(!masked(&text, &known()).contains(HOOK));
    }

    #[test]
    fn what_is_masked_is_masked_once(part in "(token|key|password)[ ]?[:=] ?[a-zA-Z0-9/\"`*]{0,30}") {
        let once = masked(&part, &known()).into_owned();
        prop_assert_eq!(masked(&once, &known()), once.clone());
    }
}
