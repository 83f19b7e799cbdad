"""The bridge that the mesh replaces, as one writes it with Telethon: hears the group, knows a claim by a regular
expression, answers with a reaction. Reads the sandbox's line of JSON and keeps its session in a file beside it."""

import asyncio
import json
import re
import sys
from pathlib import Path

from telethon import TelegramClient, events
from telethon.crypto import rsa
from telethon.sessions import SQLiteSession
from telethon.tl.functions.messages import SendReactionRequest
from telethon.tl.types import ReactionEmoji

CLAIM = re.compile(r"^\s*(?:🔒\s*)?EXCLUSIVE CLAIM:\s*(?P<task>\S.*)$", re.IGNORECASE | re.MULTILINE)


async def main(folder, account, group):
    ready = json.loads((folder / "ready.json").read_text())
    rsa.add_key(ready["rsa_key_pem"], old=False)
    host, port = ready["mtproto"].rsplit(":", 1)
    session = SQLiteSession(str(folder / "telethon"))
    session.set_dc(2, host, int(port))
    client = TelegramClient(session, api_id=1, api_hash="sandbox")
    who = next(each for each in ready["accounts"] if each["name"] == account)
    owners = {}
    await client.start(phone=who["phone"], code_callback=lambda: who["code"])
    peer = await anext(each.input_entity async for each in client.iter_dialogs() if each.id == group)

    @client.on(events.NewMessage(chats=peer))
    async def heard(event):
        claim = CLAIM.search(event.raw_text)
        if not claim:
            return
        task = claim["task"].strip().lower()
        won = owners.setdefault(task, event.sender_id) == event.sender_id
        emoji = ReactionEmoji("👌" if won else "👎")
        await client(SendReactionRequest(peer, event.id, reaction=[emoji]))

    print("ready", flush=True)
    await client.run_until_disconnected()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
