// grammY, unmodified, as its documentation uses it: by polling and by webhook, and what goes wrong.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Bot, GrammyError, InlineKeyboard, InputFile, webhookCallback } from "grammy";

const WITHIN = 20_000; // milliseconds until something awaited must have happened
const EVERY = 100; // milliseconds between two looks
const GROUP = "Mesh Mastermind";
// A PNG of one transparent dot.
const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

const ready = JSON.parse(readFileSync(process.argv[2], "utf8"));
const token = ready.bots.find((each) => each.username === "mesh_mastermind_bot").token;
const group = ready.chats[0].id;
const options = { client: { apiRoot: ready.bot_api } };

function expect(truth, otherwise) {
  if (!truth) throw new Error(otherwise);
}

async function ask(path, body) {
  const headers = { "content-type": "application/json" };
  const init = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
  const answer = await fetch(ready.control + path, init);
  const said = await answer.json();
  expect(answer.ok, `${path}: ${JSON.stringify(said)}`);
  return said;
}

/** The newest message of the group, once it says this. */
async function message(text) {
  const deadline = Date.now() + WITHIN;
  while (Date.now() < deadline) {
    const newest = (await ask("/world")).chats[0].messages.at(-1);
    if (newest.text === text) return newest;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  throw new Error(`nobody says ${text}`);
}

/** Ely asks for a card, taps its button, is answered, and sees the card change. */
async function talk() {
  await ask("/post", { as: "Ely", chat: GROUP, text: "/start" });
  const card = await message("Free");
  const answer = await ask("/tap", { as: "Ely", message: card.message, button: "Take it" });
  expect(answer.text === "Yours" && answer.alert, `the tap is answered with ${JSON.stringify(answer)}`);
  expect((await message("take: Ely")).edited, "the card is not edited");
}

function newBot() {
  const bot = new Bot(token, options);
  bot.command("start", (ctx) =>
    ctx.reply("*Free*", {
      parse_mode: "MarkdownV2",
      reply_markup: new InlineKeyboard().text("Take it", "take"),
    }),
  );
  bot.callbackQuery("take", async (ctx) => {
    await ctx.answerCallbackQuery({ text: "Yours", show_alert: true });
    await ctx.editMessageText(`${ctx.callbackQuery.data}: ${ctx.from.first_name}`);
  });
  return bot;
}

/** The refusal that a call is to meet, with this code. */
async function refusal(call, code) {
  try {
    await call;
  } catch (error) {
    expect(error instanceof GrammyError && error.error_code === code, `instead of ${code}: ${error}`);
    return error;
  }
  throw new Error(`not refused with ${code}`);
}

async function byPolling() {
  const bot = newBot();
  const running = bot.start();
  await talk();
  await bot.stop();
  await running;
}

async function byWebhook() {
  const bot = newBot();
  const server = createServer(webhookCallback(bot, "http", { secretToken: "S3cret" }));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/hook`;
  await bot.api.setWebhook(url, { secret_token: "S3cret" });
  await talk();
  const info = await bot.api.getWebhookInfo();
  expect(info.url === url && !info.last_error_date, `the webhook is ${JSON.stringify(info)}`);
  await bot.api.deleteWebhook();
  server.close();
  server.closeAllConnections();
}

async function menu() {
  const [commands, scope] = [[{ command: "mesh", description: "The mesh" }], { type: "all_group_chats" }];
  await api.setMyCommands(commands, { scope });
  const kept = await api.getMyCommands({ scope });
  expect(JSON.stringify(kept) === JSON.stringify(commands), `the menu is ${JSON.stringify(kept)}`);
}

async function file() {
  const plan = new InputFile(new TextEncoder().encode("step one"), "plan.txt");
  const sent = await api.sendDocument(group, plan, { caption: "The plan" });
  expect(sent.document.file_name === "plan.txt" && sent.caption === "The plan", `sent ${JSON.stringify(sent)}`);
  const { file_path } = await api.getFile(sent.document.file_id);
  const content = await (await fetch(`${ready.bot_api}/file/bot${token}/${file_path}`)).text();
  expect(content === "step one", `got ${content}`);
}

async function photo() {
  const dot = Buffer.from(DOT, "base64");
  const sent = await api.sendPhoto(group, new InputFile(dot, "dot.png"), { caption: "The dot" });
  expect(sent.photo.at(-1).width === 1 && sent.caption === "The dot", `sent ${JSON.stringify(sent)}`);
  const { file_path } = await api.getFile(sent.photo.at(-1).file_id);
  const content = await (await fetch(`${ready.bot_api}/file/bot${token}/${file_path}`)).arrayBuffer();
  expect(dot.equals(Buffer.from(content)), "it came down different");
}

async function refusals() {
  const bad = await refusal(api.sendMessage(group, "1.5", { parse_mode: "MarkdownV2" }), 400);
  expect(bad.description.includes("Character '.' is reserved"), bad.description);
  await refusal(new Bot("1:wrong", options).api.getMe(), 401);
  const alex = ready.accounts.find((each) => each.name === "Alex").id;
  const unasked = await refusal(api.sendMessage(alex, "x"), 403);
  expect(unasked.description.includes("can't initiate conversation"), unasked.description);
  await refusal(api.getMyStarBalance(), 400);
  await refusal(api.raw.noSuchMethod({}), 404);
}

async function secondPoller() {
  const cancel = new AbortController();
  const poll = () => api.getUpdates({ timeout: 10 }, cancel.signal);
  const polls = [poll(), poll()];
  polls.forEach((each) => each.catch(() => {}));
  await refusal(Promise.race(polls), 409);
  cancel.abort();
}

async function flood() {
  await ask("/fault", { fault: "status", method: "sendMessage", status: 429, retry_after: 3 });
  const wait = await refusal(api.sendMessage(group, "x"), 429);
  expect(wait.parameters.retry_after === 3, JSON.stringify(wait.parameters));
}

async function migration() {
  const { chat } = await ask("/migrate", { chat: GROUP });
  const moved = await refusal(api.sendMessage(group, "x"), 400);
  expect(moved.parameters.migrate_to_chat_id === chat, JSON.stringify(moved.parameters));
  expect((await api.sendMessage(chat, "x")).chat.type === "supergroup", "it is no supergroup");
}

const { api } = new Bot(token, options);
const steps = [
  ["text, keyboard, tap and edit by polling", byPolling],
  ["the same by webhook", byWebhook],
  ["a command menu", menu],
  ["a document up and down", file],
  ["a photo up and down", photo],
  ["400, 401, 403, 404", refusals],
  ["409 for a second poller", secondPoller],
  ["429 with retry_after", flood],
  ["a group that became a supergroup", migration],
];
let passed = 0;
for (const [name, run] of steps) {
  try {
    await run();
    passed += 1;
    console.log(`ok - grammY: ${name}`);
  } catch (error) {
    console.log(`not ok - grammY: ${name}: ${error} ${error.error ?? ""}`);
    break;
  }
}
console.log(`${passed} passed, ${steps.length - passed > 0 ? 1 : 0} failed`);
process.exit(passed === steps.length ? 0 : 1);
