//! The example is read, and each fault has its exact words.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use commands::fact::Role;
use commands::ids::{ChatId, PersonId};
use commands::rules::{Mode, Rules};
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::sections::{self, account, agents, bot, hooks, limits, mesh, people, rules, telegram};
use crate::{AccountKind, Config, Door, Limits, load, parse, state_dir};

mod agents_and_hooks;

const TOKEN: &str = "4200:synthetic-token_for-tests";
const PEM: &str = "-----BEGIN RSA PUBLIC KEY-----\nc3ludGhldGlj\n-----END RSA PUBLIC KEY-----\n";

fn env(name: &str) -> Option<String> {
    let value = match name {
        "MESH_API_HASH" => "00000000000000000000000000000555",
        "MESH_PHONE" => "+15550100001",
        "MESH_BOT_TOKEN" => TOKEN,
        "SANDMAN_HOOK_TOKEN" => "SANDBOX-hook-of-sandman",
        "SANDMAN_NODE_TOKEN" => "SANDBOX-token-of-the-node",
        "SANDMAN_TOKEN" => "SANDBOX-token-of-sandman",
        "MESH_NOT_A_TOKEN" => "hello",
        "MESH_BLANK" => "  ",
        _ => return None,
    };
    Some(value.to_owned())
}

fn example() -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("mesh.example.toml");
    let text = fs::read_to_string(&path).unwrap();
    (path, text)
}

fn read(text: &str) -> Result<Config, String> {
    parse(Path::new("mesh.toml"), text, env).map_err(|faults| faults.to_string())
}

/// The faults of a text, one a line.
fn faults(text: &str) -> String {
    read(text).unwrap_err()
}

/// A sound configuration, to which a test adds what it is about.
fn sound(rest: &str) -> String {
    format!("[mesh]\ngroup = -4000000001\n[bot]\ntoken = {{ env = \"MESH_BOT_TOKEN\" }}\n{rest}")
}

#[test]
fn the_example_is_read() {
    let (path, _) = example();
    let config = load(&path, env).unwrap();
    assert_eq!(config.warnings, []);
    assert_eq!(config.mesh.name, "Mesh Mastermind");
    assert_eq!(config.mesh.group, ChatId(-4_000_000_001));
    assert_eq!(config.state_dir, path.with_file_name("./state"));
    assert_eq!(config.limits, Limits::default());
    let account = config.account.as_ref().unwrap();
    assert_eq!(account.kind, AccountKind::Dedicated);
    assert_eq!(account.phone.as_ref().unwrap().expose(), "+15550100001");
    assert_eq!(config.bot.as_ref().unwrap().token.expose(), TOKEN);
    assert_eq!(config.agents[0].doors, [Door::Hook, Door::Dm]);
    assert_eq!(config.agents[1].doors, [Door::Dm]);
    assert_eq!(config.hooks.listen, "127.0.0.1:18790".parse().unwrap());
    let roster = config.roster();
    assert_eq!(roster.people[0].id, PersonId(4001));
    assert_eq!(roster.people[0].role, Some(Role::Exec));
    assert_eq!(roster.agents[0].aliases, ["Cassian"]);
    assert_eq!(roster.lead.as_deref(), Some("Sandman"));
}

#[test]
fn the_example_has_every_key_with_a_comment_above() {
    let (_, text) = example();
    let known = [
        mesh::KEYS,
        sections::STATE_KEYS,
        telegram::KEYS,
        telegram::DATACENTER_KEYS,
        account::KEYS,
        account::ONE_OF_MANY_KEYS,
        bot::KEYS,
        people::KEYS,
        agents::KEYS,
        hooks::KEYS,
        &rules::keys(),
        limits::KEYS,
    ];
    for key in known.into_iter().flatten().filter(|key| **key != "datacenter") {
        let stands = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{key} = "));
        let at = text.lines().position(stands);
        let at = at.unwrap_or_else(|| panic!("the example lacks {key}"));
        let above = text.lines().nth(at - 1).unwrap();
        let shares = key == &"sequencer";
        assert!(shares || above.starts_with("# "), "{key} has no comment");
    }
}

