// The page: who you are, which chat is open, what is in it.

import { ask, listen, order } from "./server.js";
import { drawn, el, time } from "./message.js";

const KEPT = 300; // messages drawn at once
const NOTICE = 6000; // milliseconds that a notice stays
const $ = (id) => document.getElementById(id);

let me = null; // the person's id
let open = null; // the open chat's id
let source = null; // the events
let shown = new Map(); // messages of the open chat, by key
let unread = new Map(); // by chat
let latest = new Map(); // the newest message of each chat, by key
let about = null; // what is being answered or edited: { message, edit }
let noticed = 0;

function notice(text) {
  $("notice").textContent = text;
  clearTimeout(noticed);
  noticed = setTimeout(() => { $("notice").textContent = ""; }, NOTICE);
}

async function doing(act) {
  try {
    return await act();
  } catch (error) {
    notice(error instanceof TypeError ? "The sandbox can't be reached." : error.message);
    return null;
  }
}

const does = (act) => doing(() => order({ as: me, ...act }));

// The address keeps who and where, so that two windows can be two people.
function remember() {
  history.replaceState(null, "", `#${new URLSearchParams(open === null ? { as: me } : { as: me, chat: open })}`);
}

function remembered() {
  const given = new URLSearchParams(location.hash.slice(1));
  return { as: Number(given.get("as")), chat: Number(given.get("chat")) };
}

async function start() {
  const { people } = await ask("start");
  $("who").replaceChildren(...people.map((one) => el("option", { value: one.id }, one.name)));
  const { as, chat } = remembered();
  await become((people.find((one) => one.id === as) || people[0]).id, chat || null);
}

async function become(id, chat) {
  me = id;
  $("who").value = String(id);
  unread = new Map();
  latest = new Map();
  if (source) source.close();
  leave();
  const position = await list();
  follow(position);
  if (chat !== null) await enter(chat);
}

function follow(position) {
  source = listen(me, position, {
    state: (up) => { $("state").textContent = up ? "Live" : "Connecting …"; document.body.classList.toggle("away", !up); },
    message: (message) => hear(message),
    anew: () => doing(async () => { await list(); if (open !== null) await enter(open, false); }),
    ended: () => doing(async () => { source.close(); follow(await list()); if (open !== null) await enter(open, false); }),
  });
}

// The chats and everybody else; returns the position to listen from.
async function list() {
  const { position, chats, people } = await ask("chats", { as: me });
  for (const chat of chats) if (chat.last) latest.set(chat.id, Math.max(chat.last.key, latest.get(chat.id) || 0));
  $("chats").replaceChildren(...chats.map(entry));
  $("people").replaceChildren(...people.map((one) =>
    el("li", {}, el("button", { type: "button", onclick: () => enter(one.id) }, one.name, one.bot ? el("span", { class: "mark" }, "bot") : null))));
  return position;
}

function entry(chat) {
  const count = unread.get(chat.id) || 0;
  const last = chat.last ? `${chat.last.own ? "You" : chat.last.by}: ${chat.last.text}` : "";
  const label = `${chat.title}${count ? `, ${count} unread` : ""}`;
  return el("li", {}, el("button", { type: "button", "data-chat": chat.id, "aria-label": label, "aria-current": chat.id === open ? "true" : false, onclick: () => enter(chat.id) },
    el("span", { class: "title" }, chat.title), chat.last ? time(chat.last.date) : null,
    el("span", { class: "last" }, last.slice(0, 80)), count ? el("span", { class: "count" }, String(count)) : null));
}

let listing = null;
function listSoon() {
  // Many events, one look.
  listing ??= setTimeout(() => { listing = null; doing(list); }, 150);
}

function leave() {
  open = null;
  shown = new Map();
  setAbout(null);
  document.body.classList.remove("inside");
  $("messages").replaceChildren();
  $("write").hidden = true;
  $("earlier").hidden = true;
  $("pinned").hidden = true;
  $("title").textContent = "No chat chosen";
  $("members").textContent = "Choose one of the chats.";
  document.title = "Sandbox";
  remember();
}

async function enter(id, focus = true) {
  const got = await doing(() => ask("chat", { as: me, chat: id }));
  if (!got) return;
  const changed = id !== open;
  open = id;
  unread.delete(id);
  if (changed) {
    setAbout(null);
    $("messages").replaceChildren();
  }
  document.body.classList.add("inside");
  $("title").textContent = got.chat.title;
  $("members").textContent = got.chat.kind === "private" ? "Private chat" : `You, ${got.chat.members.join(", ")}`;
  document.title = `${got.chat.title} – Sandbox`;
  $("write").hidden = false;
  $("earlier").hidden = !got.more;
  const box = $("messages");
  box.setAttribute("aria-live", "off"); // what was there already is not read out
  shown = new Map(got.messages.map((message) => [message.key, message]));
  box.replaceChildren(...got.messages.map(draw));
  pins();
  bottom();
  remember();
  if (focus) (matchMedia("(pointer: coarse)").matches ? $("title") : $("text")).focus();
  setTimeout(() => box.setAttribute("aria-live", "polite"), 500);
  listSoon();
}

