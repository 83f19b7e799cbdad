"""Every command, as typed in one place, by those who may and by those who may not."""

import asyncio
import re

from seat import labels, read
from stage import expect, step

# A line for each form of the page, good for being refused.
LINES = {
    "help": "help",
    "status": "status",
    "agents": "agents",
    "ping <agent>": "ping node",
    "logs <agent> [n]": "logs node 5",
    "metrics": "metrics",
    "perms list": "perms list",
    "perms grant <user> <role>": "perms grant @nobody_yet viewer",
    "perms revoke <user> <role>": "perms revoke Alex operator",
    "perms audit": "perms audit",
    "agent <name> info": "agent Oracle info",
    "agent <name> restart": "agent node restart",
    "agent <name> pause": "agent Oracle pause",
    "agent <name> resume": "agent Oracle resume",
    "agent <name> config [key] [value]": "agent node config lease 1h",
    "claims": "claims",
    "claim assign <task> <agent>": "claim assign nothing Oracle",
    "claim <task> [eta]": "claim nothing 20m",
    "done <task> [result]": "done nothing",
    "handoff <task> <agent>": "handoff nothing Oracle",
    "standdown <agent|all>": "standdown all",
    "standup <agent|all>": "standup all",
    "lead <agent>": "lead Oracle",
    "why <task>": "why nothing",
    "preflight <keywords>": "preflight nothing",
    "bind <@user> <persona>": "bind @nobody_yet Nobody",
    "audit [n]": "audit 5",
    "stop": "stop",
    "start": "start",
}
STALE = "That was settled in the meantime."
NOT_YOURS = "This button is not for you."
RANK = ["Viewer", "Operator", "Exec"]
STATUS = "⋯ Mesh Status — ⋯\n\nAgents: NNN/2 online\n├─ ⋯\n└─ ⋯\n\nClaims: NNN open\nAs of HH:MM UTC"
STATUS_BUTTONS = [["🔄 Restart n", "📋 View Logs"], ["⚙️ Config", "📊 Metrics"], ["🔄 Refresh", "🔒 Claims"]]
METRICS = "📊 n\nVersion: ⋯\nRunning since: HH:MM UTC (⋯)\n⋯"
SETTINGS = "⚙️ n\n`lease = 30m`\n⋯"


async def card_for(who, typed=None):
    """A status card of one's own: one that is asked for in the second of another is that other one, drawn anew."""
    await asyncio.sleep(1.1)
    asked = await (who.say(typed) if typed else who.order("status"))
    card = await who.answer(asked, STATUS)
    expect(labels(card) == STATUS_BUTTONS, f"the card has {labels(card)}")
    return asked, card


async def before_a_chat_is_open(cast):
    with step("a bot can't write first: Alex, who asks for logs in the group, is told to open a chat"):
        answer = "I can't write to you yet: open a chat with @mesh_mastermind_bot, press Start, and ask again."
        await cast.at("the group", "Alex").does("logs node", answer)
    with step("the three open their chats with the bot, which answers with what they may ask for"):
        for who in cast.at("private", "Ely", "Alex", "Vera"):
            await who.answer(await who.say("/start"), "🟢 Mesh commands\n⋯")


async def play(cast, where):
    for scene in (refusals, looking, status, orders_to_the_node, restarts, tasks, agents, people, stop_and_start):
        await scene(cast, where)


async def refusals(cast, where):
    ely, alex, vera = cast.at(where, "Ely", "Alex", "Vera")
    forms = cast.page.forms()
    with step("this script has a line for every command of the page"):
        expect(list(forms) == list(LINES), f"the page and LINES differ: {set(forms) ^ set(LINES)}")
    for who, current in ((vera, "Viewer"), (alex, "Operator")):
        with step(f"in {where}, {who.name} is refused all that {current}s may not do"):
            for form, (needed, _) in forms.items():
                if RANK.index(needed) > RANK.index(current):
                    await who.refused(LINES[form], f"❌ Requires {needed} role. Current: {current}")
    with step(f"in {where}, what can't be read is told, with the nearest command or the usage"):
        await vera.refused("frobnicate", "Unknown command. Try `/mesh help`")
        await vera.refused("stats", "Unknown command. Try `/mesh help` Did you mean `/mesh status`?")
        await vera.refused("ping", "Usage: `/mesh ping <agent>`")
        await alex.refused("logs node 201", "Usage: `/mesh logs <agent> [n]`")
        await alex.refused("agent Orakel info", 'No agent is called "Orakel". Try `/mesh agents`')
        await ely.refused("claim assign nothing Zoe", 'Nobody is called "Zoe" here.')
        await ely.refused("perms revoke Ely exec", "❌ Ely is the last Exec: make somebody else one first.")