#[test]
fn the_values_behind_a_hash_are_those_it_would_have_anyway() {
    let (path, text) = example();
    let defaults = load(&path, env).unwrap().rules();
    let mut spelt_out = String::new();
    let mut below_rules = false;
    for line in text.lines() {
        below_rules |= line == "[rules]";
        let is_key = line.starts_with("# ") && line.contains(" = ") && !line.contains("...");
        let line = if below_rules && is_key { &line[2..] } else { line };
        spelt_out.push_str(line);
        spelt_out.push('\n');
    }
    let config = parse(&path, &spelt_out, env).unwrap();
    assert_ne!(spelt_out.trim(), text.trim());
    assert_eq!(config.rules(), defaults);
    assert_eq!(config.limits, Limits::default());
    assert_eq!(defaults, Rules { node: "node-1".into(), ..Rules::new(ChatId(-4_000_000_001), 1) });
}

#[test]
fn rules_and_limits_can_be_set() {
    let config = read(&sound(
        "[rules]\nlease = \"90 s\"\nboard_every = \"300 ms\"\ntaps_a_minute = 5\n\
         [limits]\noverall_per_second = 0\nper_chat_per_second = 3\n",
    ))
    .unwrap();
    let rules = config.rules();
    assert_eq!(rules.lease, SignedDuration::from_secs(90));
    assert_eq!(rules.board_every, SignedDuration::from_millis(300));
    assert_eq!(rules.taps_a_minute, 5);
    assert_eq!(rules.mode, Mode::Enforce);
    assert_eq!(config.limits.overall_per_second, None);
    assert_eq!(config.limits.per_chat_per_second.unwrap().get(), 3);
}

#[test]
fn every_fault_is_told_at_once() {
    let text = "[mesh]\n\
        mode = \"enforced\"\n\
        zone = \"Mars/Olympus\"\n\
        gruop = -4000000001\n\
        group = 4001\n\
        [bot]\n\
        token = \"4200:synthetic\"\n\
        [[people]]\n\
        id = \"4001\"\n\
        name = \" \"\n\
        role = \"boss\"\n\
        [rules]\n\
        lease = \"soon\"\n\
        taps_a_minute = 0\n\
        [telegraph]\n\
        [limits]\n\
        zebra = 1\n";
    assert_eq!(
        faults(text),
        "mesh.toml:2: mesh.mode: `enforced` is not known here; did you mean \"enforce\"?\n\
         mesh.toml:3: mesh.zone: `Mars/Olympus` is not a time zone; write a name of the IANA database, like \"Europe/Berlin\" or \"UTC\"\n\
         mesh.toml:4: mesh.gruop: is not a key that is known here; did you mean `group`?\n\
         mesh.toml:5: mesh.group: 4001 is not the id of a group; write the negative id that bots see; ids of supergroups begin with -100\n\
         mesh.toml:7: bot.token: stands in this file in the clear; put it into a file of its own (chmod 600) and write { file = \"…\" }, or { env = \"…\" }\n\
         mesh.toml:9: people[1].id: is of the type string; write a whole number\n\
         mesh.toml:10: people[1].name: is empty; write something, or remove the key\n\
         mesh.toml:11: people[1].role: `boss` is not known here; write one of: exec, operator, viewer\n\
         mesh.toml:13: rules.lease: `soon` is not a length of time; write it like \"30 min\", \"10 s\" or \"1 h 30 min\"\n\
         mesh.toml:14: rules.taps_a_minute: 0 is out of bounds; write a number from 1 to 10000\n\
         mesh.toml:15: telegraph: is not a key that is known here; did you mean `telegram`?\n\
         mesh.toml:17: limits.zebra: is not a key that is known here; remove it, or use one of: per_chat_per_second, per_group_per_minute, overall_per_second"
    );
}

#[test]
fn an_empty_file_says_what_it_needs() {
    assert_eq!(
        faults(""),
        "mesh.toml: there is neither an [account] nor a [bot]; add at least one of them\n\
         mesh.toml:1: mesh: is missing; add a section [mesh] with group = -4000000001"
    );
}

#[test]
fn what_is_not_toml_is_told_by_line() {
    assert_eq!(
        faults("[mesh]\ngroup = = 3\nname = \"Mesh\n"),
        "mesh.toml:2: this is not TOML: extra `=`, expected nothing; correct the line\n\
         mesh.toml:3: this is not TOML: invalid basic string, expected `\"`; correct the line"
    );
}

#[test]
fn a_missing_file_says_where_to_start() {
    let faults = load(Path::new("nowhere/mesh.toml"), env).unwrap_err();
    assert_eq!(
        faults.to_string(),
        "nowhere/mesh.toml: cannot be read (No such file or directory (os error 2)); \
         name a readable file with --config; config/mesh.example.toml is one to start from"
    );
}

