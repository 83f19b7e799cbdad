"""Telethon, unmodified, as its documentation has it: every transport, every way in, and what an account does."""

import asyncio
import datetime
import io
from contextlib import AsyncExitStack

from telethon import events, functions, types, utils
from telethon.errors import (
    FloodWaitError,
    Md5ChecksumInvalidError,
    PasswordHashInvalidError,
    PhoneCodeInvalidError,
    PhoneNumberInvalidError,
    RPCError,
    ScheduleDateInvalidError,
    SessionPasswordNeededError,
    YouBlockedUserError,
)
from telethon.network import (
    ConnectionTcpAbridged,
    ConnectionTcpFull,
    ConnectionTcpIntermediate,
    ConnectionTcpObfuscated,
)

from doors import bot_api, fault, guest, person
from hand import DOT
from stage import WITHIN, expect, play, step, until

TRANSPORTS = [ConnectionTcpFull, ConnectionTcpAbridged, ConnectionTcpIntermediate, ConnectionTcpObfuscated]
BOT = "mesh_mastermind_bot"
LISTENER = "sandman_agent_bot"  # hears what becomes of its groups
SECRET = "open sesame"
LONG = "a line that is said again and again\n" * 110  # close to Telegram's limit, and worth compressing


class Ear:
    """Everything a client is told, to be asked for by what it is."""

    def __init__(self, client):
        self.heard = asyncio.Queue()
        for event in (events.NewMessage(), events.MessageEdited(), events.MessageDeleted(), events.ChatAction(), events.Raw()):
            client.add_event_handler(self.heard.put, event)

    async def next(self, kind, wanted=lambda _: True):
        """The next event of this kind; others are passed over."""

        async def wait():
            while True:
                event = await self.heard.get()
                if isinstance(event, kind) and wanted(event):
                    return event

        return await asyncio.wait_for(wait(), WITHIN)

    async def text(self, text):
        return await self.next(events.NewMessage.Event, lambda event: event.raw_text == text)


async def transports(stage):
    for connection in TRANSPORTS:
        with step(f"Telethon: {connection.__name__}: signs in by code, writes and reads, gzip both ways"):
            async with person(stage, "Sam", connection) as sam:
                await sam.send_message("me", f"over {connection.__name__}")
                sent = await sam.send_message("me", LONG)
                history = await sam.get_messages("me", limit=5)
                expect(history[0].raw_text == LONG.strip(), "the long message came back different")
                expect(history[0].id == sent.id, "the newest message is another one")
                expect(history[1].raw_text == f"over {connection.__name__}", f"read {history[1]}")


async def ways_in(stage):
    account = stage.account("Sam")
    async with AsyncExitStack() as guests:
        with step("Telethon: an unknown number and a wrong code are refused"):
            client = await guests.enter_async_context(guest(stage))
            try:
                await client.send_code_request("+15550199999")
                expect(False, "an unknown number was sent a code")
            except PhoneNumberInvalidError:
                pass
            sent = await client.send_code_request(account["phone"])
            try:
                await client.sign_in(account["phone"], "99999", phone_code_hash=sent.phone_code_hash)
                expect(False, "a wrong code was taken")
            except PhoneCodeInvalidError:
                pass
            await client.sign_in(account["phone"], account["code"], phone_code_hash=sent.phone_code_hash)
        with step("Telethon: a second password is set, asked for, checked and taken away"):
            expect(await client.edit_2fa(new_password=SECRET, hint="to the cave"), "the password was not set")
            second = await guests.enter_async_context(guest(stage))
            await second.send_code_request(account["phone"])
            try:
                await second.sign_in(account["phone"], account["code"])
                expect(False, "the code alone was enough")
            except SessionPasswordNeededError:
                pass
            try:
                await second.sign_in(password="open barley")
                expect(False, "a wrong password was taken")
            except PasswordHashInvalidError:
                pass
            me = await second.sign_in(password=SECRET)
            expect(me.id == account["id"], f"signed in as {me.id}")
            expect(await second.edit_2fa(current_password=SECRET), "the password was not taken away")
        with step("Telethon: a QR code, accepted by another session"):
            third = await guests.enter_async_context(guest(stage))
            qr = await third.qr_login()
            expect(qr.url.startswith("tg://login?token="), f"the code is {qr.url}")
            waiting = asyncio.create_task(qr.wait(timeout=WITHIN))
            await asyncio.sleep(0)
            await second(functions.auth.AcceptLoginTokenRequest(token=qr.token))
            me = await waiting
            expect(me.id == account["id"], f"signed in as {me.id}")
        with step("Telethon: logs out"):
            expect(await third.log_out(), "it did not log out")
            expect(await second.is_user_authorized(), "the other session went with it")


