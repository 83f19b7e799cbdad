"""A bot that answers /claims, as one writes it with aiogram; it takes updates concurrently by itself."""

import asyncio
import json
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command

dispatcher = Dispatcher()


@dispatcher.message(Command("claims"))
async def claims(message):
    await message.reply("Nothing is claimed.", disable_notification=True)


@dispatcher.startup()
async def tell():
    print("ready", flush=True)


async def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        ready = json.load(file)
    token = next(each["token"] for each in ready["bots"] if each["username"] == "mesh_mastermind_bot")
    session = AiohttpSession(api=TelegramAPIServer.from_base(ready["bot_api"]))
    await dispatcher.start_polling(Bot(token, session=session))


asyncio.run(main())
