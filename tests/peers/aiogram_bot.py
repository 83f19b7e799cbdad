"""aiogram, unmodified, as its documentation uses it: by polling and by webhook, and what goes wrong."""

import asyncio
from io import BytesIO

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandStart
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    SwitchInlineQueryChosenChat,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from hand import DOT, Hand, free_port, refusal, talk
from stage import expect, play, step

BOT = "mesh_mastermind_bot"


class NoSuchMethod(TelegramMethod[bool]):
    __returning__ = bool
    __api_method__ = "noSuchMethod"


async def start(message):
    button = InlineKeyboardButton(text="Take it", callback_data="take")
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
    await message.answer("*Free*", parse_mode=ParseMode.MARKDOWN_V2, reply_markup=keyboard)


async def take(query):
    await query.answer("Yours", show_alert=True)
    await query.message.edit_text(f"{query.data}: {query.from_user.first_name}")


def dispatcher():
    built = Dispatcher()
    built.message.register(start, CommandStart())
    built.callback_query.register(take, F.data == "take")
    return built


async def script(stage):
    server = TelegramAPIServer.from_base(stage.ready["bot_api"])
    hand, group = Hand(stage.ready), stage.ready["chats"][0]["id"]

    def bot_with(token):
        return Bot(token, AiohttpSession(api=server))

    token = stage.bot(BOT)["token"]
    async with bot_with(token) as bot, bot_with(token) as other, bot_with("1:wrong") as wrong:
        with step("aiogram: text, keyboard, tap and edit by polling"):
            polling = dispatcher()
            running = polling.start_polling(bot, handle_signals=False, close_bot_session=False)
            running = asyncio.create_task(running)
            await talk(hand)
            await polling.stop_polling()
            await running
        with step("aiogram: the same by webhook"):
            port, hooked, app = free_port(), dispatcher(), web.Application()
            SimpleRequestHandler(dispatcher=hooked, bot=bot, secret_token="S3cret").register(app, path="/hook")
            setup_application(app, hooked, bot=bot)
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="S3cret")
            await talk(hand)
            info = await bot.get_webhook_info()
            expect(info.last_error_date is None, f"the webhook is {info}")
            await bot.delete_webhook()
            await runner.cleanup()
        with step("aiogram: a command menu"):
            scope = BotCommandScopeAllGroupChats()
            await bot.set_my_commands([BotCommand(command="mesh", description="The mesh")], scope=scope)
            kept = await bot.get_my_commands(scope=scope)
            expect([each.command for each in kept] == ["mesh"], f"the menu is {kept}")
        with step("aiogram: a document up and down"):
            sent = await bot.send_document(group, BufferedInputFile(b"step one", "plan.txt"), caption="The plan")
            expect(sent.document.file_name == "plan.txt" and sent.caption == "The plan", f"sent {sent}")
            file = await bot.get_file(sent.document.file_id)
            content = await bot.download_file(file.file_path, BytesIO())
            expect(content.getvalue() == b"step one", f"got {content.getvalue()}")
        with step("aiogram: a photo up and down"):
            sent = await bot.send_photo(group, BufferedInputFile(DOT, "dot.png"), caption="The dot")
            expect(sent.photo[-1].width == 1 and sent.caption == "The dot", f"sent {sent}")
            content = await bot.download(sent.photo[-1], BytesIO())
            expect(content.getvalue() == DOT, "it came down different")
        with step("aiogram: a quote, a preview, entities, buttons that need no server"):
            asked = await bot.send_message(group, "at noon or at midnight, $USD 5, jo@example.org")
            kinds = [entity.type for entity in asked.entities]
            expect(kinds == ["cashtag", "email"], f"found are {kinds}")
            about = ReplyParameters(message_id=asked.message_id, quote="at midnight")
            copy = InlineKeyboardButton(text="Copy", copy_text=CopyTextButton(text="midnight"))
            chosen = SwitchInlineQueryChosenChat(query="x", allow_group_chats=True)
            inline = InlineKeyboardButton(text="There", switch_inline_query_chosen_chat=chosen)
            preview = LinkPreviewOptions(url="https://example.org/", prefer_small_media=True)
            sent = await bot.send_message(
                group, "that", reply_parameters=about, link_preview_options=preview,
                reply_markup=InlineKeyboardMarkup(inline_keyboard=[[copy, inline]]),
            )
            expect(sent.quote.text == "at midnight" and sent.quote.position == 11, f"sent {sent}")
            expect(sent.link_preview_options.url == preview.url, f"sent {sent}")
            row = sent.reply_markup.inline_keyboard[0]
            expect(row[0].copy_text.text == "midnight", f"sent {row}")
            expect(row[1].switch_inline_query_chosen_chat.allow_group_chats, f"sent {row}")
        with step("aiogram: 400, 401, 403, 404"):
            bad = await refusal(bot.send_message(group, "<b>x", parse_mode=ParseMode.HTML), TelegramBadRequest)
            expect("Can't find end tag" in bad.message, f"400 is {bad}")
            await refusal(wrong.get_me(), TelegramUnauthorizedError)
            unasked = await refusal(bot.send_message(stage.account("Alex")["id"], "x"), TelegramForbiddenError)
            expect("can't initiate conversation" in unasked.message, f"403 is {unasked}")
            elsewhere = await refusal(bot.get_my_star_balance(), TelegramBadRequest)
            expect("does not have the method getMyStarBalance" in elsewhere.message, f"400 is {elsewhere}")
            await refusal(bot(NoSuchMethod()), TelegramNotFound)
        with step("aiogram: 409 for a second poller"):
            polls = [asyncio.create_task(each.get_updates(timeout=10)) for each in (bot, other)]
            done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
            expect(isinstance(done.pop().exception(), TelegramConflictError), "the first poller is not told")
            for poll in waiting:
                poll.cancel()
        with step("aiogram: 429 with retry_after"):
            await hand.fault("sendMessage", 429, retry_after=3)
            wait = await refusal(bot.send_message(group, "x"), TelegramRetryAfter)
            expect(wait.retry_after == 3, f"429 is {wait}")
        with step("aiogram: a group that became a supergroup"):
            new = await hand.migrate()
            moved = await refusal(bot.send_message(group, "x"), TelegramMigrateToChat)
            expect(moved.migrate_to_chat_id == new, f"it moved to {moved.migrate_to_chat_id}, not {new}")
            sent = await bot.send_message(new, "x")
            expect(sent.chat.type == "supergroup", f"sent {sent}")


if __name__ == "__main__":
    play(script)
