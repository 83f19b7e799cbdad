"""Telethon, unmodified, types every command of docs/commands.md, in the group and in private, and taps every button.

What was done is not what this script believes: the node's audit tells it, and is held against the tables of the page."""

import asyncio
import json
import re
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import commands_away
import commands_group
import commands_typed
from hand import GROUP, Hand, free_port
from node import BOT, Place
from seat import Seat
from stage import expect, play, step

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
PEOPLE = (("Ely", "exec"), ("Alex", "operator"), ("Vera", "viewer"))
STRANGERS = ("Sam", "Max")
AGENTS = (("Sandman", "sandman_agent_bot"), ("Oracle", "oracle_agent_bot"))
# What takes minutes at work takes a second here, and nobody is slowed down before the last scene.
RULES = {
    "board_every": "1 s",
    "reactions_every": "1 s",
    "card_every": "1 ms",
    "takeover_silence": "1 s",
    "takeover_ping": "1 s",
    "handoff_again": "1 s",
    "handoff_people": "2 s",
    "stand_down_again": "1 s",
    "stand_down_people": "2 s",
    "loop_messages": 1000,
    "loop_turns": 1000,
    "commands_a_minute": 1000,
    "taps_a_minute": 1000,
    "back_after": "2 s",
}
SCRIPT_WITHIN = 600.0  # seconds


class Page:
    """The tables of the page."""

    def __init__(self, text):
        self.commands = self.table(text, "| command |")
        self.buttons = self.table(text, "| tap |")
        expect(self.commands and self.buttons, "the page has no tables")

    @staticmethod
    def table(text, heading):
        rows = text[text.index(heading) :].split("\n\n")[0].splitlines()[2:]
        cells = (re.split(r"(?<!\\)\|", row)[1:-1] for row in rows)
        return [[cell.strip().replace("\\|", "|") for cell in row] for row in cells]

    def forms(self):
        """Each form of a command, without `/mesh`, with its role and its help."""
        return {form.strip("`").removeprefix("/mesh "): (role, help) for form, role, help in self.commands}

    def form_of(self, line):
        """The first form that a line fits, as the mesh has it."""

        def pattern(form):
            parts = re.findall(r"<[^>]*>|\[[^\]]*\]|\S+", form)
            meaning = {"<": " .+?", "[": "(?: .+)?"}
            return "".join(meaning.get(part[0], " " + re.escape(part)) for part in parts)

        return next((form for form in self.forms() if re.fullmatch(pattern(form), " " + line, re.IGNORECASE)), None)


class Cast:
    """Everybody's seats, in the group and in private."""

    def __init__(self, stage, place, page):
        self.stage, self.place, self.page = stage, place, page
        self.hand = Hand(stage.ready)
        self.seats, self.told = {}, set()

    async def seat(self, name, client):
        bot = self.stage.bot(BOT)
        group = await self.stage.group(client)
        private = await client.get_input_entity(bot["username"])
        self.seats[name, "the group"] = Seat(name, client, group, bot["id"], False, self.told)
        self.seats[name, "private"] = Seat(name, client, private, bot["id"], True, self.told)

    def at(self, where, *names):
        seats = [self.seats[name, where] for name in names]
        return seats if len(seats) > 1 else seats[0]

    def id(self, name):
        return self.stage.account(name)["id"]

    def bot_id(self, username):
        return self.stage.bot(username)["id"]

    async def agent_says(self, name, text):
        """Agents are bots; what they say in the group is heard by the account only."""
        return await self.hand.ask("/post", {"as": name, "chat": GROUP, "text": text})


async def everything_was_done(cast):
    """The audit against the page."""
    lines = [json.loads(line) for line in (await cast.place.mesh("audit", "--json")).splitlines()]
    done = [line for line in lines if "error" not in line]
    group = cast.stage.ready["chats"][0]["id"]
    with step("the audit has every command of the page, carried out in the group and in private"):
        typed = {(cast.page.form_of(line["command"]), line["anchor"]["chat"] == group) for line in done if "anchor" in line}
        missing = [
            f"{form} {'in the group' if in_group else 'in private'}"
            for form in cast.page.forms()
            for in_group in (True, False)
            if (form, in_group) not in typed
        ]
        expect(not missing, f"never carried out: {missing}")
    with step("the audit has a tap on every button of the page, carried out"):
        tapped = {line["command"].removeprefix("tap ") for line in done if line["command"].startswith("tap ")}
        missing = [name for name, *_ in cast.page.buttons if name not in tapped]
        expect(not missing, f"never tapped: {missing}")
    with step("of the buttons that go by several names, each was tapped by each of them"):
        labels = {label for seat in cast.seats.values() for label in seat.tapped}
        several = [on.replace("node-1", "n").split(", ") for _, on, *_ in cast.page.buttons if ", " in on]
        missing = [label for names in several for label in names if label not in labels]
        expect(not missing, f"never tapped: {missing}")
    with step("the audit is whole"):
        said = await cast.place.mesh("audit", "verify")
        expect(said.startswith("The audit is whole"), said)


async def script(stage):
    page = Page(PAGE.read_text(encoding="utf-8"))
    async with AsyncExitStack() as on_stage:
        folder = Path(on_stage.enter_context(tempfile.TemporaryDirectory()))
        place = Place(folder, stage.ready, PEOPLE, AGENTS, signs_in=True, rules=RULES, lead="Sandman")
        cast = Cast(stage, place, page)
        async with place.node():
            with step("commands: a node starts, and five people sign in"):
                for name in (*dict(PEOPLE), *STRANGERS):
                    await cast.seat(name, await on_stage.enter_async_context(stage.person(name)))
            await commands_typed.before_a_chat_is_open(cast)
            for where in ("the group", "private"):
                await commands_typed.play(cast, where)
            await commands_group.play(cast)
        last = await commands_away.ordered_meanwhile(cast, "agent Oracle pause")
        async with place.node():
            await commands_away.run_now(cast, last)
        last = await commands_away.ordered_meanwhile(cast, "agent Oracle resume")
        place.configure(hooks={"Oracle": f"http://127.0.0.1:{free_port()}/hooks/agent"})
        async with place.node():
            await commands_away.dropped(cast, last)
            await commands_away.silenced(cast, last)
            await everything_was_done(cast)


if __name__ == "__main__":
    play(script, SCRIPT_WITHIN)
