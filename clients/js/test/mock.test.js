// The package by itself: what it starts, where it leads, and what it says when it can't.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https, { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import {
  createMock,
  MockCallError,
  MockNotFoundError,
  MockStartError,
  redirect,
} from "bookings-mock";
import { argumentsOf, OPTIONS } from "../lib/launch.js";
import { commandOf } from "../lib/command.js";

const READER = "/_api/bookings-reader/v2/extended-bookings/query";
const WRITER = "/bookings/v2/bookings";

let mock;
before(async () => (mock = await createMock()));
after(() => mock.stop());

async function booked(world) {
  const { services } = await world.site();
  const slot = { sessionId: services.yoga.sessions.at(-1).id };
  const contactDetails = { firstName: "Ada", email: "ada@example.com" };
  const booking = { totalParticipants: 1, bookedEntity: { slot }, contactDetails };
  return (await world.call(WRITER, { booking })).booking;
}

const count = async (world) => (await world.call(READER, { query: {} })).extendedBookings.length;

test("worlds do not see each other, and a reset empties one", async () => {
  const [blue, green] = [mock.world(), mock.world()];
  await booked(blue);
  assert.deepEqual([await count(blue), await count(green)], [1, 0]);
  await blue.reset();
  assert.equal(await count(blue), 0);
});

test("a refusal is an error that names status, code and rule", async () => {
  const world = mock.world();
  const booking = await booked(world);
  const path = `${WRITER}/${booking.id}/cancel`;
  const { booking: canceled } = await world.call(path, { revision: booking.revision });
  const again = world.call(`${WRITER}/${booking.id}/confirm`, { revision: canceled.revision });
  await assert.rejects(again, (error) => {
    assert.ok(error instanceof MockCallError);
    assert.deepEqual([error.status, error.code], [428, "INVALID_BOOKING_STATUS"]);
    assert.equal(error.rule, "CONFIRM-1");
    return true;
  });
});

test("controls act in the world that is asked", async () => {
  const world = mock.world();
  await world.reset({ now: new Date("2031-02-28T09:30:00Z") });
  const { now } = await world.control("clock", { advance: "P1D" });
  assert.match(now, /^2031-03-01T09:30/);
  assert.doesNotMatch((await mock.world().control("clock")).now, /^2031-03/);
});

test("a name that no world can have is refused", () => {
  for (const name of ["", "a b", "x".repeat(65), "ä"])
    assert.throws(() => mock.world(name), TypeError);
});

test("an app that the site lacks is named with those that it has", async () => {
  const world = mock.world();
  assert.match(await world.clientId(), new RegExp(`^[0-9a-f-]{36}@${world.name}$`));
  await assert.rejects(world.clientId("shop"), /has no app "shop": it has app, app_all/);
});

