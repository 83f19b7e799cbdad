"""The cards of the group, each button tapped: by whom it is for, by somebody else, twice, too late. And who asks too much."""

import asyncio

from commands_typed import NOT_YOURS, STALE, card_for, set_to
from seat import labels, read
from stage import expect, step, until

EXEC_ONLY = "❌ Requires Exec role. Current: Operator"
NO_ROLE = "❌ Requires Viewer role. Current: none"
TOO_MANY = 3  # over the limit
LATE = 3.0  # seconds, more than `missed_after` in the last scene
# Made up, and nobody's.
SECRET = "for the log: API_KEY=SANDBOX1234efgh"


async def play(cast):
    for scene in (strangers, refused_claims, not_ones_own, offers, contest, late_owner, stand_down, secrets, too_late, too_many):
        await scene(cast)


async def seen_by(other, message):
    """The same message in another one's view: in a basic group it has another number."""
    return await other.find(read(message), lambda each: labels(each) == labels(message), "the same message")


async def strangers(cast):
    ely = cast.at("private", "Ely")
    sam, max_ = cast.at("the group", "Sam"), cast.at("private", "Max")
    with step("a stranger asks in the group and is refused; Ely is asked in private, and makes him a Viewer, once"):
        last = (await ely.latest())[0]
        await sam.does("status", NO_ROLE)
        card = await ely.card(f"@sam_stranger asked for `/mesh`. (Sam, {cast.id('Sam')})", last)
        expect(labels(card) == [["Grant Viewer", "Ignore"]], f"it has {labels(card)}")
        await ely.tap(card, "Grant Viewer", "Settled.")
        await ely.becomes(card, "✅ Sam is Viewer now, by Ely HH:MM.")
        await ely.tap(card, "Ignore", STALE)
        await sam.does("claims", "Nothing is claimed.")
    with step("another asks in private, and Ely wants to hear no more of him"):
        last = (await ely.latest())[0]
        await max_.does("help", NO_ROLE)
        card = await ely.card(f"@max_stranger asked for `/mesh`. (Max, {cast.id('Max')})", last)
        await ely.tap(card, "Ignore", "Settled.")
        await ely.becomes(card, "Max is ignored, by Ely HH:MM.")
        await ely.tap(card, "Grant Viewer", STALE)
    with step("a stranger's tap on a card of the group is refused"):
        vera, stranger = cast.at("the group", "Vera", "Max")
        _, card = await card_for(vera)
        await stranger.tap(await seen_by(stranger, card), "🔒 Claims", NO_ROLE)


async def claimed(cast, agent, task):
    """An agent claims a task, and the mesh has recorded it."""
    vera = cast.at("the group", "Vera")
    await cast.agent_says(agent, f"🔒 EXCLUSIVE CLAIM: {task}")

    async def look():
        answer = await vera.answer(await vera.order("claims"), "⋯")
        return f"🔒 {task} — {agent}" in read(answer)

    await until(f"{task} is not {agent}'s", look)


async def refused_claims(cast):
    ely, alex = cast.at("the group", "Ely", "Alex")
    words = "🔒 Oracle has this until HH:MM. You are next."
    with step("Ely claims what Oracle has, and waits for it"):
        await claimed(cast, "Oracle", "alpha")
        card = await ely.answer(await ely.order("claim alpha"), words)
        expect(labels(card) == [["Take it", "Wait"]], f"it has {labels(card)}")
        await alex.tap(await seen_by(alex, card), "Wait", NOT_YOURS)
        await ely.tap(card, "Wait", "You will be told when it is free.")
        await ely.becomes(card, words)
    with step("when it is free, the same message says so"):
        await cast.agent_says("Oracle", "✅ DONE: alpha")
        await ely.becomes(card, "🔓 Free since HH:MM. Claim it again if you still want it.")
        await ely.tap(card, "Wait", STALE)
    with step("Ely claims in private what Oracle has, and takes it, once"):
        await claimed(cast, "Oracle", "beta")
        ely = cast.at("private", "Ely")
        card = await ely.answer(await ely.order("claim beta"), words)
        await ely.tap(card, "Take it", '"beta" is yours.')
        await ely.becomes(card, "→ Ely, by Ely HH:MM. Oracle pauses.")
        await ely.tap(card, "Take it", STALE)
        await ely.does("done beta", "👌")