async def in_a_chat(ely, alex, ear, here, there, what):
    """What two people do in one chat, group or supergroup: `here` as Ely names it, `there` as Alex does."""
    with step(f"Telethon: {what}: a message and a reply are heard"):
        sent = await ely.send_message(here, f"**who** takes this, {what}?")
        heard = await ear.text(f"who takes this, {what}?")
        expect(isinstance(heard.message.entities[0], types.MessageEntityBold), f"heard {heard.message}")
        await heard.reply("I do")
        history = await ely.get_messages(here, limit=1)
        expect(history[0].reply_to_msg_id == sent.id and history[0].raw_text == "I do", f"read {history[0]}")
    with step(f"Telethon: {what}: an edit and a deletion are heard"):
        await sent.edit(f"settled, {what}")
        edited = await ear.next(events.MessageEdited.Event)
        expect(edited.raw_text == f"settled, {what}", f"heard {edited.raw_text}")
        await sent.delete()
        deleted = await ear.next(events.MessageDeleted.Event)
        expect(heard.message.id in deleted.deleted_ids, f"heard {deleted.deleted_ids}")
    with step(f"Telethon: {what}: a reaction is set, and told to who looked"):
        sent = await ely.send_message(here, f"agreed, {what}?")
        theirs = (await ear.text(f"agreed, {what}?")).message
        await ely.get_messages(here, limit=5)
        thumb = [types.ReactionEmoji("👍")]
        await alex(functions.messages.SendReactionRequest(there, theirs.id, reaction=thumb))
        now = await ely.get_messages(here, ids=sent.id)
        expect([each.count for each in now.reactions.results] == [1], f"it has {now.reactions}")
    with step(f"Telethon: {what}: typing is shown, read is marked, and search finds"):
        async with ely.action(here, "typing"):
            kinds = (types.UpdateChatUserTyping, types.UpdateChannelUserTyping)
            await ear.next(kinds)
        await alex.send_read_acknowledge(there)
        listed = next(each for each in await ely.get_dialogs() if each.id == utils.get_peer_id(here))
        expect(listed.dialog.read_outbox_max_id == sent.id, f"the list says {listed.dialog}")
        found = await ely.get_messages(here, search="AGREED", limit=5)
        expect([each.id for each in found] == [sent.id], f"found {found}")


async def a_file(ely, ear, here):
    with step("Telethon: a file goes up and comes down"):
        plan = io.BytesIO(bytes(range(256)) * 500)
        plan.name = "plan.bin"
        await ely.send_file(here, plan, caption="the plan", force_document=True)
        heard = await ear.text("the plan")
        expect(heard.file.name == "plan.bin" and heard.file.size == 128_000, f"heard of {heard.file}")
        expect(await heard.download_media(bytes) == plan.getvalue(), "it came down different")


async def a_photo(ely, ear, here):
    with step("Telethon: a photo goes up, is seen as one, comes down, and is sent again"):
        dot = io.BytesIO(DOT)
        dot.name = "dot.png"
        await ely.send_file(here, dot, caption="the dot")
        heard = await ear.text("the dot")
        expect(heard.photo and heard.file.width == heard.file.height == 1, f"heard of {heard.message}")
        expect(await heard.download_media(bytes) == DOT, "it came down different")
        photos = await ely.get_messages(here, filter=types.InputMessagesFilterPhotos(), limit=5)
        expect([each.raw_text for each in photos] == ["the dot"], f"found {photos}")
        again = await ely.send_file(here, photos[0].photo, caption="the same dot")
        expect(again.photo.id == photos[0].photo.id, f"sent {again.photo}")
    with step("Telethon: an upload that arrives changed is refused"):
        file = await ely.upload_file(b"as it was sent", file_name="plan.txt")
        changed = types.InputFile(file.id, file.parts, file.name, "0" * 32)
        media = types.InputMediaUploadedDocument(changed, "text/plain", [], force_file=True)
        try:
            await ely(functions.messages.SendMediaRequest(here, media, ""))
            expect(False, "the wrong checksum was taken")
        except Md5ChecksumInvalidError:
            pass


