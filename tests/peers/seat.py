"""Somebody at one of their chats with the mesh's bot: types, is answered word for word, taps."""

import re

from telethon.tl.functions.messages import GetBotCallbackAnswerRequest
from telethon.tl.types import ReactionEmoji

from stage import Missed, expect, until

LATEST = 40  # messages of a chat that are looked at
DENIED = "👎"


def like(words):
    """Words as they must be: `HH:MM` is a time of day, `NNN` a number, `⋯` anything."""
    pattern = re.escape(words)
    for mark, meaning in (("HH:MM", r"\d\d:\d\d"), ("NNN", r"\d+"), ("⋯", r"(?s:.*)")):
        pattern = pattern.replace(mark, meaning)
    return re.compile(pattern)


def read(message):
    """What a message says, code in backticks. A mention that calls nobody has a mark in it that does not show."""
    return (message.text or "").replace("\u2060", "")


def labels(message):
    return [[button.text for button in row] for row in message.buttons or []]


class Seat:
    """One person's view of one chat."""

    def __init__(self, name, client, chat, bot, private, told):
        self.name, self.client, self.chat, self.bot = name, client, chat, bot
        self.prefix = "" if private else "/mesh "
        self.told = told  # refusals that were said in words, by whom
        self.tapped = set()

    async def say(self, text):
        return await self.client.send_message(self.chat, text, parse_mode=None)

    async def order(self, line):
        """Types a command; in the private chat without its prefix."""
        return await self.say(self.prefix + line)

    async def latest(self):
        messages = await self.client.get_messages(self.chat, limit=LATEST)
        return [each for each in messages if each.sender_id == self.bot]

    async def find(self, words, wanted, whose):
        """The bot's newest message that is as wanted and says these words."""
        wanted_words, seen = like(words), []

        async def look():
            seen[:] = [each for each in await self.latest() if wanted(each)]
            return next((each for each in seen if wanted_words.fullmatch(read(each))), None)

        try:
            return await until("", look)
        except Missed:
            others = [(each.id, each.reply_to_msg_id, read(each)) for each in (await self.latest())[:3]]
            raise Missed(f"{whose} is not {words!r}, but {[read(each) for each in seen]}; the latest: {others}") from None

    async def answer(self, asked, words):
        """The reply to what was typed."""
        return await self.find(words, lambda each: each.reply_to_msg_id == asked.id, "the answer")

    async def card(self, words, after):
        """What the bot says by itself, after a message of this chat."""
        return await self.find(words, lambda each: each.id > after.id, "the card")

    async def becomes(self, message, words):
        """The same message, once it says this; what is settled has no buttons."""
        settled = lambda each: each.id == message.id and not each.buttons  # noqa: E731
        return await self.find(words, settled, "the message without buttons")

    async def marked(self, asked, emoji):
        """Waits for the mesh's reaction on what was typed."""

        async def look():
            now = await self.client.get_messages(self.chat, ids=asked.id)
            results = now.reactions.results if now and now.reactions else []
            return any(each.reaction == ReactionEmoji(emoji) for each in results)

        await until(f"no {emoji} on {asked.raw_text!r}", look)

    async def does(self, line, answer):
        """Types a command and is answered: by a reaction, where one character is awaited, else by these words."""
        asked = await self.order(line)
        if len(answer) == 1:
            await self.marked(asked, answer)
            return asked
        return await self.answer(asked, answer)

    async def refused(self, line, words):
        """Types what is refused: in words the first time, then by a 👎."""
        asked = await self.order(line)
        if (self.name, words) in self.told:
            await self.marked(asked, DENIED)
        else:
            self.told.add((self.name, words))
            await self.answer(asked, words)

    async def tap(self, message, label, answer):
        """Taps a button, also one that has gone meanwhile, and is answered so."""
        self.tapped.add(label)
        given = await message.click(text=label)
        expect(given is not None, f"the tap on {label} was not answered")
        expect(like(answer).fullmatch(given.message or ""), f"the tap on {label} was answered with {given.message!r}")

    async def forge(self, message, data, answer):
        """Sends data as if by a button."""
        request = GetBotCallbackAnswerRequest(self.chat, message.id, data=data)
        given = await self.client(request)
        expect(given.message == answer, f"forged data was answered with {given.message!r}")