describe("led to a world", () => {
  const query = {
    method: "POST",
    headers: { authorization: "owner-token", "content-type": "application/json" },
  };
  const url = `https://www.wixapis.com${READER}`;
  const body = JSON.stringify({ query: {} });
  let world, undo;

  before(async () => {
    world = mock.world();
    await booked(world);
    undo = redirect(world);
  });
  after(() => undo());

  async function answered(sent) {
    sent.end(body);
    const [response] = await once(sent, "response");
    const chunks = [];
    for await (const chunk of response) chunks.push(chunk);
    return [response.statusCode, JSON.parse(Buffer.concat(chunks)).extendedBookings.length];
  }

  for (const [what, input, init] of [
    ["a text", url, { ...query, body }],
    ["a URL", new URL(url), { ...query, body }],
    ["a Request", () => new Request(url, { ...query, body }), undefined],
    ["a Request and more", () => new Request(url, { ...query, body: "{}" }), { body }],
    ["a stream", url, () => ({ ...query, body: new Blob([body]).stream(), duplex: "half" })],
    ["another host", url.replace("www", "edge"), { ...query, body }],
  ]) {
    test(`fetch of ${what}`, async () => {
      const made = (one) => (typeof one === "function" ? one() : one);
      const answer = await fetch(made(input), made(init));
      assert.equal(answer.status, 200);
      assert.equal((await answer.json()).extendedBookings.length, 1);
    });
  }

  for (const [what, sent] of [
    ["by text", () => https.request(url, query)],
    ["by URL", () => https.request(new URL(url), query)],
    [
      "by options",
      () =>
        https.request({
          ...query,
          hostname: "www.wixapis.com",
          path: READER,
          agent: new https.Agent(),
        }),
    ],
    [
      "by host and port",
      () => https.request({ ...query, host: "www.wixapis.com:443", port: 443, path: READER }),
    ],
    [
      "by options with a bare path and no hostname",
      () =>
        https.request({ ...query, hostname: "", host: "www.wixapis.com", path: READER.slice(1) }),
    ],
    [
      "with headers that are set later",
      () => {
        const sent = https.request(url, { method: "POST" });
        for (const [name, value] of Object.entries(query.headers)) sent.setHeader(name, value);
        return sent.setHeader("Host", "www.wixapis.com");
      },
    ],
    [
      "with a list of headers",
      () => {
        const length = String(Buffer.byteLength(body));
        const more = { host: "www.wixapis.com", "content-length": length };
        return https.request(url, {
          ...query,
          headers: Object.entries({ ...query.headers, ...more }).flat(),
        });
      },
    ],
    ["imported by name", () => request(url, query)],
    ["without TLS", () => http.request(url.replace("https", "http"), query)],
  ]) {
    test(`node's request ${what}`, async () => {
      assert.deepEqual(await answered(sent()), [200, 1]);
    });
  }

  test("node's get ends by itself", async () => {
    const sent = https.get("https://www.wixapis.com/bookings/v1/bookings", {
      headers: query.headers,
    });
    const [response] = await once(sent, "response");
    response.resume();
    assert.equal(response.statusCode, 200);
  });

  test("a visitor's token is one of this world", async () => {
    const clientId = (await world.clientId()).split("@")[0];
    const asked = { method: "POST", headers: { "content-type": "application/json" } };
    const grant = JSON.stringify({ clientId, grantType: "anonymous" });
    const answer = await fetch("https://www.wixapis.com/oauth2/token", { ...asked, body: grant });
    const { access_token: token } = await answer.json();
    const { requests: before } = await world.control("requests");
    await fetch(url, { ...query, headers: { ...query.headers, authorization: token }, body });
    const { requests } = await world.control("requests");
    assert.equal(requests.length, before.length + 1);
  });

  test("other hosts are left alone", async () => {
    const answer = await fetch(`${mock.url}/_mock/site`);
    assert.equal((await answer.json()).product, "bookings-mock");
  });

  test("a path of two slashes reaches the mock, and no host that it would name", async () => {
    const doubled = "https://www.wixapis.com//bookings.invalid/v2";
    assert.equal((await fetch(doubled, { headers: query.headers })).status, 404);
    const [response] = await once(https.get(doubled), "response");
    response.resume();
    assert.equal(response.statusCode, 404);
  });

  test("what is undone does not come back, in whichever order", async () => {
    const other = mock.world();
    const [outer, inner] = [redirect(other), redirect(world)];
    outer();
    inner();
    assert.equal((await (await fetch(url, { ...query, body })).json()).extendedBookings.length, 1);
  });

  test("what is undone is as it was", async () => {
    const led = globalThis.fetch;
    const inner = mock.redirect();
    inner();
    assert.equal(globalThis.fetch, led);
  });
});

describe("started by itself", () => {
  async function ran(code, env = {}) {
    const given = ["--import", "bookings-mock/register", "--input-type=module", "-e", code];
    const child = spawn(process.execPath, given, { env: { ...process.env, ...env } });
    let [said, complained] = ["", ""];
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (complained += chunk));
    const [status] = await once(child, "close");
    assert.equal(status, 0, complained);
    return said.trim();
  }

  const site = `
    const answer = await fetch("https://www.wixapis.com/_mock/site");
    console.log((await answer.json()).target.url);`;

  test("--import bookings-mock/register leads to the mock that is named", async () => {
    assert.equal(await ran(site, { BOOKINGS_MOCK_URL: mock.url }), mock.url);
  });

  test("without one it starts a mock, which ends with the program", async () => {
    const url = await ran(site);
    assert.notEqual(url, mock.url);
    await assert.rejects(untilGone(url));
  });

  test("a mock ends with a program that is killed", async () => {
    const code = `
      import { createMock } from "bookings-mock";
      console.log((await createMock()).url);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code]);
    const [url] = await once(child.stdout, "data");
    child.kill("SIGKILL");
    await assert.rejects(untilGone(String(url).trim()));
  });
});

/** Rejects once nothing answers there any more. */
async function untilGone(url) {
  for (;;) {
    await fetch(`${url}/_mock/site`).then((answer) => answer.text());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("what createMock does not know is refused, with what it knows", async () => {
  await assert.rejects(createMock({ clok: "2031-01-01T00:00:00Z" }), (error) => {
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /takes no clok: it takes url, command, .*clock/);
    return true;
  });
});

test("every option that the types declare is taken, and none besides", () => {
  const types = readFileSync(new URL("../index.d.ts", import.meta.url), "utf8");
  const [, body] = /interface MockOptions \{(.*?)\n\}/s.exec(types);
  const declared = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  assert.deepEqual([...OPTIONS].sort(), declared.sort());
});

test("a call stays with the mock, whatever its path looks like", async () => {
  const world = mock.world();
  await assert.rejects(world.call("//other.invalid/bookings"), (error) => {
    assert.ok(error instanceof MockCallError, String(error.cause));
    assert.equal(error.status, 404);
    return true;
  });
  await assert.rejects(world.call("http://other.invalid/bookings"), /is no path: use one of the API/);
  assert.ok((await world.call(READER.slice(1), { query: {} })).extendedBookings);
});

test("a host whose name ends with a dot is led as well, and manage.wix.com too", async () => {
  const undo = mock.redirect();
  after(undo);
  for (const host of ["www.wixapis.com.", "manage.wix.com"]) {
    const answer = await fetch(`https://${host}/_mock/site`);
    assert.equal((await answer.json()).product, "bookings-mock");
  }
  undo();
});

