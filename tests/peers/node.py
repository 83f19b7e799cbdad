"""A node of the mesh as its own process, configured for a sandbox."""

import asyncio
import os
from contextlib import asynccontextmanager

from stage import WITHIN, expect

MESH = os.environ["MESH"]
ACCOUNT = "Mesh Bridge"
BOT = "mesh_mastermind_bot"
READY = "mesh: running"


class Place:
    """A configuration of a node, with a state directory of its own."""

    def __init__(self, folder, ready, people=(("Ely", "exec"),), agents=(), signs_in=False, rules=None, lead=None):
        self.folder, self.ready = folder, ready
        self.people, self.agents, self.signs_in, self.rules, self.lead = people, agents, signs_in, rules, lead
        self.private("hash", "sandbox")
        self.private("token", self.bot(BOT)["token"])
        self.private("sandbox.pem", ready["rsa_key_pem"])
        self.user = self.account(ACCOUNT)["id"]
        self.configure()

    def configure(self, hooks=None):
        """Writes the configuration; agents with a hook are asked there every second whether they are there."""
        account, ready = self.account(ACCOUNT), self.ready
        # Telegram's own limits are the client's business; here they would only make the script slow.
        sections = [
            ("mesh", {"name": "Mesh Mastermind", "node": "n", "sequencer": "n", "term": 1, "group": ready["chats"][0]["id"]}),
            ("telegram", {"api_id": 1, "api_hash": {"file": "hash"}}),
            ("telegram.datacenter", {"address": ready["mtproto"], "rsa_key": {"file": "sandbox.pem"}}),
            ("account", {"kind": "dedicated"}),
            ("bot", {"token": {"file": "token"}, "api_url": ready["bot_api"]}),
            ("limits", {"per_chat_per_second": 0, "per_group_per_minute": 0, "overall_per_second": 0}),
            ("rules", self.rules or {}),
        ]
        if self.signs_in:
            self.private("phone", account["phone"])
            sections[3][1].update({"phone": {"file": "phone"}, "code": {"value": account["code"]}})
        if self.lead:
            sections[0][1]["lead"] = self.lead
        if hooks:
            self.private("hook", "SANDBOX" * 6)
            sections.append(("hooks", {"ping_every": "1 s"}))
        for name, role in self.people:
            sections.append(("[people]", {"id": self.account(name)["id"], "name": name, "role": role}))
        for name, username in self.agents:
            agent = {"id": self.bot(username)["id"], "name": name, "doors": ["dm"]}
            if name in (hooks or {}):
                agent.update({"hook": hooks[name], "hook_token": {"file": "hook"}, "doors": ["hook", "dm"]})
            sections.append(("[agents]", agent))
        self.private("mesh.toml", "".join(toml(heading, keys) for heading, keys in sections))

    def account(self, name):
        return next(each for each in self.ready["accounts"] if each["name"] == name)

    def bot(self, username):
        return next(each for each in self.ready["bots"] if each["username"] == username)

    def private(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")

    async def mesh(self, *words, given=None):
        """Runs a subcommand to its end; what it printed."""
        process = await asyncio.create_subprocess_exec(
            MESH,
            *words,
            "--config",
            self.folder / "mesh.toml",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(given), WITHIN)
        expect(process.returncode == 0, f"mesh {words[:2]} ends with {process.returncode}: {err.decode()}")
        return out.decode()

    @asynccontextmanager
    async def node(self):
        """A node that runs, with nobody at its terminal."""
        process = await asyncio.create_subprocess_exec(
            MESH,
            "run",
            "--config",
            self.folder / "mesh.toml",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            line = await asyncio.wait_for(process.stdout.readline(), WITHIN)
            expect(READY in line.decode(), f"the node says {line!r}")
            yield
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), WITHIN)
        expect(process.returncode == 0, f"the node ends with {process.returncode}")


def toml(heading, keys):
    """One section, as TOML: `[people]` stands for a table of a list."""

    def value(given):
        if isinstance(given, dict):
            return "{ " + ", ".join(f"{key} = {value(each)}" for key, each in given.items()) + " }"
        if isinstance(given, list):
            return "[" + ", ".join(value(each) for each in given) + "]"
        return f'"{given}"' if isinstance(given, str) else str(given)

    return "\n".join([f"[{heading}]", *(f"{key} = {value(each)}" for key, each in keys.items()), ""])
