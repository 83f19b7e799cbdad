"""Two real gateways and a node that drives them: every step is told, and a step that fails ends the script."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

MESH, NODE, GATEWAYS = (os.environ[name] for name in ("MESH", "NODE", "GATEWAYS"))
GATEWAY_TOKEN, HOOK_TOKEN, OWN_TOKEN = "SANDBOX-gateway-token", "SANDBOX-hook-of-gateway", "SANDBOX-token-of-sandman"
READY_WITHIN = 180  # seconds until a gateway answers after its first start: the older one compiles its plugins
WITHIN = 60  # seconds until anything else must have happened
EVERY = 0.5  # seconds between two looks
BUILD = {
    "January": ("january/node_modules/clawdbot/dist/entry.js", ".clawdbot/clawdbot.json"),
    "September": ("september/node_modules/openclaw/openclaw.mjs", ".openclaw/openclaw.json"),
}


def free_port():
    """A port with free ones behind it: the older gateway takes two more."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                for more in (2, 3):
                    with socket.socket() as other:
                        other.bind(("127.0.0.1", port + more))
                return port
            except OSError:
                pass


def until(what, look, within=WITHIN):
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(EVERY)
    raise AssertionError(f"{what} did not happen within {within} s")


class Gateway:
    """One gateway, in a home of its own."""

    def __init__(self, name, folder):
        self.name, self.port, self.process = name, free_port(), None
        self.home = folder / name
        self.log = folder / f"{name}.log"
        config = self.home / BUILD[name][1]
        config.parent.mkdir(parents=True)
        config.write_text(
            json.dumps(
                {
                    "gateway": {"mode": "local", "port": self.port, "auth": {"mode": "token", "token": GATEWAY_TOKEN}},
                    "hooks": {"enabled": True, "token": HOOK_TOKEN},
                    "update": {"checkOnStart": False},
                    "commands": {"restart": True},
                    "logging": {"file": str(self.home / "gateway.jsonl")},
                }
            )
        )

    def start(self):
        quiet = {"CLAWDBOT_DISABLE_BONJOUR": "1", "OPENCLAW_DISABLE_BONJOUR": "1", "OPENCLAW_NO_AUTO_UPDATE": "1"}
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), **quiet}
        command = [NODE, f"{GATEWAYS}/{BUILD[self.name][0]}", "gateway", "run", "--port", str(self.port), "--bind", "loopback"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True, cwd=self.home)

    def listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def kill(self):
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self.process = None


class Node:
    """A sandbox, and a node in it whose agents have these gateways."""

    def __init__(self, folder, gateways):
        self.folder, self.processes = folder, []
        sandbox = self.spawn("sandbox", "--ready-json")
        ready = json.loads(sandbox.stdout.readline())
        bots = {bot["username"]: bot for bot in ready["bots"]}
        for name, text in [
            ("bot.token", bots["mesh_mastermind_bot"]["token"]),
            ("gateway.token", GATEWAY_TOKEN),
            ("hook.token", HOOK_TOKEN),
            ("own.token", OWN_TOKEN),
        ]:
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        lines = [
            f'[mesh]\nname = "m"\nnode = "n"\nsequencer = "n"\nterm = 1\ngroup = {ready["chats"][0]["id"]}',
            f'[bot]\ntoken = {{ file = "bot.token" }}\napi_url = "{ready["bot_api"]}"',
            '[hooks]\nlisten = "127.0.0.1:0"\n[rules]\nrestart_every = "1 s"',
            f'[[people]]\nid = {ready["accounts"][0]["id"]}\nname = "Ely"\nrole = "exec"',
            f'[[agents]]\nid = {bots["sandman_agent_bot"]["id"]}\nname = "Sandman"\ntoken = {{ file = "own.token" }}',
        ]
        for gateway, bot in zip(gateways, ("oracle_agent_bot", "oraclelocal_agent_bot"), strict=True):
            at = f"127.0.0.1:{gateway.port}"
            lines.append(
                f'[[agents]]\nid = {bots[bot]["id"]}\nname = "{gateway.name}"\naccepts_from = ["Sandman"]\ndoors = ["hook"]\n'
                f'hook = "http://{at}/hooks/agent"\nhook_token = {{ file = "hook.token" }}\n'
                f'driver = {{ kind = "openclaw", gateway = "{at}", token = {{ file = "gateway.token" }} }}'
            )
        (folder / "mesh.toml").write_text("\n".join(lines) + "\n")
        self.door = None

    def start(self):
        node = self.spawn("run", "--config", str(self.folder / "mesh.toml"))
        for line in node.stdout:
            if "agents may speak at" in line:
                self.door = line.split()[-1]
            if "mesh: running" in line:
                return
        raise AssertionError("the node does not start")

    def spawn(self, *words):
        with (self.folder / "mesh.log").open("ab") as log:
            process = subprocess.Popen([MESH, *words], stdout=subprocess.PIPE, stderr=log, text=True)
        self.processes.append(process)
        return process

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()

    def mesh(self, *words, code=0):
        """Runs a subcommand; what it said."""
        ended = subprocess.run([MESH, *words, "--config", str(self.folder / "mesh.toml")], capture_output=True, text=True)
        said = (ended.stdout + ended.stderr).strip()
        if code is not None and ended.returncode != code:
            raise AssertionError(f"mesh {' '.join(words)} ended with {ended.returncode}: {said}")
        return said if code is not None else (ended.returncode, said)

    def hand(self, to, text):
        """Sandman sends an agent something by the node's door."""
        body = json.dumps({"message": text, "deliver": False, "channel": "telegram", "to": to}).encode()
        request = urllib.request.Request(f"{self.door}/hooks/agent", body, {"Authorization": f"Bearer {OWN_TOKEN}"})
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:
            return json.load(answer)

    def figures(self, name):
        request = urllib.request.Request(f"{self.door}/agents", headers={"Authorization": f"Bearer {OWN_TOKEN}"})
        with urllib.request.urlopen(request, timeout=WITHIN) as answer:
            return next(agent for agent in json.load(answer)["agents"] if agent["name"] == name)

    def delivered(self, name, runs):
        figures = self.figures(name)
        return figures["runs"] >= runs and figures["waiting"] == 0