def help_for(cast, role):
    rows = [f"`/mesh {form}` — {what}" for form, (needed, what) in cast.page.forms().items() if RANK.index(needed) <= RANK.index(role)]
    return "\n".join(["🟢 Mesh commands", *rows])


async def looking(cast, where):
    ely, alex, vera = cast.at(where, "Ely", "Alex", "Vera")
    with step(f"in {where}, help lists what each may ask for, as the page has it"):
        for who, role in ((ely, "Exec"), (alex, "Operator"), (vera, "Viewer")):
            await who.does("help", help_for(cast, role))
    with step(f"in {where}, Vera looks at claims, agents and figures"):
        await vera.does("claims", "Nothing is claimed.")
        await vera.does("CLAIMS ", "Nothing is claimed.")
        await vera.does("agents", "⋯ Sandman — ⋯\n⋯ Oracle — ⋯")
        await vera.does("metrics", METRICS)
        await vera.does("agent Oracle info", f"⋯ Oracle — ⋯\nId: {cast.bot_id('oracle_agent_bot')}\nAlways on⋯")
    with step(f"in {where}, the prefix with the bot's name is for the bot"):
        await vera.answer(await vera.say("/mesh@mesh_mastermind_bot claims"), "Nothing is claimed.")
    with step(f"in {where}, Vera pings the node, and an agent that can't be reached"):
        await vera.does("ping node", "🟢 Here. Telegram's Bot API answered in NNN ms.")
        await vera.does("ping Oracle" if where == "the group" else "ping Sandman", "⚠️ ⋯ unreachable. Last seen: ⋯")


async def status(cast, where):
    alex, vera = cast.at(where, "Alex", "Vera")
    with step(f"in {where}, a bare /mesh is the status card with its buttons, and the older one loses them"):
        _, card = await card_for(vera)
        asked, newer = await card_for(vera, "/mesh")
        await vera.becomes(card, STATUS)
    with step(f"in {where}, Vera taps what Viewers may"):
        await vera.tap(newer, "🔄 Refresh", "Refreshed.")
        await vera.tap(newer, "🔒 Claims", "Nothing is claimed.")
        await vera.tap(newer, "📊 Metrics", "Metrics sent to you.")
        await cast.at("private", "Vera").find(METRICS, lambda each: each.date >= asked.date, "the private message")
    with step(f"in {where}, Vera taps what Viewers may not, and data that no button has"):
        for label in ("🔄 Restart n", "📋 View Logs", "⚙️ Config"):
            await vera.tap(newer, label, "❌ Requires Operator role. Current: Viewer")
        await vera.forge(newer, bytes(range(64)), "This button is no longer valid.")
    with step(f"in {where}, Alex taps View Logs and Config, and both come in private"):
        asked, card = await card_for(alex)
        private = cast.at("private", "Alex")
        last = (await private.latest())[0]
        await alex.tap(card, "📋 View Logs", "Logs sent to you.")
        await private.card("⋯INFO⋯", last)
        await alex.tap(card, "⚙️ Config", "Config sent to you.")
        await private.card(SETTINGS, last)
    with step(f"in {where}, Alex taps Restart, is asked back, and thinks better of it; a second tap is too late"):
        await alex.tap(card, "🔄 Restart n", "Asked back below: confirm it there.")
        question = await alex.card("🔄 Restart n? Nothing is held. What is said meanwhile is heard afterwards.", asked)
        await alex.tap(question, "❌ Don't", "Settled.")
        await alex.becomes(question, "❌ n is not restarted, by Alex HH:MM.")
        await alex.tap(question, "🔄 Restart n", STALE)


async def orders_to_the_node(cast, where):
    ely, alex = cast.at(where, "Ely", "Alex")
    private = cast.at("private", "Alex")
    for line, what, words in (
        ("logs node 5", "Logs", "⋯INFO⋯"),
        ("audit 5", "Audit", "⋯: logs node 5⋯ → ⋯"),
        ("perms audit", "Changes of permissions", "⋯ → ⋯"),
    ):
        with step(f"in {where}, Alex orders {line}, and it is sent to nobody else"):
            last = (await private.latest())[0]
            await alex.does(line, f"{what} sent to you." if where == "the group" else words)
            await private.card(words, last)
    with step(f"in {where}, Alex reads the settings, and one of them"):
        await alex.does("agent node config", SETTINGS)
        await alex.does("agent n config lease", "`lease = 30m`")
        await alex.refused("agent node config leese 1h", 'There is no setting "leese". Did you mean `lease`?')
    diff = "⚙️ n\n`- conflict_window = 1m`\n`+ conflict_window = 2m`"
    with step(f"in {where}, a change is shown before it is made, and discarded"):
        question = await alex.answer(await alex.order("agent node config conflict_window 2 min"), diff)
        expect(labels(question) == [["✅ Apply", "❌ Discard"]], f"it has {labels(question)}")
        await alex.tap(question, "❌ Discard", "Settled.")
        await alex.becomes(question, "❌ `conflict_window` stays as it is, by Alex HH:MM.")
    with step(f"in {where}, a change is applied by who asked for it, and once"):
        asked = await alex.order("agent node config conflict_window 2 min")
        question = await alex.answer(asked, diff)
        if where == "the group":
            seen_by_ely = await ely.find(diff, lambda each: labels(each), "the question")
            await ely.tap(seen_by_ely, "✅ Apply", NOT_YOURS)
        await alex.tap(question, "✅ Apply", "Settled.")
        await alex.becomes(question, "✅ `conflict_window = 2m`, by Alex HH:MM.")
        await alex.tap(question, "✅ Apply", STALE)
        await alex.does("agent node config conflict_window", "`conflict_window = 2m`")
    with step(f"in {where}, the setting goes back to what the file says"):
        await set_to(alex, "conflict_window", "default", "1m")


