// A mock that is met where the API is looked for: by TLS, under the API's own names.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Started as on a command line: what its welcome says leads a Chromium there is `chromium`. */
export async function securedMock() {
  const folder = mkdtempSync(join(tmpdir(), "bookings-mock-tls-"));
  const given = ["--tls", folder, "--port", "0", "--end-with-input"];
  const child = spawn(process.env.BOOKINGS_MOCK ?? "bookings-mock", given, {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const said = await welcome(child);
  const url = / on (https:\S+)/.exec(said)[1];
  const ca = readFileSync(join(folder, "ca.pem"));
  return {
    url,
    chromium: switches(said),
    /** Asks it something as its owner does, from outside of any browser. */
    ask: (path, body) => asked(new URL(path, url), ca, body),
    async stop() {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function welcome(child) {
  let said = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes("stop with Ctrl+C")) break;
  }
  child.stdout.resume();
  return said;
}

/** What a shell makes of the lines that are to be copied. */
function switches(said) {
  const found = [...said.matchAll(/--(host-resolver-rules|ignore-certificate\S*?)=("[^"]+"|\S+)/g)];
  return found.map(([, name, value]) => `--${name}=${value.replaceAll('"', "")}`);
}

async function asked(url, ca, body) {
  const headers = { authorization: "owner-token", "content-type": "application/json" };
  const call = request(url, { ca, headers, method: body ? "POST" : "GET", agent: false });
  call.end(body && JSON.stringify(body));
  const [answer] = await once(call, "response");
  return JSON.parse(Buffer.concat(await answer.toArray()).toString());
}