#[test]
fn nobody_is_two_and_no_name_means_two() {
    let text = sound(
        "[[people]]\nid = 4001\nname = \"Ely\"\n\
         [[people]]\nid = 4001\nname = \"ELY\"\n\
         [[agents]]\nid = 4101\nname = \"Oracle\"\naliases = [\"ely\"]\n\
         [[agents]]\nid = 4101\nname = \"Oracle\"\n",
    );
    assert_eq!(
        faults(&text),
        "mesh.toml:8: people[2]: the id `4001` already belongs to people[1] on line 5; give each its own\n\
         mesh.toml:8: people[2]: the name `ELY` already belongs to people[1] on line 5; give each its own\n\
         mesh.toml:11: agents[1]: the name `ely` already belongs to people[1] on line 5; give each its own\n\
         mesh.toml:15: agents[2]: the id `4101` already belongs to agents[1] on line 11; give each its own\n\
         mesh.toml:15: agents[2]: the name `Oracle` already belongs to agents[1] on line 11; give each its own"
    );
}

#[test]
fn an_account_with_a_role_is_not_the_voice() {
    let base = "[mesh]\ngroup = -4000000001\n\
        [telegram]\napi_id = 4001\napi_hash = { env = \"MESH_API_HASH\" }\n\
        [[people]]\nid = 4001\nname = \"Ely\"\nrole = \"exec\"\n\
        [account]\nphone = { env = \"MESH_PHONE\" }\n";
    assert_eq!(
        faults(&format!("{base}kind = \"dedicated\"\nperson = 4001\n")),
        "mesh.toml:13: account.person: Ely has a role, so this account may not be the voice of the mesh; \
         write kind = \"personal\", or sign in an account that is nobody's"
    );
    assert_eq!(
        faults(&format!("{base}kind = \"personal\"\nperson = 4009\n")),
        "mesh.toml:10: account: is personal and only listens, so nobody speaks for the mesh; \
         add a [bot], or set mode = \"observe\" in [mesh]\n\
         mesh.toml:13: account.person: is nobody of [[people]]; add a [[people]] with this id, or correct it"
    );
    assert_eq!(
        faults(&format!("{base}kind = \"personal\"\n[bot]\ntoken = {{ env = \"MESH_BOT_TOKEN\" }}\n")),
        "mesh.toml:10: account.person: is missing, and a personal account is somebody's; \
         add person = the id of one of [[people]]"
    );
    let personal =
        format!("{base}kind = \"personal\"\nperson = 4001\n[bot]\ntoken = {{ env = \"MESH_BOT_TOKEN\" }}\n");
    assert_eq!(read(&personal).unwrap().account.unwrap().kind, AccountKind::Personal);
    assert_eq!(read(&format!("{base}kind = \"dedicated\"\n")).unwrap().bot.map(|_| ()), None);
}

/// Three accounts, `first` and `second` with these lines more.
fn three(first: &str, second: &str) -> String {
    let account = |name: &str, more: &str| {
        format!("[accounts.{name}]\nkind = \"dedicated\"\nphone = {{ env = \"MESH_PHONE\" }}\n{more}")
    };
    sound(&format!(
        "[telegram]\napi_id = 4001\napi_hash = {{ env = \"MESH_API_HASH\" }}\n\
         [[people]]\nid = 4001\nname = \"Ely\"\nrole = \"exec\"\n{}{}\
         [accounts.ely]\nkind = \"personal\"\nphone = {{ env = \"MESH_PHONE\" }}\nperson = 4001\n",
        account("voice", first),
        account("ear", second)
    ))
}

#[test]
fn of_several_accounts_one_is_the_ear() {
    let config = read(&three("relay = false\n", "ear = true\n")).unwrap();
    let accounts: Vec<_> = config.accounts().map(|account| (account.name.as_str(), account.relay)).collect();
    assert_eq!(accounts, [("ear", true), ("ely", false), ("voice", false)]);
    assert_eq!(config.account.unwrap().name, "ear");

    let none = faults(&three("", ""));
    assert!(
        none.contains("accounts: has several accounts, and none of them is the ear; write ear = true"),
        "{none}"
    );
    let two = faults(&three("ear = true\n", "ear = true\n"));
    assert!(two.contains("is the ear beside another; leave ear = true at one account only"), "{two}");
    let beside =
        three("ear = true\n", "") + "[account]\nkind = \"dedicated\"\nphone = { env = \"MESH_PHONE\" }\n";
    let beside = faults(&beside);
    assert!(
        beside.contains("accounts: stands beside [account]; write that one as [accounts.NAME], too"),
        "{beside}"
    );
    let voice = faults(&three("ear = true\nperson = 4001\n", ""));
    assert!(voice.contains("accounts.voice.person: Ely has a role"), "{voice}");
}

