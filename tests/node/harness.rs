//! A whole node, as its own process, against a sandbox in this one.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use sandbox::world::{
    BotUpdateKind, ButtonAction, ChatKey, ChatKind, Clock, Draft, MessageKey, Peer, Rank, SeenMessage,
    UserId, World,
};
use sandbox::{Sandbox, Settings};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A promise that is not kept by then is broken; a kept one takes a fraction of it.
const WITHIN: Duration = Duration::from_secs(30);

/// A Telegram, a folder for the node's state, and a configuration.
pub struct Bench {
    pub sandbox: Sandbox,
    pub group: Peer,
    folder: TempDir,
}

/// Which ear the node has.
#[derive(Clone, Copy)]
pub enum Ear {
    /// The mesh's own account.
    Dedicated,
    /// Ely's own account.
    Personal,
    /// The bot alone.
    Bot,
}

impl Bench {
    pub async fn new(ear: Ear) -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.expect("free ports on 127.0.0.1");
        let group = Peer::from_bot_api(sandbox.ready().chats[0].id).expect("a chat id");
        Self::with(sandbox, group, ear)
    }

    /// The same people in a supergroup, where all see the same message ids.
    pub async fn in_supergroup(ear: Ear) -> Self {
        let world = World::mastermind();
        let id = |name: &str| world.users().into_iter().find(|user| user.name == name).expect("somebody").id;
        let members: Vec<_> = world.users().into_iter().map(|user| user.id).collect();
        let group = world.add_group(ChatKind::Supergroup, "Mesh Mastermind", id("Ely"), &members);
        world.set_rank(group, id("Mesh"), Rank::Admin);
        let settings = Settings { world, ..Settings::default() };
        Self::with(Sandbox::start(settings).await.expect("free ports on 127.0.0.1"), group, ear)
    }

    /// The mastermind group in a Telegram whose clock stands at that second.
    pub async fn at(second: i64, ear: Ear) -> Self {
        let world = World::mastermind_at(Clock::manual(second));
        let settings = Settings { world, ..Settings::default() };
        let sandbox = Sandbox::start(settings).await.expect("free ports on 127.0.0.1");
        let group = Peer::from_bot_api(sandbox.ready().chats[0].id).expect("a chat id");
        Self::with(sandbox, group, ear)
    }

    fn with(sandbox: Sandbox, group: Peer, ear: Ear) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bench = Self { sandbox, group, folder };
        bench.write("sandbox.pem", &bench.sandbox.ready().rsa_key_pem);
        bench.write("hash", "sandbox");
        bench.write("token", &bench.token("mesh_mastermind_bot"));
        bench.write("mesh.toml", &bench.config(ear));
        bench
    }

    /// A file beside the configuration.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("a file")
    }

    /// Writes a file beside the configuration, for its owner only.
    pub fn write(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder().join(name);
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("its mode");
    }

    fn token(&self, username: &str) -> String {
        let ready = self.sandbox.ready();
        ready.bots.iter().find(|bot| bot.username == username).expect("a bot").token.clone()
    }

    fn config(&self, ear: Ear) -> String {
        let ready = self.sandbox.ready();
        let account = |name: &str, kind: &str, person: &str| {
            let who = ready.accounts.iter().find(|account| account.name == name).expect("an account");
            self.write("phone", &who.phone);
            format!(
                "[account]\nname = \"ear\"\nkind = \"{kind}\"\nphone = {{ file = \"phone\" }}\n\
                 code = {{ value = \"{}\" }}\n{person}\n",
                who.code
            )
        };
        let ear = match ear {
            Ear::Dedicated => account("Mesh Bridge", "dedicated", ""),
            Ear::Personal => account("Ely", "personal", &format!("person = {}", self.user("Ely").0)),
            Ear::Bot => String::new(),
        };
        let (mtproto, bot_api, group) = (&ready.mtproto, &ready.bot_api, self.group.to_bot_api());
        let mut config = format!(
            "[mesh]\nname = \"Mesh Mastermind\"\nnode = \"n\"\nsequencer = \"n\"\nterm = 1\ngroup = {group}\n\
             [telegram]\napi_id = 1\napi_hash = {{ file = \"hash\" }}\n\
             [telegram.datacenter]\naddress = \"{mtproto}\"\nrsa_key = {{ file = \"sandbox.pem\" }}\n{ear}\
             [bot]\ntoken = {{ file = \"token\" }}\napi_url = \"{bot_api}\"\n\
             [limits]\nper_chat_per_second = 0\nper_group_per_minute = 0\noverall_per_second = 0\n\
             [rules]\nboard_every = \"1 s\"\nreactions_every = \"1 s\"\n"
        );
        for (name, role) in [("Ely", "exec"), ("Alex", "operator")] {
            let id = self.user(name).0;
            let _ = writeln!(config, "[[people]]\nid = {id}\nname = \"{name}\"\nrole = \"{role}\"");
        }
        for name in ["Sandman", "Oracle", "OracleLocalBot"] {
            let id = self.user(name).0;
            let _ = writeln!(config, "[[agents]]\nid = {id}\nname = \"{name}\"\ndoors = [\"dm\"]");
        }
        config
    }

    pub fn world(&self) -> &World {
        self.sandbox.world()
    }

    /// The account or bot of that name.
    pub fn user(&self, name: &str) -> UserId {
        let user = self.world().users().into_iter().find(|user| user.name == name);
        user.unwrap_or_else(|| panic!("nobody is called {name}")).id
    }

    /// Somebody writes in the group.
    pub fn say(&self, name: &str, text: &str) {
        self.post(name, self.group, text);
    }

    /// Somebody writes to somebody.
    pub fn write_to(&self, from: &str, to: &str, text: &str) {
        self.post(from, Peer::User(self.user(to)), text);
    }

    fn post(&self, from: &str, to: Peer, text: &str) {
        let draft = Draft { text: text.to_owned(), ..Draft::default() };
        self.world().post(self.user(from), to, draft).expect("a message that Telegram takes");
    }

    /// Everything in the group, oldest first, without service messages.
    pub fn chat(&self) -> Vec<SeenMessage> {
        let chat = ChatKey::of(self.user("Ely"), self.group);
        self.world().transcript(chat).into_iter().filter(|message| !message.service).collect()
    }

    /// Everything between two users.
    pub fn private(&self, a: &str, b: &str) -> Vec<SeenMessage> {
        self.world().transcript(ChatKey::private(self.user(a), self.user(b)))
    }

    /// Waits until `wanted` holds of the world, looking whenever something happens in it.
    pub async fn until(&self, what: &str, wanted: impl Fn(&Self) -> bool) {
        let mut changes = self.world().watch();
        let wait = async {
            while !wanted(self) {
                let _ = changes.recv().await;
            }
        };
        let happened = tokio::time::timeout(WITHIN, wait).await.is_ok();
        assert!(happened, "{what} did not happen; the group:\n{:#?}", self.chat());
    }

    /// Waits until the world's clock is past that second.
    pub async fn until_the_second_after(&self, second: i64) {
        let mut beat = tokio::time::interval(Duration::from_millis(50));
        let past = async {
            while self.world().now() <= second {
                beat.tick().await;
            }
        };
        tokio::time::timeout(WITHIN, past).await.expect("time goes by");
    }

    /// Waits until the last message of that sender bears that reaction.
    pub async fn until_reaction(&self, name: &str, emoji: &str) {
        let what = format!("{emoji} on the last message of {name}");
        self.until(&what, |bench| {
            let last = bench.chat().into_iter().rfind(|message| message.name == name);
            last.is_some_and(|message| message.reactions.iter().any(|(_, set)| set == emoji))
        })
        .await;
    }

    /// Somebody sets their reaction on a message.
    pub fn react(&self, who: &str, message: &SeenMessage, emoji: &str) {
        let (peer, id) = self.world().place_of(self.user(who), message.key).expect("they see it");
        self.world().react(self.user(who), peer, id, Some(emoji)).expect("a reaction that Telegram takes");
    }

    /// Somebody taps a button of the mesh's; what the answer shows.
    pub async fn tap(&self, who: &str, message: &SeenMessage, label: &str) -> Option<String> {
        self.tap_data(who, message, self.button_data(who, message, label)).await
    }

    /// What a button sends.
    pub fn button_data(&self, who: &str, message: &SeenMessage, label: &str) -> Vec<u8> {
        let (peer, id) = self.world().place_of(self.user(who), message.key).expect("they see it");
        let view = self.world().message(self.user(who), peer, id).expect("they see it");
        let keyboard = view.keyboard.expect("buttons");
        let button = keyboard.rows.iter().flatten().find(|button| button.text == label).expect("the button");
        let ButtonAction::Callback(data) = &button.action else { panic!("{label} sends no data") };
        data.clone()
    }

    /// How often buttons of a bot that nobody polls were tapped.
    pub fn taps_of(&self, bot: &str) -> usize {
        let updates = self.world().bot_updates(self.user(bot), 0, 100);
        updates.iter().filter(|update| matches!(update.kind, BotUpdateKind::CallbackQuery(_))).count()
    }

    /// Somebody sends data as if by a button.
    pub async fn tap_data(&self, who: &str, message: &SeenMessage, data: Vec<u8>) -> Option<String> {
        let (peer, id) = self.world().place_of(self.user(who), message.key).expect("they see it");
        self.world().tap(self.user(who), peer, id, data).await.expect("an answer").text
    }

    /// Changes the configuration.
    pub fn set(&self, from: &str, to: &str) {
        let config = std::fs::read_to_string(self.config_path()).expect("the configuration");
        assert!(config.contains(from), "{from} does not stand in the configuration");
        self.write("mesh.toml", &config.replace(from, to));
    }

    /// Oracle's gateway is this folder: what is done to it is written in files of it.
    pub fn drive_by_files(&self) {
        let at = self.folder().display();
        // A token of nobody, as it looks.
        self.write("oracle.log", "first\nbot token 7100000001:AASANDBOXSANDBOXSANDBOXSANDBOXSANDB\nlast\n");
        self.write("a.b", "one");
        let write = |file: &str, word: &str| format!("[\"sh\", \"-c\", \"echo {word} >> {at}/{file}\"]");
        let (restart, pause) = (write("restarts", "again"), write("pauses", "pause"));
        let resume = write("pauses", "resume");
        let set = format!(
            "[\"sh\", \"-c\", \"printf %s \\\"$2\\\" > \\\"{at}/$1\\\"\", \"set\", \"{{key}}\", \"{{value}}\"]"
        );
        let driver = format!(
            "driver = {{ kind = \"command\", ping = [\"test\", \"-d\", \"{at}\"], log = \"oracle.log\", \
             restart = {restart}, pause = {pause}, resume = {resume}, config = [\"cat\", \"{at}/a.b\"], set = {set} }}\n"
        );
        self.set("name = \"Oracle\"\n", &format!("name = \"Oracle\"\n{driver}"));
    }

    /// The lines of a file beside the configuration; none where there is none.
    pub fn lines(&self, file: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.path(file)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// A second account beside the one that is the ear.
    pub fn add_account(&self, heading: &str, name: &str, kind: &str, more: &str) {
        let ready = self.sandbox.ready();
        let who = ready.accounts.iter().find(|account| account.name == name).expect("an account");
        let (phone, code) = (&who.phone, &who.code);
        self.write(&format!("phone-{heading}"), phone);
        self.set(
            "[bot]",
            &format!(
                "[accounts.{heading}]\nkind = \"{kind}\"\nphone = {{ file = \"phone-{heading}\" }}\n\
                 code = {{ value = \"{code}\" }}\n{more}\n[bot]"
            ),
        );
        self.set("[account]\nname = \"ear\"", "[accounts.ear]\near = true");
    }

    /// Starts a node that must not run; what it says.
    pub async fn start_in_vain(&self) -> String {
        self.start_ends_with(1).await
    }

    /// The same, for a fault of the configuration: a supervisor is not to try it again.
    pub async fn start_misconfigured(&self) -> String {
        self.start_ends_with(78).await
    }

    async fn start_ends_with(&self, code: i32) -> String {
        let output = self.mesh(&["run"]).stdin(Stdio::null()).output().await.expect("mesh starts");
        assert_eq!(output.status.code(), Some(code));
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Starts a node and waits until it runs.
    pub async fn start(&self) -> Node {
        let mut node = self.spawn(None);
        node.says("mesh: running").await;
        node
    }

    /// From here on a node stops at the fail point that it was started with.
    pub fn open_gate(&self) {
        self.write("gate", "");
    }

    /// Starts a node that stops dead at a fail point once the gate is open.
    pub async fn start_failing_at(&self, point: &str) -> Node {
        let mut node = self.spawn(Some(point));
        node.says("mesh: running").await;
        node
    }

    /// Starts a node, at a fail point if one is named.
    pub fn spawn(&self, fail_point: Option<&str>) -> Node {
        let mut command = self.mesh(&["run"]);
        if let Some(point) = fail_point {
            command.env("MESH_FAIL_POINT", point).env("MESH_FAIL_GATE", self.folder().join("gate"));
        }
        let child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("mesh starts");
        Node::of(child)
    }

    /// The program with this bench's configuration.
    pub fn mesh(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
        command.args(words).arg("--config").arg(self.config_path());
        command
    }

    /// Runs a subcommand against the node; its exit code and what it printed, complaints last.
    pub async fn run(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = self.mesh(words).stdin(Stdio::null()).output().await.expect("mesh starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }

    /// Whether these words stand in a file of the node's state.
    pub fn state_holds(&self, words: &str) -> bool {
        fn holds(folder: &std::path::Path, words: &[u8]) -> bool {
            std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).any(
                |path| {
                    if path.is_dir() {
                        return holds(&path, words);
                    }
                    let bytes = std::fs::read(&path).unwrap_or_default();
                    bytes.windows(words.len()).any(|found| found == words)
                },
            )
        }
        holds(&self.folder().join("state"), words.as_bytes())
    }

    /// A file beside the configuration.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config_path(&self) -> PathBuf {
        self.folder().join("mesh.toml")
    }

    /// The state, as `mesh claims --json` tells it.
    pub async fn state(&self) -> serde_json::Value {
        let output = self.mesh(&["claims", "--json"]).output().await.expect("mesh claims");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

impl Bench {
    /// Whether somebody has set a reaction on a message.
    pub fn has_reacted(&self, who: &str, message: MessageKey) -> bool {
        let (viewer, who) = (self.user("Ely"), self.user(who));
        let place = self.world().place_of(viewer, message);
        let found = place.and_then(|(peer, id)| self.world().message(viewer, peer, id).ok());
        found.is_some_and(|message| message.reactions.iter().any(|reaction| reaction.by == who))
    }

    /// Where the configuration and the state are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// A running node.
pub struct Node {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Node {
    /// A node that was started with its output piped.
    pub fn of(mut child: Child) -> Self {
        let out = child.stdout.take().expect("its output");
        Self { child, lines: BufReader::new(out).lines() }
    }

    /// Waits until the node prints a line with these words; the line.
    pub async fn says(&mut self, wanted: &str) -> String {
        let wait = async {
            while let Some(line) = self.lines.next_line().await.expect("its output") {
                if line.contains(wanted) {
                    return line;
                }
            }
            panic!("the node ended before it said \"{wanted}\"");
        };
        tokio::time::timeout(WITHIN, wait)
            .await
            .unwrap_or_else(|_| panic!("the node never said \"{wanted}\""))
    }

    /// Its number among the processes.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// kill -9.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// SIGTERM, and a clean end.
    pub async fn stop(mut self) {
        let pid = self.pid().to_string();
        let sent = std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        assert!(sent.success());
        let ended =
            tokio::time::timeout(WITHIN, self.child.wait()).await.expect("it ends").expect("its status");
        assert!(ended.success(), "{ended}");
    }
}

/// The steps at which the program can be stopped, as it lists them.
pub async fn listed_fail_points() -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
    let output = command.env("MESH_FAIL_POINT", "list").output().await.expect("mesh starts");
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}
