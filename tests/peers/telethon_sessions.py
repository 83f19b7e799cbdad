"""Sessions that Telethon, unmodified, made, taken over by mesh, used by a node, and handed back to Telethon."""

import asyncio
import json
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

from telethon import TelegramClient, events
from telethon.sessions import StringSession
from telethon.tl.types import InputPeerChat

import node
from hand import Hand
from node import ACCOUNT, BOT
from stage import WITHIN, expect, play, step, until

class Place(node.Place):
    """A node that is told no number and no code: it has to come with a session."""

    async def shown(self):
        return json.loads(await self.mesh("session", "show", "--json"))


async def reacted(hand, text):
    """Waits until the mesh has said to a claim that it is recorded."""

    async def look():
        messages = [each for each in await hand.messages() if each["text"] == text]
        return messages and any(each["emoji"] == "👌" for each in messages[-1]["reactions"])

    await until(f"no 👌 on {text!r}", look)


@asynccontextmanager
async def telethon(stage, session):
    """Telethon with a session, which is told where the sandbox is only if it does not know."""
    client = TelegramClient(session, api_id=1, api_hash="sandbox", connection_retries=1)
    if not client.session.server_address:
        host, port = stage.ready["mtproto"].rsplit(":", 1)
        client.session.set_dc(2, host, int(port))
    await client.connect()
    try:
        yield client
    finally:
        await client.disconnect()


async def sign_in(stage, session):
    """Signs in, as the program before the mesh did, and looks at the dialogs."""
    account = stage.account(ACCOUNT)
    async with telethon(stage, session) as client:
        sent = await client.send_code_request(account["phone"])
        await client.sign_in(account["phone"], account["code"], phone_code_hash=sent.phone_code_hash)
        await stage.group(client)
        await client.get_participants(stage.ready["chats"][0]["id"])
        return client.session.save()


async def used(stage, session, user, hand, text):
    """Telethon goes on with what mesh handed back."""
    async with telethon(stage, session) as client:
        expect(await client.is_user_authorized(), "nobody is signed in")
        me = await client.get_me()
        expect(me.id == user, f"signed in as {me.id}")
        group = await stage.group(client)
        await client.send_message(group, text)
    await hand.message(text)


async def a_file(stage, hand, folder):
    place, old, new = Place(folder, stage.ready), folder / "old.session", folder / "new.session"
    with step("sessions: Telethon signs in and leaves a .session file"):
        await sign_in(stage, str(old))
        expect(old.exists(), "no file was written")
    with step("sessions: mesh takes the file over, with whom it knew and how far it had heard"):
        said = await place.mesh("session", "import", str(old), "--yes")
        expect(f"({place.user})" in said, said)
        shown = await place.shown()
        expect(shown["user"] == place.user and shown["peers"] >= 5 and shown["pts"] > 0, f"{shown}")
    with step("sessions: the node is signed in without a code, and hears what was said meanwhile and now"):
        await hand.say("🔒 EXCLUSIVE CLAIM: said before the node ran")
        async with place.node():
            await reacted(hand, "🔒 EXCLUSIVE CLAIM: said before the node ran")
            await hand.say("🔒 EXCLUSIVE CLAIM: said while it runs")
            await reacted(hand, "🔒 EXCLUSIVE CLAIM: said while it runs")
    with step("sessions: handed back as a file, Telethon uses it and knows the peers"):
        await place.mesh("session", "export", "--telethon", str(new))
        await used(stage, str(new), place.user, hand, "back with Telethon, by file")
        async with telethon(stage, str(new)) as client:
            chat = await client.get_input_entity(stage.ready["chats"][0]["id"])
            expect(isinstance(chat, InputPeerChat), f"the group is {chat}")
            bot = await client.get_input_entity(stage.bot(BOT)["id"])
            expect(bot.access_hash != 0, "the bot's access hash is lost")
    with step("sessions: handed back with the point reached, Telethon catches up from there"):
        await place.mesh("session", "export", "--telethon", str(folder / "later.session"))
        await hand.say("said while Telethon was away")
        heard = asyncio.Queue()
        client = TelegramClient(str(folder / "later.session"), 1, "sandbox", catch_up=True, connection_retries=1)
        client.add_event_handler(heard.put, events.NewMessage())
        await client.connect()
        try:

            async def wait():
                while (await heard.get()).raw_text != "said while Telethon was away":
                    pass

            await asyncio.wait_for(wait(), WITHIN)
        finally:
            await client.disconnect()


async def a_string(stage, hand, folder):
    place = Place(folder, stage.ready)
    with step("sessions: Telethon signs in and gives a StringSession"):
        text = await sign_in(stage, StringSession())
        expect(len(text) == 353, f"it has {len(text)} characters")
    with step("sessions: mesh takes the string over from standard input"):
        await place.mesh("session", "import", "-", "--yes", given=text.encode())
        shown = await place.shown()
        expect(shown["user"] == place.user and shown["pts"] > 0, f"{shown}")
        expect(text[20:60] not in json.dumps(shown), "the key is shown")
    with step("sessions: the node is signed in without a code, and hears"):
        async with place.node():
            await hand.say("🔒 EXCLUSIVE CLAIM: heard by a string")
            await reacted(hand, "🔒 EXCLUSIVE CLAIM: heard by a string")
    with step("sessions: handed back as a string, Telethon uses it"):
        back = (await place.mesh("session", "export", "--string")).strip()
        expect(back == text, "it is another string")
        await used(stage, StringSession(back), place.user, hand, "back with Telethon, by string")
    with step("sessions: logged out by mesh, Telethon is signed out"):
        await place.mesh("session", "logout")
        async with telethon(stage, StringSession(back)) as client:
            expect(not await client.is_user_authorized(), "the session lives on")


async def script(stage):
    hand = Hand(stage.ready)
    for play_one in (a_file, a_string):
        with tempfile.TemporaryDirectory() as folder:
            await play_one(stage, hand, Path(folder))


if __name__ == "__main__":
    play(script)
