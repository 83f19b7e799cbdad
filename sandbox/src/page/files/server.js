// What the page asks of the sandbox, and what it is told.

async function answer(response) {
  const body = await response.json().catch(() => ({ error: "The sandbox gave no answer." }));
  if (!response.ok) throw new Error(body.error || "The sandbox refused.");
  return body;
}

export async function ask(path, query = {}) {
  return answer(await fetch(`/page/${path}?${new URLSearchParams(query)}`));
}

export async function order(body) {
  return answer(
    await fetch("/page/do", {
      method: "POST",
      headers: { "content-type": "application/json", "x-sandbox-page": "1" },
      body: JSON.stringify(body),
    }),
  );
}

// Listens as somebody from a position on. The browser comes back by itself after a break and says where it was.
export function listen(who, after, hears) {
  const source = new EventSource(`/page/events?${new URLSearchParams({ as: who, after })}`);
  source.onopen = () => hears.state(true);
  source.onmessage = (event) => hears.message(JSON.parse(event.data));
  source.addEventListener("anew", () => hears.anew());
  source.onerror = () => {
    hears.state(false);
    // A refusal ends it for good; begin again then.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => hears.ended(), 1000);
  };
  return source;
}