async def set_to(who, key, value, shown):
    """Changes a setting, with its Apply."""
    question = await who.answer(await who.order(f"agent node config {key} {value}"), f"⚙️ n\n`- {key} = ⋯`\n`+ {key} = {shown}`")
    await who.tap(question, "✅ Apply", "Settled.")
    await who.becomes(question, f"✅ `{key} = {shown}`, by {who.name} HH:MM.")


async def restarts(cast, where):
    ely, alex = cast.at(where, "Ely", "Alex")
    with step(f"in {where}, Alex restarts the node: with nothing held it asks nothing, and its message shows the outcome"):
        asked = await alex.order("agent node restart")
        await alex.answer(asked, "✅ n restarted HH:MM.")
        # What was refused in words before is said in words again.
        cast.told.clear()
    with step(f"in {where}, with something held Alex is asked back, and Ely can't answer for him"):
        await alex.does(f"claim stay at it in {where}", "👌")
        asked = await alex.order("agent node restart")
        words = "🔄 Restart n? 1 task is held, and stays so. What is said meanwhile is heard afterwards."
        question = await alex.answer(asked, words)
        if where == "the group":
            await ely.tap(await ely.find(words, lambda each: labels(each), "the question"), "🔄 Restart n", NOT_YOURS)
        await alex.tap(question, "🔄 Restart n", "Settled.")
        await alex.becomes(question, "✅ n restarted HH:MM.")
        await alex.tap(question, "🔄 Restart n", STALE)
        await alex.does("claims", f"🔒 stay at it in {where} — Alex · fence NNN")
        await alex.does(f"done stay at it in {where}", "👌")


async def tasks(cast, where):
    ely, alex, vera = cast.at(where, "Ely", "Alex", "Vera")
    given, own = f"check backups in {where}", f"rotate keys in {where}"
    with step(f"in {where}, Ely gives a task to Oracle, and Vera sees whose it is, why, and that it is taken"):
        await ely.does(f"claim assign {given} Oracle", "🫡")
        await vera.does("claims", f"🔒 {given} — Oracle · fence NNN · until HH:MM")
        await vera.does(f"why {given}", f"{given}: held, Oracle\n⋯")
        await vera.does(f"preflight {given}", f'blocked: Oracle has "{given}" until HH:MM UTC.⋯')
        await vera.does("preflight something quite different", 'clear: nothing like "something quite different" ⋯')
    with step(f"in {where}, Alex claims a task, offers it to Oracle, and finishes it"):
        await alex.does(f"claim {own} 20m", "👌")
        await alex.does(f"handoff {own} Oracle", "👀")
        await vera.does("claims", f"⋯🔒 {own} — Alex → Oracle · fence NNN⋯")
        await alex.does(f"done {own} all is well", "👌")
    with step(f"in {where}, Ely closes the task that he gave away"):
        await ely.does(f"done {given} seen to", "👌")
        await vera.does("claims", "Nothing is claimed.")


async def agents(cast, where):
    ely, alex = cast.at(where, "Ely", "Alex")
    with step(f"in {where}, Alex pauses Oracle and lets it go on"):
        await alex.does("agent Oracle pause", "🫡")
        await alex.does("agent Oracle info", "⋯\n⏸️ Paused by Alex HH:MM⋯")
        await alex.does("agent Oracle resume", "🫡")
    with step(f"in {where}, Ely tells Oracle to be quiet, which only an Exec ends"):
        await ely.does("standdown Oracle", "🫡")
        await ely.does("agent Oracle info", "⋯\n😴 Stood down by Ely HH:MM⋯")
        await alex.refused("agent Oracle resume", "❌ Requires Exec role. Current: Operator")
        await ely.does("standup Oracle", "🫡")
    with step(f"in {where}, Ely says who leads"):
        await ely.does("lead Oracle", "🫡")
        await ely.does("agent Oracle info", "⋯\nLeads⋯")
        await ely.does("lead Sandman", "🫡")


