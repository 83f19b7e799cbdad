"""The programs of docs/sandbox.md, run as they stand there: each answers what it hears.

A snippet says by its first line whom it is for: `peers: grammy`. One in Rust names the file that it is, too.
"""

import asyncio
import os
import re
import sys
from pathlib import Path

import aiohttp

from stage import expect, play, step, until

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
NODE_MODULES = TARGET / "peers-node/node_modules"
ACCOUNTS = ["telethon", "sandbox/examples/grammers_echo.rs"]


def snippets():
    """By name: the language and the program."""
    text = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w+)\n(?:#|//) peers: (\S+)\n(.*?)```", text, flags=re.S)
    return {name: (language, program) for language, name, program in blocks}


def command(language, name, program, folder):
    """How to run a program; nothing where what it needs is not here."""
    if language == "rust":
        expect((ROOT / name).read_text(encoding="utf-8") == program, f"{name} is not what the page shows")
        return [str(TARGET / "debug/examples" / Path(name).stem)]
    if language == "js":
        if not (NODE_MODULES / "grammy").exists():
            return None
        (file := folder / "echo.cjs").write_text(program, encoding="utf-8")
        return ["node", str(file)]
    (file := folder / "echo.py").write_text(program, encoding="utf-8")
    return [sys.executable, str(file)]


async def answered(stage, http, name):
    """Somebody says something, and the program says it again."""
    control = stage.ready["control"]
    said = f"an echo of {name}"
    chat = "Ely" if name in ACCOUNTS else stage.ready["chats"][0]["title"]
    echo = "Ely" if name in ACCOUNTS else "Mesh"

    async def look():
        # Said again and again: a program hears only what comes after it has begun to listen.
        async with http.post(f"{control}/post", json={"as": "Alex", "chat": chat, "text": said}) as post:
            expect(post.status == 200, await post.text())
        async with http.get(f"{control}/world") as answer:
            world = await answer.json()
        messages = [one for part in world["chats"] + world["private"] for one in part["messages"]]
        return any(one["from"] == echo and one["text"] == said and one["reply_to"] for one in messages)

    await until(f"{name} answers", look)


async def script(stage):
    found = snippets()
    expect(len(found) == 6, f"the page has {sorted(found)}")
    folder = Path(sys.argv[1]).parent
    environment = {**os.environ, "READY": sys.argv[1], "NODE_PATH": str(NODE_MODULES)}
    async with aiohttp.ClientSession() as http:
        for name, (language, program) in found.items():
            run = command(language, name, program, folder)
            if run is None:
                print(f"peers: passed over: the snippet for {name} needs grammY in {NODE_MODULES}")
                continue
            with step(f"the snippet for {name} runs as it stands in docs/sandbox.md"):
                process = await asyncio.create_subprocess_exec(*run, env=environment, cwd=folder)
                try:
                    await answered(stage, http, name)
                    expect(process.returncode is None, f"it ended with {process.returncode}")
                finally:
                    if process.returncode is None:
                        process.kill()
                    await process.wait()


if __name__ == "__main__":
    play(script)