async def not_ones_own(cast):
    ely, alex = cast.at("the group", "Ely", "Alex")
    words = "Not yours: Oracle holds it (fence NNN)."
    with step("Alex says that a task of Oracle's is done, and has Oracle asked, once"):
        await claimed(cast, "Oracle", "gamma")
        card = await alex.answer(await alex.order("done gamma"), words)
        expect(labels(card) == [["Ask Oracle", "Leave it"]], f"it has {labels(card)}")
        await ely.tap(await seen_by(ely, card), "Ask Oracle", NOT_YOURS)
        await alex.tap(card, "Ask Oracle", "Settled.")
        await alex.becomes(card, "Oracle was asked HH:MM.")
        await alex.tap(card, "Ask Oracle", STALE)
        await cast.agent_says("Oracle", "✅ DONE: gamma")
    with step("Alex says the same of another, and leaves it"):
        await claimed(cast, "Oracle", "delta")
        card = await alex.answer(await alex.order("done delta"), words)
        await alex.tap(card, "Leave it", "Settled.")
        await alex.becomes(card, "Left with Oracle.")
        await alex.tap(card, "Ask Oracle", STALE)
        await cast.agent_says("Oracle", "✅ DONE: delta")


async def offers(cast):
    ely, alex = cast.at("the group", "Ely", "Alex")
    for task, label, owner in (("epsilon", "Oracle takes it", "Oracle"), ("zeta", "Back to Sandman", "Sandman")):
        with step(f"nobody answers an offer; Ely taps {label}, and the card says so"):
            await claimed(cast, "Sandman", task)
            last = (await ely.latest())[0]
            await cast.agent_says("Sandman", f"🔄 HANDOFF to Oracle: {task}")
            card = await ely.card(f'🤝 "{task}": no answer from Oracle for NNN min. Still Sandman\'s.', last)
            expect(labels(card) == [["Oracle takes it", "Back to Sandman"]], f"it has {labels(card)}")
            await alex.tap(await seen_by(alex, card), label, EXEC_ONLY)
            await ely.tap(card, label, "Settled.")
            await ely.becomes(card, f'🤝 "{task}" → {owner} HH:MM.')
            await ely.tap(card, "Oracle takes it", STALE)
            await cast.agent_says(owner, f"✅ DONE: {task}")


async def contest(cast):
    ely, alex = cast.at("the group", "Ely", "Alex")
    with step("two have started the same; Ely says who goes on"):
        await claimed(cast, "Sandman", "eta")
        last = (await ely.latest())[0]
        await cast.agent_says("Oracle", "⚠️ CONFLICT — I already started eta. Halfway.")
        words = '⚖️ "eta": Sandman (HH:MM:NNN) and Oracle (HH:MM:NNN) both started. Both pause. Who?'
        card = await ely.card(words, last)
        expect(labels(card) == [["Sandman", "Oracle"]], f"it has {labels(card)}")
        await alex.tap(await seen_by(alex, card), "Oracle", EXEC_ONLY)
        await ely.tap(card, "Oracle", "Settled.")
        await ely.becomes(card, '⚖️ "eta" → Oracle, by Ely HH:MM. Sandman pauses.')
        await ely.tap(card, "Sandman", STALE)
        await cast.agent_says("Oracle", "✅ DONE: eta")


async def late_owner(cast):
    ely, alex = cast.at("the group", "Ely", "Alex")
    with step("Alex makes leases short"):
        await set_to(alex, "lease", "2 s", "2s")
    for task, label, outcome in (
        ("theta", "Give to Sandman", "→ Sandman, by Ely HH:MM. Oracle pauses."),
        ("iota", "Leave it", "left with Oracle, by Ely HH:MM."),
    ):
        with step(f"Oracle is silent beyond its lease; Ely taps {label}, and the card says so"):
            last = (await ely.latest())[0]
            await claimed(cast, "Oracle", task)
            card = await ely.card(f'🟡 "{task}": Oracle silent for NNN min. Free to take over.', last)
            expect(labels(card) == [["Give to Sandman", "Leave it"]], f"it has {labels(card)}")
            await alex.tap(await seen_by(alex, card), label, EXEC_ONLY)
            await ely.tap(card, label, "Settled.")
            await ely.becomes(card, f'🟡 "{task}" {outcome}')
            await ely.tap(card, label, STALE)
            await ely.does(f"done {task}", "👌")
    with step("Alex makes leases long again"):
        await set_to(alex, "lease", "default", "30m")


async def stand_down(cast):
    ely, alex = cast.at("the group", "Ely", "Alex")
    with step("Oracle does not confirm that it stands down; Ely has it asked again, and keeps it out"):
        asked = await ely.does("standdown Oracle", "🫡")
        card = await ely.card('⚠️ Oracle has not confirmed "stand down" (⋯ HH:MM).', asked)
        expect(labels(card) == [["Pause Oracle", "Ask again"]], f"it has {labels(card)}")
        theirs = await seen_by(alex, card)
        for label in ("Ask again", "Pause Oracle"):
            await alex.tap(theirs, label, EXEC_ONLY)
        await ely.tap(card, "Ask again", "Asked again.")
        await ely.tap(card, "Pause Oracle", "Settled.")
        await ely.becomes(card, "⏸️ Oracle paused by Ely HH:MM.")
        await ely.tap(card, "Pause Oracle", STALE)
        await ely.does("agent Oracle resume", "🫡")
        await ely.tap(card, "Ask again", STALE)


