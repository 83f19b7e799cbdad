"""The page with names of sixty letters: at a phone's width and at a desk's nothing sticks out at the side."""

from chromium import chromium, found
from page import DESK, LAST, PHONE, enter, picture, sound, write
from stage import expect, play, step


async def inside(window, what):
    """Every control and every line stands within the window, or is cut off with dots."""
    out = await window.js(
        "[...document.querySelectorAll('body *')].filter((one) => {"
        "  const cut = (other) => other && (getComputedStyle(other).textOverflow === 'ellipsis' || cut(other.parentElement));"
        "  return one.offsetParent && one.getBoundingClientRect().right > innerWidth + 1 && !cut(one.parentElement);"
        "}).map((one) => one.outerHTML.slice(0, 80))"
    )
    expect(out == [], f"{what} sticks out: {out}")
    await sound(window)


async def script(stage):
    first, second = [account["name"] for account in stage.ready["accounts"]]
    async with chromium(found()) as browser:
        for size in (PHONE, DESK):
            with step(f"names of sixty letters at {size[0]} pixels"):
                window = await enter(browser, stage, first, size)
                await inside(window, "the chat")
                # The answer of the round before quotes its word.
                word, answer = f"word at {size[0]}", f"answer at {size[0]}"
                await write(window, word)
                await window.until("it is said", f"{LAST}.innerText.includes('{word}')")
                await window.js(f"{LAST}.querySelector('summary').click()")
                await window.until("the choices open", f"{LAST}.querySelector('.choices button')")
                await window.js(f"[...{LAST}.querySelectorAll('.choices button')].find((one) => one.innerText === '👍').click()")
                await window.until("the reaction is there", f"{LAST}.querySelector('.reactions')")
                await inside(window, "the reaction")
                await picture(window, f"names-{size[0]}-chat")
                other = await enter(browser, stage, second, size)
                await other.js(f"{LAST}.querySelector('summary').click()")
                await other.until("the choices open", f"{LAST}.querySelector('.choices button')")
                await other.js(f"[...{LAST}.querySelectorAll('.choices button')].find((one) => one.innerText === 'Reply').click()")
                await inside(other, "what is answered")
                await other.write(answer)
                await window.until("it is answered", f"{LAST}.innerText.includes('{answer}')")
                await inside(window, "the answer")
                await picture(other, f"names-{size[0]}-answer")
                if size == PHONE:
                    await other.js("document.querySelector('#back').click()")
                    await other.until("the list is shown", "document.querySelector('#list').offsetParent")
                await inside(other, "the list")
                await picture(other, f"names-{size[0]}-list")


if __name__ == "__main__":
    if found():
        play(script)
    else:
        print("peers: passed over: page_names.py needs a Chromium (chromium-headless-shell, chromium or google-chrome)")
