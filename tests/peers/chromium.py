"""A headless Chromium, driven over its own protocol with what aiohttp brings. Nothing is downloaded."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
import tempfile
from contextlib import asynccontextmanager

import aiohttp

from stage import EVERY, WITHIN, Missed

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def found():
    """The path of a Chromium on this machine, or nothing."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One browser; calls are answered by number, in whichever window."""

    def __init__(self, socket):
        self.socket = socket
        self.numbers = itertools.count(1)
        self.waiting = {}
        self.reading = asyncio.create_task(self._read())

    async def _read(self):
        async for message in self.socket:
            answer = json.loads(message.data)
            waiting = self.waiting.pop(answer.get("id"), None)
            if waiting and not waiting.done():
                waiting.set_result(answer)

    async def call(self, method, window=None, **params):
        number = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        order = {"id": number, "method": method, "params": params}
        if window:
            order["sessionId"] = window
        await self.socket.send_json(order)
        answer = await asyncio.wait_for(self.waiting[number], WITHIN)
        if "error" in answer:
            raise Missed(f"{method}: {answer['error']['message']}")
        return answer["result"]

    async def window(self, url, width, height, dark=False):
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        window = Window(self, session)
        await window.call("Page.enable")
        await window.size(width, height)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await window.call("Emulation.setEmulatedMedia", features=scheme)
        await window.call("Page.navigate", url=url)
        return window


class Window:
    """One window of the browser."""

    def __init__(self, browser, session):
        self.browser = browser
        self.session = session

    async def call(self, method, **params):
        return await self.browser.call(method, self.session, **params)

    async def size(self, width, height):
        phone = width < 700
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )

    async def js(self, expression):
        """The value of an expression, awaited where it is a promise."""
        answer = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Missed(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, missing, expression):
        """Looks again and again, until the expression is true."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + WITHIN
        while True:
            value = await self.js(f"Boolean({expression})")
            if value:
                return
            if clock() > deadline:
                raise Missed(f"{missing} within {WITHIN:.0f} s; the page says: {await self.js('document.body.innerText')}")
            await asyncio.sleep(EVERY)

    async def write(self, text):
        """As a person with a keyboard: the text where the focus is, then Enter."""
        await self.call("Input.insertText", text=text)
        await self.press("Enter", 13)

    async def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}),
            )

    async def picture(self, path):
        shot = await self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))


@asynccontextmanager
async def chromium(path):
    """Starts the browser in a folder of its own, able to reach nothing but this machine."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0",
            f"--user-data-dir={folder}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True,
        )
        try:
            async with aiohttp.ClientSession() as http:
                address = await asyncio.wait_for(_address(process), WITHIN)
                async with http.ws_connect(address, max_msg_size=0) as socket:
                    yield Browser(socket)
        finally:
            # The browser is a family of processes.
            os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()


async def _address(process):
    async for line in process.stderr:
        if b"DevTools listening on " in line:
            return line.split(b" on ", 1)[1].decode().strip()
    raise Missed("Chromium ended before it listened")
