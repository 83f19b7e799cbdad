"""Telethon, unmodified, in the group of a running node: one owner at a time, as two people see it."""

from contextlib import AsyncExitStack

from telethon.tl.types import InputMessagesFilterPinned, ReactionEmoji

from stage import expect, play, step, until

TASK = "rotate the hooks token"
CLAIM = f"🔒 EXCLUSIVE CLAIM: {TASK}"
HELD = f"🔒 {TASK} — Ely"  # as the board writes it
LATEST = 30  # messages of the group that are looked at
MESH_BOT = "mesh_mastermind_bot"


async def reacted(client, group, message, emoji, people):
    """Waits until the mesh, and nobody else, has set `emoji` on the message."""

    async def look():
        now = await client.get_messages(group, ids=message.id)
        results = now.reactions.results if now and now.reactions else []
        if all(each.reaction != ReactionEmoji(emoji) for each in results):
            return None
        return now

    now = await until(f"no {emoji} on {message.text!r}", look)
    by = {each.peer_id.user_id for each in now.reactions.recent_reactions or []}
    expect(not by & people, f"{emoji} is by a person: {by}")


async def board(client, group, bot, wanted):
    """Waits until the bot's pinned message says what is wanted."""

    async def look():
        pinned = await client.get_messages(group, limit=LATEST, filter=InputMessagesFilterPinned)
        return next((each for each in pinned if each.sender_id == bot and wanted(each.text)), None)

    return await until("no pinned board as it should be", look)


async def latest(client, group, missing, wanted):
    """Waits until one of the latest messages is as wanted; the newest of these."""

    async def look():
        messages = await client.get_messages(group, limit=LATEST)
        return next((each for each in messages if wanted(each)), None)

    return await until(missing, look)


async def refusal(client, group, bot, claim):
    """The bot's reply to a claim on a task that somebody has."""
    return await latest(
        client,
        group,
        "no reply to the refused claim",
        lambda each: each.sender_id == bot and each.reply_to_msg_id == claim.id,
    )


async def card(client, group, bot, asked):
    """The status card as of the question: posted anew, or the standing one refreshed."""

    def wanted(each):
        labels = [button.text for row in each.buttons or [] for button in row]
        fresh = each.id > asked.id or (each.edit_date and each.edit_date >= asked.date)
        return each.sender_id == bot and "Mesh Status" in (each.text or "") and fresh and any("Claims" in x for x in labels)

    return await latest(client, group, "no status card with a button for the claims", wanted)


async def script(stage):
    bot = stage.bot(MESH_BOT)["id"]
    people = {stage.account(name)["id"] for name in ("Ely", "Alex", "Sam")}
    async with AsyncExitStack() as signed_in:
        with step("Ely exchanges a key and signs in"):
            ely = await signed_in.enter_async_context(stage.person("Ely"))
        with step("Ely finds the group among the dialogs"):
            group = await stage.group(ely)
        with step("Ely's claim gets the mesh's 👌"):
            claim = await ely.send_message(group, CLAIM)
            await reacted(ely, group, claim, "👌", people)
        with step("the board is pinned and names Ely's task"):
            await board(ely, group, bot, lambda text: HELD in text)

        with step("Alex exchanges a key, signs in and finds the group"):
            alex = await signed_in.enter_async_context(stage.person("Alex"))
            group_of_alex = await stage.group(alex)
        with step("Alex sees Ely's claim"):
            await latest(alex, group_of_alex, "Ely's claim is not there", lambda each: each.text == CLAIM)
        with step("Alex's claim on the same task gets the mesh's 👎"):
            second = await alex.send_message(group_of_alex, CLAIM)
            await reacted(alex, group_of_alex, second, "👎", people)
        with step("Alex is told by a silent reply who has it"):
            refused = await refusal(alex, group_of_alex, bot, second)
            expect(refused.text.startswith("🔒 Ely has this"), f"the reply says {refused.text!r}")
            expect(refused.silent, "the reply rings")

        with step("Ely asks for the status and gets a card with buttons"):
            asked = await ely.send_message(group, "/mesh status")
            status = await card(ely, group, bot, asked)
        with step("Ely taps Claims and is answered with the task"):
            answer = await status.click(text=lambda label: "Claims" in label)
            expect(answer is not None, "the tap was not answered")
            expect(TASK in (answer.message or ""), f"the answer says {answer.message!r}")
            expect(answer.alert, "the answer is no box")

        with step("Ely's DONE gets the mesh's 👌"):
            done = await ely.send_message(group, f"✅ DONE: {TASK}")
            await reacted(ely, group, done, "👌", people)
        with step("the reply to Alex now says that the task is free"):
            await latest(
                alex,
                group_of_alex,
                "the reply to Alex was not edited",
                lambda each: each.id == refused.id and each.text.startswith("🔓 Free since"),
            )
        with step("the board no longer has the task as held"):
            await board(ely, group, bot, lambda text: HELD not in text)


if __name__ == "__main__":
    play(script)