async def people(cast, where):
    ely, alex, vera = cast.at(where, "Ely", "Alex", "Vera")
    username = f"newcomer_{where.split()[-1]}"
    with step(f"in {where}, a role waits for somebody whom nobody has heard"):
        bound = "bound when they are first heard, within a week (a bot can't look names up)."
        await ely.does(f"perms grant @{username} viewer", f"⏳ @{username} as Viewer: {bound}")
        await alex.does("perms list", f"⋯\n@{username} — Viewer, once they are heard⋯")
        await ely.does(f"perms revoke @{username} viewer", f"✅ @{username} will be given nothing.")
    with step(f"in {where}, Ely makes Vera an Operator, and Alex sees it"):
        await ely.does("perms grant Vera operator", "✅ Vera is Operator now.")
        await alex.does("perms list", f"Ely — Exec ({cast.id('Ely')}, @ely_exec)\n⋯\nVera — Operator ({cast.id('Vera')}, @vera_views)\n⋯")
    with step(f"in {where}, Ely is asked before Vera is less than she was, and leaves it"):
        question = await ely.answer(await ely.order("perms grant Vera viewer"), "Take Operator from Vera? Viewer is left.")
        await ely.tap(question, "❌ Keep", "Settled.")
        await ely.becomes(question, "❌ Operator is not taken away, by Ely HH:MM.")
    with step(f"in {where}, Ely is asked before a role is taken away, and keeps it"):
        question = await ely.answer(await ely.order("perms revoke Vera operator"), "Take Operator from Vera?")
        expect(labels(question) == [["✅ Revoke", "❌ Keep"]], f"it has {labels(question)}")
        await ely.tap(question, "❌ Keep", "Settled.")
        await ely.becomes(question, "❌ Operator is not taken away, by Ely HH:MM.")
    with step(f"in {where}, Ely takes it away, at once, and once"):
        question = await ely.answer(await ely.order("perms revoke Vera operator"), "Take Operator from Vera?")
        if where == "the group":
            await alex.tap(await alex.find("Take Operator from Vera?", lambda each: labels(each), "the question"), "✅ Revoke", NOT_YOURS)
        await ely.tap(question, "✅ Revoke", "Settled.")
        await ely.becomes(question, "✅ Vera is no longer Operator, by Ely HH:MM.")
        await ely.tap(question, "✅ Revoke", STALE)
        if where == "the group":  # Said once a day.
            await vera.answer(await vera.order("claims"), "❌ Requires Viewer role. Current: none")
    with step(f"in {where}, Vera is a Viewer again, and called otherwise for a while"):
        await ely.does("perms grant Vera viewer", "✅ Vera is Viewer now.")
        await ely.does("bind @vera_views Veronica", f"✅ @vera_views ({cast.id('Vera')}) is Veronica.")
        await alex.does("perms list", f"⋯\nVeronica — Viewer ({cast.id('Vera')}, @vera_views)⋯")
        await ely.does("bind @vera_views Vera", f"✅ @vera_views ({cast.id('Vera')}) is Vera.")
        await ely.refused("bind @vera_views Oracle", "❌ Somebody else is called Oracle.")
    private = cast.at("private", "Alex")
    with step(f"in {where}, Alex reads what was changed, the newest first"):
        last = (await private.latest())[0]
        await alex.order("perms audit")
        told = await private.card("⋯bind @vera_views Vera⋯", last)
        newest = re.findall(r"bind @vera_views \w+|perms grant Vera \w+", read(told))[:4]
        expect(newest[-1] == "perms grant Vera viewer", f"it begins with {newest}")


async def stop_and_start(cast, where):
    ely, vera = cast.at(where, "Ely", "Vera")
    with step(f"in {where}, Ely stops everything; what is asked meanwhile is answered when it goes on"):
        await ely.does("stop", "🛑 Stopped by Ely HH:MM. All that the mesh says and does is held until `/mesh start`; it goes on listening.")
        asked = await vera.order("claims")
        await ely.does("stop", "🛑 Stopped by Ely HH:MM. ⋯")
        early = [each for each in await vera.latest() if each.reply_to_msg_id == asked.id]
        expect(not early, f"Vera was answered {[read(each) for each in early]}")
        await ely.does("start", "▶️ Going on. It was stopped by Ely HH:MM; what was held goes out now.")
        await vera.answer(asked, "Nothing is claimed.")
        await ely.does("start", "It is not stopped.")