#[test]
fn an_account_needs_an_application() {
    let text = sound("[account]\nkind = \"dedicated\"\nphone = { env = \"MESH_PHONE\" }\n");
    assert_eq!(
        faults(&text),
        "mesh.toml:1: telegram: is missing, and an [account] needs it; \
         add [telegram] with api_id and api_hash from https://my.telegram.org"
    );
}

#[test]
fn who_leads_is_an_agent() {
    let lead = |name: &str| {
        format!(
            "[mesh]\ngroup = -1\nlead = \"{name}\"\n[bot]\ntoken = {{ env = \"MESH_BOT_TOKEN\" }}\n\
            [[agents]]\nid = 4101\nname = \"Sandman\"\naliases = [\"Cassian\"]\n"
        )
    };
    assert!(read(&lead("cassian")).is_ok());
    assert_eq!(
        faults(&lead("Ely")),
        "mesh.toml:3: mesh.lead: `Ely` is not an agent; name one of [[agents]], or remove the line and nobody leads"
    );
}

#[test]
fn waits_come_in_their_order() {
    assert_eq!(
        faults(&sound("[rules]\nhandoff_again = \"20 min\"\n")),
        "mesh.toml:6: rules.handoff_again: handoff_again is longer than handoff_people; \
         make handoff_people at least as long"
    );
    assert_eq!(
        faults(&sound("[rules]\nlease = \"-1 s\"\nlease_most = \"2 years\"\n")),
        "mesh.toml:6: rules.lease: `-1 s` is not between nothing and 366 days; write it like \"30 min\", \"10 s\" or \"1 h 30 min\"\n\
         mesh.toml:7: rules.lease_most: `2 years` is not a length of time; write it like \"30 min\", \"10 s\" or \"1 h 30 min\""
    );
}

#[test]
fn a_bot_needs_a_token_and_a_real_address() {
    let bot = |rest: &str| format!("[mesh]\ngroup = -1\n[bot]\n{rest}\n");
    assert_eq!(
        faults(&bot("api_url = \"localhost\"")),
        "mesh.toml:3: bot.token: is missing; add token = { file = \"…\" } or { env = \"…\" }\n\
         mesh.toml:4: bot.api_url: `localhost` is not an address of the web; write it like \"http://127.0.0.1:8081\", or remove it to use Telegram's"
    );
    assert_eq!(
        faults(&bot("token = { env = \"MESH_NOT_A_TOKEN\" }")),
        "mesh.toml:4: bot.token: is not a bot's token; a token is a number, a colon and letters, as @BotFather gives it"
    );
    assert_eq!(
        faults(&bot("token = { env = \"MESH_NOWHERE\" }")),
        "mesh.toml:4: bot.token: the environment has no variable MESH_NOWHERE; set it before the start, or write { file = \"…\" }"
    );
    assert_eq!(
        faults(&bot("token = { env = \"MESH_BLANK\" }")),
        "mesh.toml:4: bot.token: is empty; put the value where the reference points"
    );
    assert_eq!(
        faults(&bot("token = { value = \"4200:synthetic\" }")),
        "mesh.toml:4: bot.token.value: is not a key that is known here; remove it, or use one of: file, env"
    );
    assert_eq!(
        faults(&bot("token = {}")),
        "mesh.toml:4: bot.token: does not say where the value is; name exactly one of: file, env"
    );
    let config =
        read(&bot("token = { env = \"MESH_BOT_TOKEN\" }\napi_url = \"http://127.0.0.1:8081/\"")).unwrap();
    assert_eq!(config.bot.unwrap().api_url.unwrap(), "http://127.0.0.1:8081");
}

