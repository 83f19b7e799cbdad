"""python-telegram-bot, unmodified, as its documentation uses it: by polling and by webhook, and what goes wrong."""

import asyncio
from tempfile import TemporaryDirectory

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, EndPointNotFound, Forbidden, InvalidToken, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from hand import DOT, Hand, free_port, own_certificate, refusal, talk
from stage import expect, play, step, until

BOT = "mesh_mastermind_bot"


async def start(update, context):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Take it", callback_data="take")]])
    await update.message.reply_text("*Free*", parse_mode=ParseMode.MARKDOWN_V2, reply_markup=keyboard)


async def button(update, context):
    query = update.callback_query
    await query.answer("Yours", show_alert=True)
    await query.edit_message_text(f"{query.data}: {query.from_user.first_name}")


async def script(stage):
    token, base = stage.bot(BOT)["token"], stage.ready["bot_api"]
    hand, group = Hand(stage.ready), stage.ready["chats"][0]["id"]
    urls = {"base_url": f"{base}/bot", "base_file_url": f"{base}/file/bot"}

    def application():
        built = Application.builder().token(token).base_url(urls["base_url"]).build()
        built.add_handler(CommandHandler("start", start))
        built.add_handler(CallbackQueryHandler(button))
        return built

    with step("python-telegram-bot: text, keyboard, tap and edit by polling"):
        async with application() as polling:
            await polling.start()
            await polling.updater.start_polling()
            await talk(hand)
            await polling.updater.stop()
            await polling.stop()
    with step("python-telegram-bot: the same by webhook"):
        port = free_port()
        async with application() as hooked:
            await hooked.start()
            await hooked.updater.start_webhook(
                listen="127.0.0.1",
                port=port,
                url_path="hook",
                secret_token="S3cret",
                webhook_url=f"http://127.0.0.1:{port}/hook",
            )
            await talk(hand)
            info = await hooked.bot.get_webhook_info()
            expect(info.url.endswith("/hook") and info.last_error_date is None, f"the webhook is {info}")
            await hooked.updater.stop()
            await hooked.stop()
            await hooked.bot.delete_webhook()
    with step("python-telegram-bot: a webhook with a certificate of its own, and one that is not trusted"):
        with TemporaryDirectory() as folder:
            certificate, key = own_certificate(folder)
            port = free_port()
            async with application() as hooked:
                await hooked.start()
                await hooked.updater.start_webhook(
                    listen="127.0.0.1",
                    port=port,
                    url_path="hook",
                    cert=certificate,
                    key=key,
                    webhook_url=f"https://127.0.0.1:{port}/hook",
                )
                await talk(hand)
                info = await hooked.bot.get_webhook_info()
                expect(info.has_custom_certificate and info.last_error_date is None, f"the webhook is {info}")
                await hooked.bot.set_webhook(f"https://127.0.0.1:{port}/hook")
                await hand.say("/start@mesh_mastermind_bot")

                async def distrusted():
                    return (await hooked.bot.get_webhook_info()).last_error_message

                told = await until("the webhook is trusted without its certificate", distrusted)
                expect("certificate verify failed" in told, f"it is told {told}")
                await hooked.updater.stop()
                await hooked.stop()
                await hooked.bot.delete_webhook(drop_pending_updates=True)
    async with Bot(token, **urls) as bot, Bot(token, **urls) as other:
        with step("python-telegram-bot: a command menu"):
            scope, commands = BotCommandScopeAllGroupChats(), [BotCommand("mesh", "The mesh")]
            await bot.set_my_commands(commands, scope=scope)
            kept = await bot.get_my_commands(scope=scope)
            expect(list(kept) == commands, f"the menu is {kept}")
        with step("python-telegram-bot: a document up and down"):
            sent = await bot.send_document(group, b"step one", filename="plan.txt", caption="The plan")
            expect(sent.document.file_name == "plan.txt" and sent.caption == "The plan", f"sent {sent}")
            file = await bot.get_file(sent.document.file_id)
            content = bytes(await file.download_as_bytearray())
            expect(content == b"step one", f"got {content}")
        with step("python-telegram-bot: a photo up and down, and again by its id"):
            sent = await bot.send_photo(group, DOT, caption="The dot")
            expect((sent.photo[-1].width, sent.photo[-1].height) == (1, 1), f"sent {sent}")
            file = await bot.get_file(sent.photo[-1].file_id)
            expect(bytes(await file.download_as_bytearray()) == DOT, "it came down different")
            again = await bot.send_photo(group, sent.photo[-1].file_id)
            expect(again.photo == sent.photo and again.caption is None, f"sent {again}")
            bad = await refusal(bot.send_photo(group, b"no picture"), BadRequest)
            expect("IMAGE_PROCESS_FAILED" in bad.message.upper(), f"400 is {bad}")
        with step("python-telegram-bot: a quote, a preview, protection, buttons that need no server"):
            asked = await bot.send_message(group, "at noon or at midnight")
            about = ReplyParameters(asked.message_id, quote="at midnight", quote_position=11)
            copy = InlineKeyboardButton("Copy", copy_text=CopyTextButton("midnight"))
            inline = InlineKeyboardButton("Here", switch_inline_query_current_chat="midnight")
            sent = await bot.send_message(
                group, "that", reply_parameters=about, protect_content=True,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=InlineKeyboardMarkup([[copy, inline]]),
            )
            expect(sent.quote.text == "at midnight" and sent.quote.position == 11, f"sent {sent}")
            expect(sent.has_protected_content and sent.link_preview_options.is_disabled, f"sent {sent}")
            expect(sent.reply_markup.inline_keyboard == ((copy, inline),), f"sent {sent.reply_markup}")
        with step("python-telegram-bot: a person who blocks, and begins again"):
            await hand.say("/start", BOT)
            ely = stage.account("Ely")["id"]
            await hand.ask("/block", {"as": "Ely", "user": BOT})
            blocked = await refusal(bot.send_message(ely, "x"), Forbidden)
            expect(blocked.message == "Forbidden: bot was blocked by the user", f"403 is {blocked}")
            await hand.say("/start", BOT)
            await bot.send_message(ely, "x")
            updates = await bot.get_updates(offset=-3)
            await bot.get_updates(offset=updates[-1].update_id + 1)
            changes = [update.my_chat_member for update in updates if update.my_chat_member]
            states = [change.new_chat_member.status for change in changes]
            expect(states == ["kicked", "member"], f"the bot was told {states}")
        with step("python-telegram-bot: 400, 401, 403, 404"):
            bad = await refusal(bot.send_message(group, "1.5", parse_mode=ParseMode.MARKDOWN_V2), BadRequest)
            expect("is reserved and must be escaped" in bad.message, f"400 is {bad}")
            await refusal(Bot("1:wrong", **urls).get_me(), InvalidToken)
            unasked = await refusal(bot.send_message(stage.account("Alex")["id"], "x"), Forbidden)
            expect("can't initiate conversation" in unasked.message, f"403 is {unasked}")
            await refusal(bot.do_api_request("noSuchMethod"), EndPointNotFound)
            elsewhere = await refusal(bot.send_dice(group), BadRequest)
            expect("the method senddice" in elsewhere.message.lower(), f"400 is {elsewhere}")
        with step("python-telegram-bot: 409 for a second poller"):
            polls = [asyncio.create_task(each.get_updates(timeout=10)) for each in (bot, other)]
            done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
            expect(isinstance(done.pop().exception(), Conflict), "the first poller is not told")
            for poll in waiting:
                poll.cancel()
        with step("python-telegram-bot: 429 with retry_after"):
            await hand.fault("sendMessage", 429, retry_after=3)
            wait = await refusal(bot.send_message(group, "x"), RetryAfter)
            expect(wait.retry_after == 3, f"429 is {wait}")
        with step("python-telegram-bot: a group that became a supergroup"):
            new = await hand.migrate()
            moved = await refusal(bot.send_message(group, "x"), ChatMigrated)
            expect(moved.new_chat_id == new, f"it moved to {moved.new_chat_id}, not {new}")
            sent = await bot.send_message(new, "x")
            expect(sent.chat.type == "supergroup", f"sent {sent}")


if __name__ == "__main__":
    play(script)
