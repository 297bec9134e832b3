// A shop that knows nothing of a mock, in a real browser that keeps other origins apart as any does. It
// is built once, and led to the mock in two ways: by the script tag, and by TLS under the API's names.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { build } from "vite";

import { browser, unsupported } from "./chromium.mjs";
import { securedMock } from "./secured.mjs";
import { stage } from "./support.mjs";

const SHOP = join(import.meta.dirname, "..", "shop");
const QUERY = "/_api/bookings-reader/v2/extended-bookings/query";

let chromium, built;
const closing = [];

before(async () => {
  if (unsupported) return;
  [chromium, built] = await Promise.all([browser(), shop()]);
  closing.push(() => chromium.close());
});

after(async () => {
  for (const close of closing.reverse()) await close();
});

/** The shop as any site's build makes it, with the official client in its script. */
async function shop() {
  const lib = { entry: join(SHOP, "shop.js"), formats: ["es"], fileName: "shop" };
  const how = { write: false, minify: false, lib };
  const [{ output }] = await build({
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    build: how,
  });
  return { html: await readFile(join(SHOP, "index.html"), "utf8"), script: output[0].code };
}

/** The shop on a port of its own, whose server may put a tag before all that its pages load. */
async function served(tag = "") {
  const html = built.html.replace("<title>", `${tag}<title>`);
  const server = createServer((request, response) => {
    const isScript = request.url === "/shop.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? built.script : html);
  });
  closing.push(() => server.close());
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

/** A page of the shop, which tells of what went wrong in it, and whom it asked for what. */
async function opened(inside, origin, clientId) {
  const page = await inside.newPage();
  const [wrong, asked] = [[], new Set()];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("requestfinished", (request) => asked.add(new URL(request.url()).origin));
  await page.goto(`${origin}/?client=${encodeURIComponent(clientId)}`);
  return { page, wrong, asked };
}

/** By the script tag: the shop's page in a world of the mock that all tests share. */
async function byTag() {
  const on = await stage();
  const { url, name } = on.world;
  const origin = await served(`<script src="${url}/_mock/redirect.js?world=${name}"></script>`);
  const clientId = on.clientId.split("@")[0];
  const bookings = () => on.keyed().extendedBookings.queryExtendedBookings({ filter: {} });
  return { ...on, origin, mocks: [url], bookings, ...(await opened(chromium, origin, clientId)) };
}

/** By TLS: a mock of its own, and a browser that is started with what the mock's welcome says. */
async function byTls() {
  const mock = await securedMock();
  closing.push(() => mock.stop());
  const led = await browser(...mock.chromium);
  closing.push(() => led.close());
  const origin = await served();
  const { callers } = await mock.ask("/_mock/site");
  const bookings = () => mock.ask(QUERY, { query: {} });
  const mocks = ["https://www.wixapis.com", "https://edge.wixapis.com"];
  return { origin, mocks, bookings, ...(await opened(led, origin, callers.app.client_id)) };
}

async function found({ bookings }) {
  const { extendedBookings } = await bookings();
  return extendedBookings.map(({ booking }) => [booking.status, booking.paymentStatus]);
}

async function choose(page) {
  await page.getByRole("button", { name: /^Book / }).nth(1).click();
}

/** Chooses, books, pays on the hosted page, comes back, and cancels: looked up at each step. */
async function bookedPaidAndCanceled(on) {
  const { page, origin, mocks, wrong } = on;
  const status = page.getByRole("status");
  await choose(page);
  const pay = page.getByRole("button", { name: /^pay \d/i });
  await pay.waitFor();
  assert.ok(mocks.includes(new URL(page.url()).origin), page.url());
  assert.deepEqual(await found(on), [["CREATED", "UNDEFINED"]]);
  await pay.click();
  await page.getByRole("link", { name: "Go on" }).click();
  await page.waitForURL(`${origin}/thanks**`);
  await status.getByText("thank you, it is CONFIRMED").waitFor();
  assert.deepEqual(await found(on), [["CONFIRMED", "PAID"]]);
  await page.getByRole("button", { name: "Cancel the booking" }).click();
  await status.getByText("it is CANCELED").waitFor();
  assert.deepEqual([await found(on), wrong], [[["CANCELED", "PAID"]], []]);
  assert.deepEqual([...on.asked].filter((one) => ![origin, ...mocks].includes(one)), []);
}

test("the shop is built without a word of the mock", { skip: unsupported }, () => {
  const text = built.html + built.script;
  assert.match(built.script, /www\.wixapis\.com/);
  assert.doesNotMatch(text, /_mock|bookings-mock|redirect\.js|127\.0\.0\.1|localhost:/);
});

test(
  "led by the script tag, a visitor books, pays on the hosted page, comes back and cancels",
  { skip: unsupported },
  async () => bookedPaidAndCanceled(await byTag()),
);

test(
  "led by TLS and the browser's host rules, the same visitor does the same",
  { skip: unsupported },
  async () => bookedPaidAndCanceled(await byTls()),
);

test("a card that is declined confirms nothing", { skip: unsupported }, async () => {
  const on = await byTag();
  await choose(on.page);
  await on.page.getByRole("button", { name: "Decline the card" }).click();
  await on.page.getByRole("status").waitFor();
  const [[status]] = await found(on);
  assert.equal(status, "DECLINED");
});

test(
  "a visitor logs in on the hosted page and is a member on one's own",
  { skip: unsupported },
  async () => {
    const on = await byTag();
    const { page, origin, wrong } = on;
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL(`${on.world.url}/**`);
    const ways = page.locator("a, button").filter({ hasText: /member/i });
    await ways.first().click();
    await page.waitForURL(`${origin}/callback**`);
    await page.getByText(/^hello /).waitFor();
    const greeted = await page.getByRole("status").textContent();
    const ids = Object.values(on.site.callers).map((one) => one.member_id);
    assert.ok(ids.includes(greeted.slice("hello ".length)), greeted);
    assert.deepEqual(wrong, []);
  },
);
