"""The page in a browser nobody here wrote: written in, tapped, two windows live, at a phone's width and at a desk's.

Pictures go into the folder named in PAGE_PICTURES, if it is set.
"""

import json
import os

from chromium import chromium, found
from stage import expect, play, step

PHONE, DESK = (390, 844), (1280, 800)
SCRIPT = "<script>document.title='stolen'</script><img src=x onerror=\"document.title='stolen'\">"
LAST = "[...document.querySelectorAll('#messages article')].at(-1)"


def has(text):
    return f"document.querySelector('#messages').innerText.includes({json.dumps(text)})"


async def picture(window, name):
    folder = os.environ.get("PAGE_PICTURES")
    if folder:
        await window.picture(os.path.join(folder, f"{name}.png"))


async def sound(window):
    """Nothing sticks out at the side, and every control has a name."""
    wide = await window.js("document.documentElement.scrollWidth > innerWidth")
    expect(not wide, "the page is wider than the window")
    panes = "[...document.querySelectorAll('#list, #scroll')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.id)"
    wider = await window.js(panes)
    expect(wider == [], f"wider than what is seen of them: {wider}")
    nameless = await window.js(
        "[...document.querySelectorAll('button, a, select, textarea, summary')].filter((one) => one.offsetParent"
        " && !(one.innerText || one.ariaLabel || one.labels?.length)).map((one) => one.outerHTML)"
    )
    expect(nameless == [], f"controls without a name: {nameless}")


async def enter(browser, stage, name, size, dark=False):
    account, chat = stage.account(name), stage.ready["chats"][0]["id"]
    window = await browser.window(f"{stage.ready['page']}#as={account['id']}&chat={chat}", *size, dark)
    await window.until(f"{name} is live", "document.querySelector('#state')?.innerText === 'Live'")
    await window.until("the chat is open", "!document.querySelector('#write').hidden")
    return window


async def write(window, text):
    await window.js("document.querySelector('#text').focus()")
    await window.write(text)


