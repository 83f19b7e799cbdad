"""The sandbox's doors by hand: a Telethon client over any transport, a bot's calls, faults."""

import asyncio
import json
import urllib.request
from contextlib import asynccontextmanager

from telethon import TelegramClient
from telethon.network import ConnectionTcpFull
from telethon.sessions import StringSession

from stage import WITHIN

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@asynccontextmanager
async def guest(stage, connection=ConnectionTcpFull):
    """A client that has exchanged a key, and nobody signed in."""
    host, port = stage.ready["mtproto"].rsplit(":", 1)
    session = StringSession()
    session.set_dc(2, host, int(port))
    client = TelegramClient(
        session, api_id=1, api_hash="sandbox", connection=connection, request_retries=1
    )
    await client.connect()
    try:
        yield client
    finally:
        await client.disconnect()


@asynccontextmanager
async def person(stage, name, connection=ConnectionTcpFull):
    """Somebody signed in by phone and code."""
    account = stage.account(name)
    async with guest(stage, connection) as client:
        await client.send_code_request(account["phone"])
        await client.sign_in(account["phone"], account["code"])
        yield client


async def _post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})

    def call():
        with OPENER.open(request, timeout=WITHIN) as answer:
            return json.load(answer)

    return await asyncio.to_thread(call)


async def bot_api(stage, username, method, **parameters):
    """The result of a call as a bot."""
    base, token = stage.ready["bot_api"], stage.bot(username)["token"]
    return (await _post(f"{base}/bot{token}/{method}", parameters))["result"]


async def fault(stage, **order):
    """Makes something go wrong."""
    await _post(f"{stage.ready['control']}/fault", order)