def hook_is_closed(gateway):
    """Whether its hook answers 503: it is suspended."""
    url, headers = f"http://127.0.0.1:{gateway.port}/hooks/agent", {"Authorization": f"Bearer {HOOK_TOKEN}"}
    try:
        urllib.request.urlopen(urllib.request.Request(url, b"{}", headers), timeout=WITHIN)
    except urllib.error.HTTPError as error:
        return error.code == 503
    return False


class Step:
    """One promise, told as soon as it is kept or broken."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.begun = time.monotonic()

    def __exit__(self, kind, error, trace):
        took = f"{time.monotonic() - self.begun:.1f} s"
        print(f"not ok - {self.name}: {error}" if error else f"ok - {self.name} ({took})", flush=True)


def drive(node, gateway):
    name = gateway.name
    with Step(f"{name}: the node asks whether it is there"):
        # Its hook may be open before its WebSocket is: then the node asks by that.
        def answers():
            code, said = node.mesh("agent", name, "ping", code=None)
            return code == 0 and "gateway " in said

        until("an answer of its gateway", answers, READY_WITHIN)
    with Step(f"{name}: reads its log"):
        lines = node.mesh("logs", name, "-n", "5").splitlines()
        assert 1 <= len(lines) <= 5 and all(line[2] == ":" for line in lines if line[:2].isdigit()), lines
        assert any(line[:2].isdigit() for line in lines), lines
    with Step(f"{name}: shows its settings without secrets"):
        said = node.mesh("agent", name, "config")
        assert GATEWAY_TOKEN not in said and HOOK_TOKEN not in said and str(gateway.port) in said, said
    with Step(f"{name}: a hook is accepted"):
        node.hand(name, "Are you there?")
        until("the delivery", lambda: node.delivered(name, 1))
    with Step(f"{name}: is paused and resumed, and nothing is lost"):
        node.mesh("agent", name, "pause", "--as", "Ely")
        until("the word that it is paused", lambda: node.delivered(name, 2))
        if name == "September":
            until("its suspension", lambda: hook_is_closed(gateway))
        node.hand(name, "While you were paused.")
        assert node.figures(name)["waiting"] == 1, node.figures(name)
        node.mesh("agent", name, "resume", "--as", "Ely")
        until("the delivery of what waited", lambda: node.delivered(name, 4))
        assert not hook_is_closed(gateway)
    with Step(f"{name}: is restarted"):
        said = node.mesh("agent", name, "restart")
        assert f"{name} restarted after " in said, said
    with Step(f"{name}: a setting is changed"):
        node.mesh("agent", name, "config", "hooks.path", "/hooks")
        until("the value", lambda: node.mesh("agent", name, "config", "hooks.path", code=None)[1] == "/hooks")
    with Step(f"{name}: a setting that can't be is refused in its own words"):
        code, said = node.mesh("agent", name, "config", "gateway.port", '"none"', code=None)
        assert code == 1 and "gateway.port" in said, said
    with Step(f"{name}: dies, and what was for it arrives when it is back"):
        before = node.figures(name)["runs"]
        gateway.kill()
        until("its death", lambda: not gateway.listens())
        node.hand(name, "While you were dead.")
        code, said = node.mesh("agent", name, "ping", code=None)
        assert code == 1, said
        gateway.start()
        until("its return", lambda: node.mesh("agent", name, "ping", code=None)[0] == 0, READY_WITHIN)
        until("the delivery", lambda: node.delivered(name, before + 1), READY_WITHIN)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        gateways = [Gateway(name, folder) for name in BUILD]
        node = None
        try:
            for gateway in gateways:
                gateway.start()
            node = Node(folder, gateways)
            node.start()
            for gateway in gateways:
                drive(node, gateway)
        except AssertionError:
            for log in [*(gateway.log for gateway in gateways), folder / "mesh.log"]:
                print(f"the end of {log.name}:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-12:]))
            return 1
        finally:
            if node:
                node.stop()
            for gateway in gateways:
                gateway.kill()
    return 0


sys.exit(main())
