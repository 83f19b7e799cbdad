//! The page of documentation, `docs/commands.md`, made from the tables of commands and of buttons.

use std::fmt::Write as _;

use super::{COMMANDS, Command};
use crate::effect::{BUTTONS, ButtonKind};
use crate::say;

const HEAD: &str = "# /mesh

Type these in the group; in a private chat with the mesh's bot the `/mesh` may be left out. A bare `/mesh` is
`/mesh status`. A role includes those below it: Exec, Operator, Viewer. Agents are Operators.

Quotes hold a name or a task with blanks together, and are needed only where it would not be clear: the last word of
`/mesh claim rotate the hooks token 20m` is its ETA. Letter case, extra blanks and `/mesh@YourBot` make no difference.
An agent is named by its name, one of its aliases or its number; `node` is the node itself.

What `logs`, `audit` and `perms audit` show, and the settings of an agent's gateway, goes to whoever asked, in private.
Somebody without a role is told so once a day, and not answered besides.

This page is made from the tables that the mesh reads commands and taps by; a test compares them.

| command | role | what it does |
|---|---|---|
";

const BUTTONS_HEAD: &str = "
## Buttons

Under what the mesh's bot says stand these. A tap is answered at once, the work comes after it; it counts once, and one
that comes too late says so. The audit has each tap by the name in the first column.

| tap | on the button | under | for |
|---|---|---|---|
";

const FOOT: &str = "
## What is refused

| when | answer |
|---|---|
| there is no such command | ``Unknown command. Try `/mesh help` ``, with the nearest one |
| your role does not suffice | `❌ Requires Operator role. Current: Viewer` |
| an agent can't be reached | `⚠️ Oracle unreachable. Last seen: 14:16 UTC` |
| arguments are missing, or too many | ``Usage: `/mesh ping <agent>` `` |
| more than 10 in any 60 s | `Too many commands. Again in 6 s.`, once |
| it reached the mesh more than 5 min late | `Missed while offline: …`; say it again if you still want it |
| a button is somebody else's | `This button is not for you.` |
| what a button was about is settled | `That was settled in the meantime.` |
| a question was asked back more than 5 min ago | `This question has expired. Give the command again.` |
| a button is not of this mesh, of another chat, or older than a week | `This button is no longer valid.` |
| more than 30 taps in any 60 s | `Too many taps. Again in 6 s.`, once |

The same refusal within ten minutes is a 👎 only. Anonymous admins and channels have no role.
";

/// The whole page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for command in COMMANDS {
        let Command { role, help, .. } = command;
        let form = say::invocation(command).replace('|', "\\|");
        let role = say::role(Some(*role));
        // A string takes whatever is written to it.
        let _ = writeln!(page, "| `{form}` | {role} | {help} |");
    }
    page += BUTTONS_HEAD;
    for action in BUTTONS {
        let ButtonKind { name, label, under, who } = action.kind();
        let _ = writeln!(page, "| {name} | {label} | {under} | {who} |");
    }
    page + FOOT
}