async def secrets(cast):
    ely, alex = cast.at("the group", "Ely", "Alex")
    with step("Oracle posts a secret; Ely has it rotated after the task, then now, and the message deleted"):
        await claimed(cast, "Oracle", "kappa")
        last = (await ely.latest())[0]
        await cast.agent_says("Oracle", SECRET)
        card = await ely.card("🙈 Oracle posted ⋯. Treat it as public.", last)
        rows = [["Rotate now", 'Rotate after "kappa"'], ["Delete message", "False alarm"]]
        expect(labels(card) == rows, f"it has {labels(card)}")
        theirs = await seen_by(alex, card)
        for label in sum(rows, []):
            await alex.tap(theirs, label, EXEC_ONLY)
        await ely.tap(card, 'Rotate after "kappa"', "Noted.")
        await ely.find('🙈 Oracle posted ⋯. Rotate after "kappa", by Ely HH:MM.', lambda each: each.id == card.id, "the card")
        await ely.tap(card, "False alarm", STALE)
        await ely.tap(card, "Rotate now", "Noted.")
        await ely.tap(card, "Rotate now", STALE)
        await ely.tap(card, "Delete message", "Noted.")
        await ely.becomes(card, "🙈 Oracle posted ⋯. Rotate now, by Ely HH:MM. The message is deleted.")
        await ely.tap(card, "Delete message", STALE)
        messages = await ely.client.get_messages(ely.chat, limit=20)
        expect(all(SECRET not in (each.raw_text or "") for each in messages), "the secret stands in the group")
        await cast.agent_says("Oracle", "✅ DONE: kappa")
    with step("Sandman posts what looks like one; Ely says that it is none"):
        last = (await ely.latest())[0]
        await cast.agent_says("Sandman", SECRET)
        card = await ely.card("🙈 Sandman posted ⋯. Treat it as public.", last)
        await ely.tap(card, "False alarm", "Noted.")
        await ely.becomes(card, "🙈 Sandman posted ⋯. False alarm, by Ely HH:MM.")
        await ely.tap(card, "Rotate now", STALE)


# As they are shipped.
LIMITS = (("commands_a_minute", "10"), ("taps_a_minute", "30"))


async def too_many(cast):
    """The limits as they are shipped, in force from one command to the next."""
    ely, vera, sam = cast.at("the group", "Ely", "Vera", "Sam")
    with step("Ely puts the limits back, both questions answered before one of them binds him"):
        asked = [(key, value, await ely.order(f"agent node config {key} {value}")) for key, value in LIMITS]
        shown = [(key, value, await ely.answer(order, f"⚙️ n\n`- {key} = ⋯`\n`+ {key} = {value}`")) for key, value, order in asked]
        _, card = await card_for(vera)
        for key, value, question in shown:
            await ely.tap(question, "✅ Apply", "Settled.")
            await ely.becomes(question, f"✅ `{key} = {value}`, by Ely HH:MM.")
    with step("with thirty taps a minute, the next is answered with when, and those after it by nothing"):
        given = [(await card.click(text="🔒 Claims")).message for _ in range(30 + TOO_MANY)]
        told = [text for text in given if text and text.startswith("Too many taps. Again in ")]
        expect(len(told) == 1 and given[-1] is None, f"{given}")
    with step("with ten commands a minute, the next is answered with when, and those after it by nothing"):
        typed = [await vera.order("claims") for _ in range(10 + TOO_MANY)]
        words = "Too many commands. Again in NNN s."
        told = await vera.find(words, lambda each: each.reply_to_msg_id in {each.id for each in typed}, "the answer")
        last = await vera.say("that was all")
        await sam.does("claims", "Nothing is claimed.")  # Heard after all of those.
        answers = [each for each in await vera.latest() if each.reply_to_msg_id in {one.id for one in typed}]
        refused = [each for each in answers if read(each).startswith("Too many")]
        expect([each.id for each in refused] == [told.id] and told.id < last.id + 1000, f"{len(refused)} times")
        expect(all(read(each) == "Nothing is claimed." for each in answers if each.id != told.id), "a wrong answer")
        expect(len(answers) <= 11, f"{len(answers)} answers")


async def too_late(cast):
    ely, sam = cast.at("the group", "Ely", "Sam")
    private = cast.at("private", "Sam")
    with step("what reaches the mesh too late is answered and not carried out, in the group and in private"):
        await set_to(ely, "missed_after", "2 s", "2s")
        await cast.hand.ask("/fault", {"fault": "hold", "who": "Mesh"})
        in_group, in_private = await sam.order("help"), await private.order("claims")
        await asyncio.sleep(LATE)
        await cast.hand.ask("/fault", {"fault": "release", "who": "Mesh"})
        await sam.answer(in_group, "Missed while offline: `/mesh help`. Say it again if you still want it.")
        await private.answer(in_private, "Missed while offline: `/mesh claims`. Say it again if you still want it.")
