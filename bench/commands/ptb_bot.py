"""A bot that answers /claims, as one writes it with python-telegram-bot; updates concurrently, which is its fastest."""

import json
import sys

from telegram.ext import Application, CommandHandler


async def claims(update, context):
    await update.message.reply_text("Nothing is claimed.", do_quote=True, disable_notification=True)


async def tell(application):
    print("ready", flush=True)


with open(sys.argv[1], encoding="utf-8") as file:
    ready = json.load(file)
token = next(each["token"] for each in ready["bots"] if each["username"] == "mesh_mastermind_bot")
application = (
    Application.builder()
    .token(token)
    .base_url(f"{ready['bot_api']}/bot")
    .concurrent_updates(True)
    .post_init(tell)
    .build()
)
application.add_handler(CommandHandler("claims", claims))
application.run_polling(allowed_updates=["message"])