async def members(ely, ear):
    with step("Telethon: who comes to a group, goes and gets a rank is told"):
        made = await ely(functions.messages.CreateChatRequest(["alex_ops"], "Shed"))
        group = made.updates.chats[0]
        told = (await ear.next(types.UpdateChatParticipants)).participants
        expect(len(told.participants) == 2 and told.chat_id == group.id, f"Alex is told {told}")
        await ely(functions.messages.AddChatUserRequest(group.id, "sam_stranger", fwd_limit=0))
        more = (await ear.next(types.UpdateChatParticipants)).participants
        expect(len(more.participants) == 3 and more.version > told.version, f"Alex is told {more}")
        came = await ear.next(events.ChatAction.Event, lambda event: event.user_added)
        expect((await came.get_user()).username == "sam_stranger", f"Alex is told of {came}")
        await ely.edit_admin(group, "sam_stranger", is_admin=True)
        rank = await ear.next(types.UpdateChatParticipantAdmin)
        expect(rank.is_admin and rank.version > more.version, f"Alex is told {rank}")
        await ely.kick_participant(group, "sam_stranger")
        fewer = (await ear.next(types.UpdateChatParticipants)).participants
        expect(len(fewer.participants) == 2, f"Alex is told {fewer}")


async def a_tap(stage, ely, here):
    with step("Telethon: a bot's button is clicked, and its answer comes back"):
        keyboard = {"inline_keyboard": [[{"text": "Take it", "callback_data": "take"}]]}
        chat = stage.ready["chats"][0]["id"]
        await bot_api(stage, BOT, "sendMessage", chat_id=chat, text="A card", reply_markup=keyboard)

        async def look():
            return next((each for each in await ely.get_messages(here, limit=5) if each.buttons), None)

        card = await until("the card did not come", look)
        tap = asyncio.create_task(card.click(text="Take it"))
        offset = 0
        query = None
        while query is None:
            wanted = {"offset": offset, "timeout": 10, "allowed_updates": ["callback_query"]}
            for update in await bot_api(stage, BOT, "getUpdates", **wanted):
                offset = update["update_id"] + 1
                query = update.get("callback_query", query)
        expect(query["data"] == "take", f"the bot heard {query}")
        await bot_api(stage, BOT, "answerCallbackQuery", callback_query_id=query["id"], text="It is yours.")
        answer = await asyncio.wait_for(tap, WITHIN)
        expect(answer.message == "It is yours.", f"the answer is {answer}")


async def otherwise(stage, ely, here):
    with step("Telethon: a message for later is refused, and one that is due goes out"):
        try:
            await ely.send_message(here, "later", schedule=datetime.timedelta(hours=1))
            expect(False, "it was taken")
        except ScheduleDateInvalidError:
            pass
        await ely.send_message(here, "due", schedule=datetime.timedelta(seconds=5))
        newest = (await ely.get_messages(here, limit=1))[0]
        expect(newest.raw_text == "due", f"the newest message is {newest.raw_text}")
    with step("Telethon: a part of a message is quoted, and one that is not in it refused"):
        asked = await ely.send_message(here, "at noon or at midnight")
        about = types.InputReplyToMessage(asked.id, quote_text="at midnight", quote_offset=11)
        await ely(functions.messages.SendMessageRequest(here, "that", reply_to=about))
        header = (await ely.get_messages(here, limit=1))[0].reply_to
        expect(header.quote and header.quote_text == "at midnight" and header.quote_offset == 11, f"it answers {header}")
        about.quote_text = "at dawn"
        try:
            await ely(functions.messages.SendMessageRequest(here, "that", reply_to=about))
            expect(False, "it was taken")
        except RPCError as error:
            expect(error.message == "QUOTE_TEXT_INVALID", f"it is refused with {error}")
    with step("Telethon: a bot is blocked, and unblocked by /start"):
        await bot_api(stage, BOT, "getUpdates", offset=-1, allowed_updates=[])
        await ely.send_message(BOT, "/start")
        await ely(functions.contacts.BlockRequest(BOT))
        blocked = await ely(functions.contacts.GetBlockedRequest(0, 10))
        expect([each.username for each in blocked.users] == [BOT], f"blocked are {blocked.users}")
        try:
            await ely.send_message(BOT, "hello")
            expect(False, "it was taken")
        except YouBlockedUserError:
            pass
        await ely.send_message(BOT, "/start")
        full = await ely(functions.users.GetFullUserRequest(BOT))
        expect(not full.full_user.blocked, "it is blocked still")
        changes = [update.get("my_chat_member", {}) for update in await bot_api(stage, BOT, "getUpdates", offset=-3)]
        states = [change["new_chat_member"]["status"] for change in changes if change]
        expect(states == ["kicked", "member"], f"the bot was told {states}")
    with step("Telethon: what is deleted for oneself, the others keep"):
        said = await ely.send_message("alex_ops", "for you alone")
        await ely.delete_messages("alex_ops", said, revoke=False)
        own = await ely.get_messages("alex_ops", limit=5)
        expect(all(each.raw_text != "for you alone" for each in own), f"Ely still has {own}")


