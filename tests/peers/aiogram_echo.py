"""aiogram, unmodified, as one of the agents' bots: hears Ely, answers with a button, hears the tap."""

import asyncio

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters

from stage import WITHIN, expect, play, step, until

BOT = "oracle_agent_bot"
LONG_POLL = 10  # seconds


async def only(poll):
    """The one update of a long poll."""
    updates = await asyncio.wait_for(poll, WITHIN)
    expect(len(updates) == 1, f"{len(updates)} updates instead of one")
    return updates[0]


async def script(stage):
    server = TelegramAPIServer.from_base(stage.ready["bot_api"])
    session = AiohttpSession(api=server)
    async with stage.person("Ely") as ely, Bot(stage.bot(BOT)["token"], session) as bot:
        group = await stage.group(ely)
        with step("aiogram: getMe"):
            me = await bot.get_me()
            expect(me.username == BOT and me.is_bot, f"it is {me}")
        with step("aiogram: a long poll hears what Ely posts"):
            poll = asyncio.create_task(bot.get_updates(timeout=LONG_POLL))
            await ely.send_message(group, f"/echo@{BOT} is anybody there?")
            heard = await only(poll)
            expect(heard.message.text == f"/echo@{BOT} is anybody there?", f"heard {heard}")
            expect(heard.message.from_user.id == stage.account("Ely")["id"], f"heard {heard}")
        with step("aiogram: answers with a button, which Ely sees"):
            button = InlineKeyboardButton(text="Thanks", callback_data="thanks")
            sent = await bot.send_message(
                heard.message.chat.id,
                "So am I.",
                reply_parameters=ReplyParameters(message_id=heard.message.message_id),
                reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]),
            )

            async def look():
                messages = await ely.get_messages(group, limit=5)
                return next((each for each in messages if each.raw_text == "So am I." and each.buttons), None)

            seen = await until("Ely does not see the answer", look)
        with step("aiogram: hears the tap and answers it"):
            poll = asyncio.create_task(bot.get_updates(offset=heard.update_id + 1, timeout=LONG_POLL))
            tap = asyncio.create_task(seen.click(text="Thanks"))
            query = (await only(poll)).callback_query
            expect(query.data == "thanks" and query.message.message_id == sent.message_id, f"heard {query}")
            await bot.answer_callback_query(query.id, text="Any time.")
            answer = await asyncio.wait_for(tap, WITHIN)
            expect(answer is not None and answer.message == "Any time.", f"Ely is shown {answer}")


if __name__ == "__main__":
    play(script)
