"""The mesh is away while people give orders, and an agent while it is asked: what can be tapped afterwards."""

import asyncio

from commands_group import EXEC_ONLY, LATE, seen_by
from commands_typed import STALE
from seat import labels
from stage import expect, step

AWAY = LATE + 1.0  # seconds; more than `back_after`, too


async def ordered_meanwhile(cast, line):
    """Ely types it while the mesh is away."""
    last = await cast.at("the group", "Ely").order(line)
    await asyncio.sleep(AWAY)
    return last


async def run_now(cast, last):
    """The mesh is back; Ely has run what was not."""
    ely, alex = cast.at("the group", "Ely", "Alex")
    with step("what was ordered while the mesh was away is offered on its word that it is back; Ely has it run, once"):
        card = await ely.card("Back after NNN min. Applied: NNN. Not run: pause Oracle (Ely, HH:MM).", last)
        expect(labels(card) == [["Run now", "Drop"]], f"it has {labels(card)}")
        await alex.tap(await seen_by(alex, card), "Run now", EXEC_ONLY)
        await ely.tap(card, "Run now", "Settled.")
        await ely.becomes(card, "Back after NNN min. Applied: NNN. Run: pause Oracle, by Ely HH:MM.")
        await ely.tap(card, "Drop", STALE)
        await ely.does("agent Oracle info", "⋯\n⏸️ Paused by Ely HH:MM⋯")


async def dropped(cast, last):
    """The mesh is back once more; Ely has dropped what was not run."""
    ely = cast.at("the group", "Ely")
    with step("of another absence Ely drops it, and it is not run"):
        card = await ely.card("Back after NNN min. Applied: NNN. Not run: resume Oracle (Ely, HH:MM).", last)
        await ely.tap(card, "Drop", "Settled.")
        await ely.becomes(card, "Back after NNN min. Applied: NNN. Dropped: resume Oracle, by Ely HH:MM.")
        await ely.tap(card, "Run now", STALE)
        await ely.does("agent Oracle info", "⋯\n⏸️ Paused by Ely HH:MM⋯")


async def silenced(cast, last):
    """Oracle's hook answers nobody."""
    alex, vera = cast.at("the group", "Alex", "Vera")
    with step("Oracle can't be reached; Alex wants to hear no more of it for an hour, said once"):
        card = await alex.card("⚠️ Oracle unreachable. Last seen: ⋯", last)
        expect(labels(card) == [["Silence 1 h"]], f"it has {labels(card)}")
        await vera.tap(await seen_by(vera, card), "Silence 1 h", "❌ Requires Operator role. Current: Viewer")
        await alex.tap(card, "Silence 1 h", "Settled.")
        await alex.becomes(card, "⚠️ Oracle unreachable. Last seen: ⋯\nSilent until HH:MM, by Alex.")
        await alex.tap(card, "Silence 1 h", STALE)