async def faults(stage, ely, alex, ear, here):
    with step("Telethon: catches up on what it missed during a cut"):
        await fault(stage, fault="cut", account="Alex")
        await ely.send_message(here, "said during the cut")
        await until("Alex does not reconnect", lambda: asyncio.sleep(0, alex.is_connected()))
        await alex.catch_up()
        await ear.text("said during the cut")
    with step("Telethon: a reply that was lost is asked for again, and nothing is done twice"):
        await fault(stage, fault="lose_reply", method="messages.sendMessage")
        try:
            await ely.send_message(here, "said once")
            expect(False, "the second request was taken for a new one")
        except ValueError:
            pass  # each time the server says RANDOM_ID_DUPLICATE, until Telethon gives up
        found = await ely.get_messages(here, search="said once", limit=5)
        expect(len(found) == 1, f"it is there {len(found)} times")
    with step("Telethon: FLOOD_WAIT is told"):
        await fault(stage, fault="flood_wait", method="messages.sendMessage", seconds=99)
        try:
            await ely.send_message(here, "too much")
            expect(False, "nothing was refused")
        except FloodWaitError as error:
            expect(error.seconds == 99, f"it is to wait {error.seconds} s")


async def hall(ely, alex, ear):
    with step("Telethon: a supergroup is made, somebody is invited and made an administrator"):
        made = await ely(functions.channels.CreateChannelRequest("Mesh Hall", "", megagroup=True))
        here = made.chats[0]
        await ely(functions.channels.InviteToChannelRequest(here, ["alex_ops", BOT]))
        await ear.next(types.UpdateChannel)
        await ely.edit_admin(here, "alex_ops", pin_messages=True)
        people = await ely.get_participants(here)
        expect({each.username for each in people} == {"ely_exec", "alex_ops", BOT}, f"in it are {people}")
        rights = await ely.get_permissions(here, "alex_ops")
        expect(rights.is_admin and not rights.is_creator, f"Alex's rights are {rights}")
    there = await alex.get_input_entity(here.id)
    await in_a_chat(ely, alex, ear, here, there, "supergroup")


def is_service(update):
    return isinstance(update.message, types.MessageService)


async def migration(stage, ely, ear):
    with step("Telethon: a group becomes a supergroup, and both hear it"):
        made = await ely(functions.messages.CreateChatRequest(["alex_ops", LISTENER], "Annex"))
        group = made.updates.chats[0]
        await ear.next(types.UpdateNewMessage, is_service)
        await ely.send_message(group, "in the annex")
        await ear.text("in the annex")
        result = await ely(functions.messages.MigrateChatRequest(group.id))
        old = next(chat for chat in result.chats if isinstance(chat, types.Chat))
        new = next(chat for chat in result.chats if isinstance(chat, types.Channel))
        expect(old.deactivated and old.migrated_to.channel_id == new.id, f"the old group is {old}")
        kinds = (types.UpdateNewMessage, types.UpdateNewChannelMessage)
        told = {}
        while len(told) < 2:
            action = (await ear.next(kinds, is_service)).message.action
            told[type(action)] = action
        expect(told[types.MessageActionChatMigrateTo].channel_id == new.id, f"Alex is told {told}")
        expect(told[types.MessageActionChannelMigrateFrom].chat_id == group.id, f"Alex is told {told}")
        heard = [update.get("message", {}) for update in await bot_api(stage, LISTENER, "getUpdates", offset=-2)]
        expect(heard[0]["migrate_to_chat_id"] == utils.get_peer_id(new), f"the bot is told {heard}")
        expect(heard[1]["migrate_from_chat_id"] == utils.get_peer_id(old), f"the bot is told {heard}")
        await ely.send_message(new, "in the new annex")
        await ear.text("in the new annex")


async def script(stage):
    await transports(stage)
    await ways_in(stage)
    async with person(stage, "Ely") as ely, person(stage, "Alex") as alex:
        with step("Telethon: dialogs, and somebody found by name"):
            here, there = await stage.group(ely), await stage.group(alex)
            found = await ely.get_entity("alex_ops")
            expect(found.id == stage.account("Alex")["id"], f"found {found}")
        ear = Ear(alex)
        await in_a_chat(ely, alex, ear, here, there, "group")
        await a_file(ely, ear, here)
        await a_photo(ely, ear, here)
        await a_tap(stage, ely, here)
        await otherwise(stage, ely, here)
        await ear.text("for you alone")
        await members(ely, ear)
        await hall(ely, alex, ear)
        await migration(stage, ely, ear)
        await faults(stage, ely, alex, ear, here)


if __name__ == "__main__":
    play(script)