test("who requires the register is told to import it", async () => {
  const child = spawn(process.execPath, ["--require", "bookings-mock/register", "-e", "0"]);
  let complained = "";
  child.stderr.on("data", (chunk) => (complained += chunk));
  const [status] = await once(child, "close");
  assert.notEqual(status, 0);
  assert.match(complained, /node --import bookings-mock\/register/);
});

test("uvx is taken before pipx, and what is installed before both", () => {
  const folder = mkdtempSync(join(tmpdir(), "bookings-path-"));
  after(() => rmSync(folder, { recursive: true }));
  const put = (name) => writeFileSync(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
  const chosen = () => commandOf(undefined, { PATH: folder });
  const ending = process.platform === "win32" ? ".exe" : "";
  put(`pipx${ending}`);
  const spec = ["run", "--spec", "bookings-contract", "bookings-mock"];
  assert.deepEqual(chosen(), [join(folder, `pipx${ending}`), ...spec]);
  put(`uvx${ending}`);
  const from = ["--from", "bookings-contract", "bookings-mock"];
  assert.deepEqual(chosen(), [join(folder, `uvx${ending}`), ...from]);
  put(`bookings-mock${ending}`);
  assert.deepEqual(chosen(), [join(folder, `bookings-mock${ending}`)]);
});

test("a command that ends at once is quoted", async () => {
  const started = createMock({ site: "no-such-site" });
  await assert.rejects(started, (error) => {
    assert.ok(error instanceof MockStartError);
    assert.match(error.message, /ended with 2; it said:\n +bookings-mock: there is no site/);
    return true;
  });
  await assert.rejects(createMock({ command: ["/no/such/command"] }), /can't be started: .*ENOENT/);
});

test("nothing answers at a URL: it is named", async () => {
  await assert.rejects(
    createMock({ url: "http://127.0.0.1:9" }),
    /no mock answers at http:\/\/127.0.0.1:9/,
  );
});

test("where nothing can start it, the error says what to install", () => {
  assert.throws(
    () => commandOf(undefined, { PATH: "" }),
    (error) => {
      assert.ok(error instanceof MockNotFoundError);
      for (const way of [
        "pip install bookings-contract",
        "uv or pipx",
        "BOOKINGS_MOCK ",
        "BOOKINGS_MOCK_URL",
      ])
        assert.ok(error.message.includes(way), way);
      return true;
    },
  );
});

test("what is asked in JavaScript's way becomes the command's arguments", () => {
  const options = {
    site: "s.yaml",
    seed: 0,
    clock: new Date(0),
    breaks: "CONFIRM-1",
    readings: { "CANCEL-5": "B" },
    strict: ["ADVICE-1", "ADVICE-2"],
    args: ["--grace", 1],
  };
  const expected =
    "--site s.yaml --seed 0 --clock 1970-01-01T00:00:00.000Z --break CONFIRM-1 --reading CANCEL-5=B --strict ADVICE-1,ADVICE-2 --grace 1";
  assert.deepEqual(argumentsOf(options), expected.split(" "));
  assert.deepEqual(argumentsOf({ strict: "ADVICE-1" }), ["--strict", "ADVICE-1"]);
});

test("options that can't be told to the command leave no folder behind", async () => {
  const folder = mkdtempSync(join(tmpdir(), "of-this-test-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const clock = new Date("never");
    await assert.rejects(createMock({ url: "", command: "true", clock }), RangeError);
    assert.deepEqual(readdirSync(folder), []);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true });
  }
});