// Others change a message while its menu is open: drawn anew, it is still open.
function draw(message) {
  const made = drawn(message, {
    react: (emoji) => does({ do: "react", message: message.key, emoji }),
    reply: () => setAbout({ message, edit: false }),
    edit: () => setAbout({ message, edit: true }),
    remove: () => does({ do: "delete", message: message.key }),
    pin: () => does({ do: "pin", message: message.key, pinned: !message.pinned }),
    jump: () => jump(message.reply.key),
    tap: (row, column, label, button) => tap(message.key, row, column, label, button),
  });
  const menu = made.querySelector("details.actions");
  if (menu && at(message.key)?.querySelector("details.actions")?.open) menu.open = true;
  return made;
}

const at = (key) => $("messages").querySelector(`[data-key="${Number(key)}"]`);

function jump(key) {
  const target = at(key);
  if (!target) return notice("That message is further back.");
  target.scrollIntoView({ block: "center" });
  target.focus();
}

async function tap(key, row, column, label, button) {
  button.setAttribute("aria-busy", "true");
  const answer = await does({ do: "tap", message: key, row, column, label });
  button.removeAttribute("aria-busy");
  if (!answer) return;
  if (answer.alert && answer.text) {
    $("alert-text").textContent = answer.text;
    $("alert").showModal();
  } else if (answer.text) notice(answer.text);
}

function isAtBottom() {
  const box = $("scroll");
  return box.scrollHeight - box.scrollTop - box.clientHeight < 60;
}

function bottom() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

function hear(message) {
  listSoon();
  if (message.chat !== open) {
    if (message.gone || message.key <= (latest.get(message.chat) || 0)) return;
    latest.set(message.chat, message.key);
    if (!message.own) unread.set(message.chat, (unread.get(message.chat) || 0) + 1);
    return;
  }
  const old = at(message.key);
  if (message.gone) {
    shown.delete(message.key);
    old?.remove();
    return pins();
  }
  const oldest = Math.min(...shown.keys());
  if (!old && shown.size && message.key < oldest) return; // further back than what is drawn
  const wasAtBottom = isAtBottom();
  const wasPinned = shown.get(message.key)?.pinned || false;
  shown.set(message.key, message);
  if (old) {
    const focused = old.contains(document.activeElement) ? document.activeElement.textContent : null;
    const now = draw(message);
    old.replaceWith(now);
    if (focused !== null) ([...now.querySelectorAll("button")].find((one) => one.textContent === focused) || now).focus();
  } else place(message);
  // Pinning is told by a message of its own, which comes with the chat.
  if (message.pinned && !wasPinned && old) return void enter(open, false);
  if (wasAtBottom || (message.own && !old)) bottom();
  pins();
}

function place(message) {
  const box = $("messages");
  const next = [...box.children].find((one) => Number(one.dataset.key) > message.key);
  box.insertBefore(draw(message), next || null);
  while (box.children.length > KEPT && isAtBottom()) {
    shown.delete(Number(box.firstElementChild.dataset.key));
    box.firstElementChild.remove();
    $("earlier").hidden = false;
  }
}

function pins() {
  const pinned = [...shown.values()].filter((message) => message.pinned).pop();
  $("pinned").hidden = !pinned;
  if (!pinned) return;
  $("pinned").textContent = `📌 ${pinned.text.slice(0, 120)}`;
  $("pinned").setAttribute("aria-label", `Pinned: ${pinned.text.slice(0, 120)}`);
  $("pinned").onclick = () => jump(pinned.key);
}

async function earlier() {
  const first = Math.min(...shown.keys());
  const got = await doing(() => ask("chat", { as: me, chat: open, before: first }));
  if (!got) return;
  const box = $("scroll");
  const below = box.scrollHeight - box.scrollTop;
  for (const message of got.messages) shown.set(message.key, message);
  shown = new Map([...shown].sort(([a], [b]) => a - b));
  $("messages").prepend(...got.messages.map(draw));
  $("earlier").hidden = !got.more;
  box.scrollTop = box.scrollHeight - below;
}

function setAbout(next) {
  about = next;
  $("about").hidden = !next;
  if (!next) return;
  $("about-text").textContent = next.edit ? "Edit your message" : `Reply to ${next.message.by}: ${next.message.text.slice(0, 80)}`;
  if (next.edit) $("text").value = next.message.text;
  grow();
  $("text").focus();
}

async function send() {
  const text = $("text").value;
  if (!text.trim()) return;
  const act = about?.edit
    ? { do: "edit", message: about.message.key, text }
    : { do: "post", chat: open, text, reply_to: about ? about.message.key : null };
  if (await does(act)) {
    $("text").value = "";
    setAbout(null);
    grow();
  }
}

function grow() {
  $("text").rows = Math.min(8, $("text").value.split("\n").length);
}

$("who").addEventListener("change", () => doing(() => become(Number($("who").value), null)));
$("back").addEventListener("click", () => { leave(); doing(list); $("chats").querySelector("button")?.focus(); });
$("write").addEventListener("submit", (event) => { event.preventDefault(); send(); });
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  if (event.key === "Escape" && about) { event.preventDefault(); setAbout(null); $("text").value = ""; }
});
$("about-off").addEventListener("click", () => { setAbout(null); $("text").focus(); });
$("earlier").addEventListener("click", earlier);
$("alert-ok").addEventListener("click", () => $("alert").close());
doing(start);