async def script(stage):
    async with chromium(found()) as browser:
        with step("two people, two windows, one chat"):
            ely = await enter(browser, stage, "Ely", DESK)
            alex = await enter(browser, stage, "Alex", PHONE, dark=True)
            await write(ely, "Hello from a desk")
            await alex.until("Alex sees what Ely wrote", has("Hello from a desk"))
            await write(alex, "Hello from a phone")
            await ely.until("Ely sees what Alex wrote", has("Hello from a phone"))
            await sound(ely)
            await sound(alex)

        with step("a message with a script in it is text"):
            await write(alex, SCRIPT)
            for window in (alex, ely):
                await window.until("the script is shown", has(SCRIPT))
                title = await window.js("document.title")
                expect(title.startswith("Mesh Mastermind"), f"the title is {title}")
                inside = await window.js("document.querySelectorAll('#messages script, #messages img').length")
                expect(inside == 0, "it became elements")

        with step("reply, react, edit, pin and delete by keyboard, seen in the other window"):
            await alex.js(f"{LAST}.querySelector('summary').focus()")
            await alex.press("Enter", 13)
            await alex.until("the choices open", f"{LAST}.querySelector('.choices button')")
            await picture(alex, "choices-390-dark")
            await alex.js(f"[...{LAST}.querySelectorAll('.choices button')].find((one) => one.innerText === 'Edit').click()")
            await alex.js("document.querySelector('#text').select()")
            await alex.write("Harmless now")
            await ely.until("Ely sees the edit", f"{LAST}.innerText.includes('Harmless now') && {LAST}.innerText.includes('edited')")
            await ely.js(f"{LAST}.querySelector('summary').click()")
            await ely.until("the choices open", f"{LAST}.querySelector('.choices button')")
            await ely.js(f"[...{LAST}.querySelectorAll('.choices button')].find((one) => one.innerText === '👍').click()")
            await alex.until("Alex sees the reaction", f"{LAST}.querySelector('.reactions')?.innerText.includes('👍 Ely')")
            await ely.js(f"{LAST}.querySelector('summary').click()")
            await ely.until("the choices open", f"{LAST}.querySelector('.choices button')")
            await ely.js(f"[...{LAST}.querySelectorAll('.choices button')].find((one) => one.innerText === 'Reply').click()")
            await ely.write("An answer")
            await alex.until("Alex sees the answer and what it answers", f"{LAST}.querySelector('.quoted')?.innerText.includes('Harmless now')")
            await ely.until("Ely's own window shows it too", f"{LAST}.innerText.includes('An answer')")
            await ely.js(f"{LAST}.querySelector('summary').click()")
            await ely.until("the choices open", f"{LAST}.querySelector('.choices button')")
            await ely.js(f"[...{LAST}.querySelectorAll('.choices button')].find((one) => one.innerText === 'Pin').click()")
            await alex.until("Alex sees the pin", "document.querySelector('#pinned').innerText.includes('An answer')")
            answer = "[...document.querySelectorAll('#messages article')].findLast((one) => one.innerText.includes('An answer'))"
            await ely.until("the pin is drawn", f"{answer}.innerText.includes('pinned')")
            await ely.js(f"{answer}.querySelector('summary').click()")
            await ely.until("the choices open", f"{answer}.querySelector('.choices button')")
            await ely.js(f"[...{answer}.querySelectorAll('.choices button')].find((one) => one.innerText === 'Delete').click()")
            await alex.until("Alex sees it go", f"!{has('An answer')}")

        with step("the bot's buttons are tapped"):
            await write(ely, "/mesh")
            await ely.until("a card with buttons", f"{LAST}.querySelector('.keyboard button')")
            before = await ely.js(f"{LAST}.innerText")
            await picture(ely, "card-1280-light")
            await ely.js(f"{LAST}.querySelector('.keyboard button').click()")
            said = f"document.querySelector('#notice').innerText || document.querySelector('#alert').open || {LAST}.innerText !== {json.dumps(before)}"
            await ely.until("the bot answers", said)

        with step("in private with the bridge account, and back on a phone"):
            bridge = stage.account("Mesh Bridge")["id"]
            await alex.js("document.querySelector('#back').click()")
            await alex.until("the list is shown", "document.querySelector('#list').offsetParent")
            await picture(alex, "list-390-dark")
            await sound(alex)
            await alex.js("[...document.querySelectorAll('#list button')].find((one) => one.innerText.includes('Mesh Bridge')).click()")
            await alex.until("the private chat is open", f"location.hash.includes('chat={bridge}') && !document.querySelector('#write').hidden")
            await write(alex, "Is anybody there?")
            await alex.until("it is said", has("Is anybody there?"))

        with step("another person in the same window sees what is theirs"):
            sam = stage.account("Sam")["id"]
            await alex.js(f"(() => {{ const who = document.querySelector('#who'); who.value = {sam}; who.dispatchEvent(new Event('change')) }})()")
            await alex.until("Sam's chats", "document.querySelector('#chats').innerText.includes('Mesh Mastermind')")
            private = await alex.js("document.querySelector('#chats').innerText.includes('Is anybody there?')")
            expect(not private, "Sam sees what Alex wrote in private")

        with step("what happens while the line is down is told when it is back"):
            await ely.call("Network.enable")
            offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
            await ely.call("Network.emulateNetworkConditions", offline=True, **offline)
            await ely.js("window.dispatchEvent(new Event('offline'))")
            await alex.js("[...document.querySelectorAll('#chats button')].find((one) => one.innerText.includes('Mesh Mastermind')).click()")
            await alex.until("Sam is in the group", "location.hash.includes('chat=-')")
            await write(alex, "Said meanwhile")
            await alex.until("it is said", has("Said meanwhile"))
            await ely.call("Network.emulateNetworkConditions", offline=False, **offline)
            await ely.until("Ely is told", has("Said meanwhile"))

        with step("at both widths, light and dark"):
            await picture(ely, "chat-1280-light")
            await picture(alex, "chat-390-dark")
            await ely.size(*PHONE)
            await sound(ely)
            await picture(ely, "chat-390-light")
            desk = await enter(browser, stage, "Ely", DESK, dark=True)
            await picture(desk, "chat-1280-dark")
            await sound(desk)


if __name__ == "__main__":
    if found():
        play(script)
    else:
        print("peers: passed over: page.py needs a Chromium (chromium-headless-shell, chromium or google-chrome)")
