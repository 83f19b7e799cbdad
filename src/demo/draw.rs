//! The chat in the terminal, as it happens: names, reactions, buttons, the board. Colour only on a terminal.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

use sandbox::world::{Seen, SeenMessage, SeenWhat, World};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Colours of names (256-colour palette), readable on dark and light.
const COLOURS: &[u8] = &[33, 35, 166, 162, 98, 136, 37, 125];

/// A drawing under way.
pub struct Drawing {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Drawing {
    /// Draws what is left and ends.
    pub async fn finish(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

/// Starts drawing everything that happens in a world, under a title.
pub fn start(world: World) -> Drawing {
    Pen::new().title(
        "Mesh Mastermind",
        "a Telegram of its own on 127.0.0.1; every line went through its protocols",
    );
    go_on(world)
}

/// Draws everything that happens from now on.
pub fn go_on(world: World) -> Drawing {
    let stop = CancellationToken::new();
    let mut pen = Pen::new();
    let (mut seen, stopped) = (world.watch(), stop.clone());
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                biased;
                event = seen.recv() => match event {
                    Ok(event) => pen.draw(&world, &event),
                    Err(RecvError::Lagged(lost)) => pen.note(&format!("({lost} events not drawn)")),
                    Err(RecvError::Closed) => break,
                },
                () = stopped.cancelled() => break,
            }
        }
        while let Ok(event) = seen.try_recv().or_else(skip_lag) {
            pen.draw(&world, &event);
        }
    });
    Drawing { stop, task }
}

fn skip_lag(error: broadcast::error::TryRecvError) -> Result<Seen, broadcast::error::TryRecvError> {
    Err(error)
}

struct Pen {
    colour: bool,
    names: BTreeMap<String, u8>,
}

impl Pen {
    fn new() -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { colour, names: BTreeMap::new() }
    }

    fn draw(&mut self, world: &World, event: &Seen) {
        let time = clock(event.at);
        let name = self.name(&event.name);
        let place = self.place(event);
        match &event.what {
            SeenWhat::Posted(message) if message.service => {
                Self::line(&format!("{time} {}", self.dim(&message.text)));
            }
            SeenWhat::Posted(message) => {
                let sound = if message.silent { self.dim(" 🔕") } else { String::new() };
                Self::line(&format!("{time} {name}{place}{sound}{}", self.answered(world, message)));
                Self::body(message);
            }
            SeenWhat::Edited(message) => {
                let what = if message.pinned { "edits the board" } else { "edits" };
                Self::line(&format!("{time} {name} {}", self.dim(what)));
                Self::body(message);
            }
            SeenWhat::Reacted { emoji } => {
                let on =
                    world.seen_message(event.message).map(|m| excerpt(&m.name, &m.text)).unwrap_or_default();
                let emoji = emoji.as_deref().unwrap_or("(taken away)");
                Self::line(&format!("{time}   {emoji}  {name} {}", self.dim(&format!("on {on}"))));
            }
            SeenWhat::Pinned => Self::line(&format!("{time}   📌 {name} {}", self.dim("pins the board"))),
            SeenWhat::Unpinned | SeenWhat::Deleted => {}
            SeenWhat::Tapped { button, .. } => {
                Self::line(&format!("{time}   👆 {name} taps [{}]", button.as_deref().unwrap_or("?")));
            }
            SeenWhat::Answered { text, .. } => {
                let text = text.as_deref().unwrap_or_default();
                Self::line(&format!("{time}   💬 {name} {} {text}", self.dim("answers the tap:")));
            }
        }
    }

    /// Whom a private message is to.
    fn place(&self, event: &Seen) -> String {
        if event.chat.is_group() {
            return String::new();
        }
        let other = event.title.split(" and ").find(|name| *name != event.name).unwrap_or_default();
        format!(" → {other} {}", self.dim("(private)"))
    }

    fn answered(&self, world: &World, message: &SeenMessage) -> String {
        let original = message.reply_to.and_then(|key| world.seen_message(key));
        original.map(|o| self.dim(&format!("  ↩ {}", excerpt(&o.name, &o.text)))).unwrap_or_default()
    }

    fn body(message: &SeenMessage) {
        let bar = if message.pinned { "┃" } else { "│" };
        for line in message.text.lines() {
            Self::line(&format!("         {bar} {line}"));
        }
        for row in &message.buttons {
            let row: Vec<_> = row.iter().map(|label| format!("[ {label} ]")).collect();
            Self::line(&format!("         {bar} {}", row.join(" ")));
        }
    }

    fn title(&self, title: &str, below: &str) {
        let title = if self.colour { format!("\x1b[1m{title}\x1b[0m") } else { title.to_owned() };
        Self::line(&format!("{title}\n{}\n", self.dim(below)));
    }

    fn note(&self, text: &str) {
        Self::line(&self.dim(text));
    }

    /// A name in the next free colour.
    fn name(&mut self, name: &str) -> String {
        let next = COLOURS[self.names.len() % COLOURS.len()];
        let colour = *self.names.entry(name.to_owned()).or_insert(next);
        if self.colour { format!("\x1b[1;38;5;{colour}m{name}\x1b[0m") } else { name.to_owned() }
    }

    fn dim(&self, text: &str) -> String {
        if self.colour { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn line(text: &str) {
        // A closed pipe ends the drawing, not the play.
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }
}

fn clock(at: i64) -> String {
    jiff::Timestamp::from_second(at).map(|at| at.strftime("%H:%M:%S").to_string()).unwrap_or_default()
}

/// The first words of a message, to tell which one is meant.
fn excerpt(name: &str, text: &str) -> String {
    let words: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
    format!("{name}: {words}")
}
