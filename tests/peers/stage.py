"""What the scripts share: the sandbox's line of JSON, a person who signs in with Telethon, steps, bounded waits."""

import asyncio
import ipaddress
import json
import sys
from contextlib import asynccontextmanager, contextmanager

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

WITHIN = 20.0  # seconds until something awaited must have happened
EVERY = 0.2  # seconds between two looks
SCRIPT_WITHIN = 180.0  # seconds that a whole script may take


class Missed(Exception):
    """What was awaited did not happen."""


class Ended(Exception):
    """A step failed and has been told of."""


class Stage:
    """A sandbox that is up."""

    def __init__(self, ready):
        self.ready = ready
        rsa.add_key(ready["rsa_key_pem"], old=False)

    def account(self, name):
        return next(each for each in self.ready["accounts"] if each["name"] == name)

    def bot(self, username):
        return next(each for each in self.ready["bots"] if each["username"] == username)

    @asynccontextmanager
    async def person(self, name):
        """Exchanges a key, signs in with phone and code, and leaves when done."""
        account = self.account(name)
        host, port = self.ready["mtproto"].rsplit(":", 1)
        session = StringSession()
        session.set_dc(2, host, int(port))
        client = TelegramClient(session, api_id=1, api_hash="sandbox", connection_retries=1)
        await client.connect()
        try:
            sent = await client.send_code_request(account["phone"])
            me = await client.sign_in(
                account["phone"], account["code"], phone_code_hash=sent.phone_code_hash
            )
            expect(me.id == account["id"], f"signed in as {me.id}, not as {name}")
            yield client
        finally:
            await client.disconnect()

    async def group(self, client):
        """Mesh Mastermind, as found among a person's dialogs."""
        title = self.ready["chats"][0]["title"]
        async for dialog in client.iter_dialogs():
            if dialog.title == title:
                return dialog.input_entity
        raise Missed(f"{title} is not among the dialogs")


def expect(truth, otherwise):
    if not truth:
        raise Missed(otherwise)


async def until(missing, look):
    """Looks again and again, until `look` gives something; then gives that."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + WITHIN
    while True:
        found = await look()
        if found:
            return found
        if clock() > deadline:
            raise Missed(f"{missing} within {WITHIN:.0f} s")
        await asyncio.sleep(EVERY)


passed = 0


@contextmanager
def step(name):
    """One line of the report. A step that fails ends the script: the later ones stand on it."""
    global passed
    try:
        yield
    except Exception as error:
        print(f"not ok - {name}: {type(error).__name__}: {error}", flush=True)
        raise Ended from error
    passed += 1
    print(f"ok - {name}", flush=True)


def _stay_home(event, arguments):
    """Nothing but the loopback is ever contacted."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        if not ipaddress.ip_address(arguments[1][0]).is_loopback:
            raise Missed(f"{arguments[1][0]} is not the loopback")


def play(script, within=SCRIPT_WITHIN):
    """Runs `script(stage)` against the sandbox whose JSON lies in the file named on the command line."""
    sys.addaudithook(_stay_home)
    with open(sys.argv[1], encoding="utf-8") as file:
        stage = Stage(json.load(file))
    failed = 0
    try:
        asyncio.run(asyncio.wait_for(script(stage), within))
    except Ended:
        failed = 1
    except asyncio.TimeoutError:
        print(f"not ok - the script takes longer than {within:.0f} s")
        failed = 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed)
