"""The hand behind the sandbox, over its control door: what people do to a bot, and what goes wrong."""

import asyncio
import base64
import json
import socket
import subprocess
import urllib.request

from stage import expect, until

GROUP = "Mesh Mastermind"
PERSON = "Ely"
# A PNG of one transparent dot.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Hand:
    """Does as people do, and as Telegram does on a bad day."""

    def __init__(self, ready):
        self.base = ready["control"]
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    async def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"content-type": "application/json"})

        def call():
            with self.opener.open(request, timeout=20) as answer:
                return json.load(answer)

        return await asyncio.to_thread(call)

    async def say(self, text, chat=GROUP):
        return await self.ask("/post", {"as": PERSON, "chat": chat, "text": text})

    async def messages(self):
        world = await self.ask("/world")
        return world["chats"][0]["messages"]

    async def message(self, text):
        """The newest message of the group, once it says this."""

        async def look():
            newest = (await self.messages())[-1]
            return newest if newest["text"] == text else None

        return await until(f"nobody says {text!r}", look)

    async def tap(self, message, button):
        return await self.ask("/tap", {"as": PERSON, "message": message["message"], "button": button})

    async def fault(self, method, status, **more):
        await self.ask("/fault", {"fault": "status", "method": method, "status": status, **more})

    async def migrate(self):
        return (await self.ask("/migrate", {"chat": GROUP}))["chat"]


async def talk(hand):
    """Ely asks for a card, taps its button, is answered, and sees the card change."""
    await hand.say("/start@mesh_mastermind_bot")
    card = await hand.message("Free")
    expect(card["buttons"] == [["Take it"]], f"the card is {card}")
    answer = await hand.tap(card, "Take it")
    expect(answer["text"] == "Yours" and answer["alert"], f"the tap is answered with {answer}")
    edited = await hand.message("take: Ely")
    expect(edited["edited"], f"the card is now {edited}")


def free_port():
    """A port on the loopback that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def own_certificate(folder):
    """A certificate that nobody signed, and its key: the command is that of Telegram's guide to webhooks."""
    certificate, key = f"{folder}/own.pem", f"{folder}/own.key"
    command = "openssl req -newkey rsa:2048 -sha256 -nodes -x509 -days 365 -subj /O=mesh/CN=127.0.0.1".split()
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


async def refusal(call, kind):
    """The refusal of this kind that a call is to meet."""
    try:
        answer = await call
    except kind as error:
        return error
    raise AssertionError(f"not refused, but answered: {answer}")
