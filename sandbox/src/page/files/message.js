// A message as elements. Everything that people wrote becomes text nodes, never markup.

export const REACTIONS = ["👌", "👍", "👎", "🔥", "🤝", "🫡", "❤", "👀"];

export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

export function time(date) {
  const at = new Date(date * 1000);
  const text = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return el("time", { datetime: at.toISOString(), title: at.toLocaleString() }, text);
}

// Only the web may be opened from here.
function web(url) {
  return /^https?:\/\//i.test(url) ? url : null;
}

function link(url, text) {
  return web(url) ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}

const STYLES = {
  bold: "strong", italic: "em", underline: "u", strike: "s", code: "code", pre: "code", quote: "q",
  spoiler: "span", name: "span",
};

function styled(text, entities) {
  let made = document.createTextNode(text);
  for (const { kind, url } of entities) {
    if (kind === "link" || kind === "url") made = link(url || (/^[a-z]+:/i.test(text) ? text : `http://${text}`), made);
    else if (kind === "email") made = el("a", { href: `mailto:${text}` }, made);
    else if (STYLES[kind]) made = el(STYLES[kind], { class: kind }, made);
  }
  return made;
}

// Entities may nest and overlap: the text is cut wherever one begins or ends.
export function formatted(text, entities) {
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of entities) {
    cuts.add(Math.min(offset, text.length)).add(Math.min(offset + length, text.length));
  }
  const at = [...cuts].sort((a, b) => a - b);
  const parts = [];
  for (let i = 0; i + 1 < at.length; i += 1) {
    const [from, to] = [at[i], at[i + 1]];
    const over = entities.filter((e) => e.offset <= from && e.offset + e.length >= to);
    parts.push(styled(text.slice(from, to), over));
  }
  return parts;
}

function reaction({ emoji, names, own }, act) {
  const label = `${emoji} ${names.join(", ")}${own ? ", take yours away" : ", react too"}`;
  const press = () => act.react(own ? null : emoji);
  return el("button", { type: "button", "aria-pressed": String(own), "aria-label": label, title: names.join(", "), onclick: press },
    `${emoji} ${names.length > 1 ? names.length : names[0]}`);
}

function keyboard(rows, act) {
  const button = (given, row, column) =>
    given.url
      ? el("a", { class: "button", href: web(given.url) ? given.url : false, target: "_blank", rel: "noopener noreferrer" }, `${given.text} ↗`)
      : given.copy
      ? el("button", { type: "button", onclick: () => navigator.clipboard?.writeText(given.copy), title: given.copy }, `${given.text} ⧉`)
      : given.idle
      ? el("button", { type: "button", disabled: true, title: "Inline mode is not there in the sandbox" }, given.text)
      : el("button", { type: "button", onclick: (event) => act.tap(row, column, given.text, event.currentTarget) }, given.text);
  const line = (row, i) => el("div", { class: "row" }, ...row.map((given, j) => button(given, i, j)));
  return el("div", { class: "keyboard", role: "group", "aria-label": "Buttons" }, ...rows.map(line));
}

function actions(message, act) {
  const choices = el("div", { class: "choices" });
  const button = (text, does, label) =>
    el("button", { type: "button", "aria-label": label || text, onclick: () => { details.open = false; does(); } }, text);
  const fill = () => {
    if (!details.open) return;
    if (choices.childElementCount) return choices.scrollIntoView({ block: "nearest" });
    choices.append(button("Reply", act.reply), button(message.pinned ? "Unpin" : "Pin", act.pin));
    if (message.own) choices.append(button("Edit", act.edit), button("Delete", act.remove));
    choices.append(...REACTIONS.map((emoji) => button(emoji, () => act.react(emoji), `React with ${emoji}`)));
    choices.scrollIntoView({ block: "nearest" });
  };
  const label = `What to do with the message of ${message.by}`;
  const details = el("details", { class: "actions", ontoggle: fill }, el("summary", { "aria-label": label }, "⋯"), choices);
  return details;
}

function quote({ by, text }, jump) {
  return el("button", { type: "button", class: "quoted", onclick: jump, "aria-label": `In reply to ${by}: ${text}` },
    el("strong", {}, by), " ", text);
}

function marks(message) {
  const said = [message.pinned && "📌 pinned", message.edited && "edited", message.silent && "🔕 silent"];
  return said.filter(Boolean).map((mark) => el("span", { class: "mark" }, mark));
}

export function drawn(message, act) {
  const attributes = { "data-key": message.key, tabindex: "-1" };
  if (message.service) {
    return el("article", { ...attributes, class: "service" }, `${message.by} ${message.text.replace(/^\[|\]$/g, "")} `, time(message.date));
  }
  return el("article", { ...attributes, class: message.own ? "own" : "other", "aria-label": `${message.by}` },
    el("header", {}, el("strong", { class: message.bot ? "by bot" : "by" }, message.by), message.bot ? el("span", { class: "mark" }, "bot") : null,
      time(message.date), ...marks(message), actions(message, act)),
    message.reply ? quote(message.reply, act.jump) : null,
    message.file ? el("p", { class: "file" }, `📎 ${message.file}`) : null,
    el("p", { class: "text" }, ...formatted(message.text, message.entities)),
    message.reactions.length ? el("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, ...message.reactions.map((one) => reaction(one, act))) : null,
    message.buttons ? keyboard(message.buttons, act) : null);
}
