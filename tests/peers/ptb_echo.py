"""python-telegram-bot, unmodified, as one of the agents' bots: hears Ely, answers with a button, hears the tap."""

import asyncio

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from stage import WITHIN, expect, play, step, until

BOT = "sandman_agent_bot"
LONG_POLL = 10  # seconds


async def only(poll):
    """The one update of a long poll."""
    updates = await asyncio.wait_for(poll, WITHIN)
    expect(len(updates) == 1, f"{len(updates)} updates instead of one")
    return updates[0]


async def script(stage):
    token = stage.bot(BOT)["token"]
    base = stage.ready["bot_api"]
    async with stage.person("Ely") as ely, Bot(token, f"{base}/bot", f"{base}/file/bot") as bot:
        group = await stage.group(ely)
        with step("python-telegram-bot: getMe"):
            me = await bot.get_me()
            expect(me.username == BOT and me.is_bot, f"it is {me}")
        with step("python-telegram-bot: a long poll hears what Ely posts"):
            poll = asyncio.create_task(bot.get_updates(timeout=LONG_POLL))
            await ely.send_message(group, f"/echo@{BOT} is anybody there?")
            heard = await only(poll)
            expect(heard.message.text == f"/echo@{BOT} is anybody there?", f"heard {heard}")
            expect(heard.message.from_user.id == stage.account("Ely")["id"], f"heard {heard}")
            expect(heard.message.entities[0].type == "bot_command", f"no command in {heard}")
        with step("python-telegram-bot: answers with a button, which Ely sees"):
            keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Thanks", callback_data="thanks")]])
            sent = await bot.send_message(
                heard.message.chat.id,
                "<b>I am.</b>",
                parse_mode="HTML",
                reply_to_message_id=heard.message.message_id,
                reply_markup=keyboard,
            )
            expect(sent.text == "I am." and sent.entities[0].type == "bold", f"sent {sent}")

            async def look():
                messages = await ely.get_messages(group, limit=5)
                return next((each for each in messages if each.raw_text == "I am." and each.buttons), None)

            seen = await until("Ely does not see the answer", look)
        with step("python-telegram-bot: hears the tap and answers it"):
            poll = asyncio.create_task(bot.get_updates(offset=heard.update_id + 1, timeout=LONG_POLL))
            tap = asyncio.create_task(seen.click(text="Thanks"))
            query = (await only(poll)).callback_query
            expect(query.data == "thanks" and query.message.message_id == sent.message_id, f"heard {query}")
            await bot.answer_callback_query(query.id, text="Any time.")
            answer = await asyncio.wait_for(tap, WITHIN)
            expect(answer is not None and answer.message == "Any time.", f"Ely is shown {answer}")


if __name__ == "__main__":
    play(script)