fn file(dir: &TempDir, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn secrets_come_from_private_files_beside_the_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let text = "[mesh]\ngroup = -1\n[bot]\ntoken = { file = \"token\" }\n\
        [telegram]\napi_id = { file = \"id\" }\napi_hash = { env = \"MESH_API_HASH\" }\n\
        [telegram.datacenter]\naddress = \"127.0.0.1:4430\"\nrsa_key = { file = \"key.pem\" }\n";
    file(&dir, "token", &format!("{TOKEN}\n"), 0o600);
    file(&dir, "id", "4001\n", 0o400);
    file(&dir, "key.pem", PEM, 0o644);
    let path = file(&dir, "mesh.toml", text, 0o644);
    let config = load(&path, env).unwrap();
    assert_eq!(config.bot.unwrap().token.expose(), TOKEN);
    let telegram = config.telegram.unwrap();
    assert_eq!(telegram.api_id, 4001);
    let datacenter = telegram.datacenter.unwrap();
    assert_eq!(datacenter.address.to_string(), "127.0.0.1:4430");
    assert_eq!(datacenter.rsa_key, PEM);
    assert_eq!(config.state_dir, dir.path().join("state"));
}

#[test]
fn a_secret_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let token = file(&dir, "token", TOKEN, 0o640);
    let text = "[mesh]\ngroup = -1\n[bot]\ntoken = { file = \"token\" }\n\
        [telegram]\napi_id = 4001\napi_hash = { file = \"hash\" }\n\
        datacenter = { address = \"localhost\", rsa_key = { file = \"token\" } }\n";
    let path = file(&dir, "mesh.toml", text, 0o644);
    let (shown, token) = (path.display(), token.display());
    let hash = dir.path().join("hash");
    assert_eq!(
        load(&path, env).unwrap_err().to_string(),
        format!(
            "{shown}:4: bot.token: {token} can be read by others; run chmod 600 {token}\n\
             {shown}:7: telegram.api_hash: {} cannot be read (No such file or directory (os error 2)); make the file, or correct the name\n\
             {shown}:8: telegram.datacenter.address: `localhost` is not an IPv4 address with a port; write it like \"127.0.0.1:4430\"\n\
             {shown}:8: telegram.datacenter.rsa_key: is not a public RSA key in PKCS#1; name the file that begins with -----BEGIN RSA PUBLIC KEY-----; `mesh sandbox --ready-json` prints it",
            hash.display()
        )
    );
}

#[test]
fn a_phone_in_the_clear_is_taken_with_a_warning_and_a_code_without() {
    let text = sound(
        "[telegram]\napi_id = 4001\napi_hash = { env = \"MESH_API_HASH\" }\n\
         [account]\nkind = \"dedicated\"\nphone = \"+15550100001\"\ncode = { value = \"55555\" }\n",
    );
    let config = read(&text).unwrap();
    let warnings: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "mesh.toml:10: account.phone: stands in this file in the clear; put it into a file of its own (chmod 600) and write { file = \"…\" }, or { env = \"…\" }"
        ]
    );
    let account = config.account.unwrap();
    assert_eq!(account.phone.as_ref().unwrap().expose(), "+15550100001");
    assert_eq!(account.code.unwrap().expose(), "55555");
}

#[test]
fn nothing_shows_a_secret() {
    let (path, _) = example();
    let config = load(&path, env).unwrap();
    let shown = format!("{config:?} {}", config.bot.as_ref().unwrap().token);
    assert!(!shown.contains("synthetic-token"), "{shown}");
    assert!(!shown.contains("+1555"), "{shown}");
    assert!(!faults(&sound("[telegram]\napi_id = 1\napi_hash = \"0123abcd\"\n")).contains("0123abcd"));
}

#[test]
fn a_section_of_the_wrong_shape_is_told() {
    assert_eq!(
        faults(
            &sound("people = 3\n[agents]\nid = 4101\n[limits]\nx = 1\n")
                .replace("[bot]", "limits = 1\n[bot]")
                .replace("[limits]\nx = 1\n", "")
        ),
        "mesh.toml:3: mesh.limits: is not a key that is known here; remove it, or use one of: name, mode, node, sequencer, term, zone, group, lead\n\
         mesh.toml:6: bot.people: is not a key that is known here; remove it, or use one of: token, api_url, mode, webhook_url, webhook_listen\n\
         mesh.toml:7: agents: is to be written once for each; begin each with [[agents]]"
    );
}

#[test]
fn where_the_state_is_can_be_told_without_a_secret() {
    let dir = tempfile::tempdir().unwrap();
    let text = "[state]\ndir = \"elsewhere\"\n[bot]\ntoken = { env = \"NOT_SET\" }\n";
    let path = file(&dir, "mesh.toml", text, 0o600);
    assert_eq!(state_dir(&path).unwrap(), dir.path().join("elsewhere"));
}
