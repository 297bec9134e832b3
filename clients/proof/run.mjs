// `npm test`, and what `tox -e clients` runs: installs what the lock file says, tests the package for
// JavaScript by itself, and lets the official client's packages loose on one mock. Arguments name test
// files, and then only these run.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const began = Date.now();

const named = process.argv.slice(2);
installed();
const { createMock } = await import("bookings-mock");
const ended = named.length ? await proven(named) : await all();
console.log(`clients: ${((Date.now() - began) / 1000).toFixed(0)} s in all`);
process.exit(ended);

async function all() {
  return (
    run(process.execPath, ["functions.mjs", "--check"]) ||
    run(process.execPath, ["typings.mjs", "--check"]) ||
    tested(["../js/test/*.test.js"]) ||
    (await proven(["test/*.test.mjs"]))
  );
}

/** The official client's packages, all of them against one mock. */
async function proven(files) {
  const mock = await createMock();
  const failed = tested(files, { BOOKINGS_MOCK_URL: mock.url });
  await mock.stop();
  return failed;
}

function tested(files, env) {
  return run(process.execPath, ["--test", "--test-timeout=180000", ...files.flatMap(found)], env);
}

function found(pattern) {
  const files = globSync(pattern, { cwd: here });
  if (!files.length) throw new Error(`there is no test at ${pattern}`);
  return files.sort();
}

/** What the lock file says, installed once and again only when it changes. */
function installed() {
  const lock = createHash("sha256")
    .update(readFileSync(join(here, "package-lock.json")))
    .digest("hex");
  const stamp = join(here, "node_modules", ".installed-from");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  if (run(npm, ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"])) {
    console.error(
      "clients: npm could not install what clients/proof/package-lock.json says (see above)",
    );
    process.exit(2);
  }
  writeFileSync(stamp, lock);
  console.log(`clients: installed in ${((Date.now() - began) / 1000).toFixed(0)} s`);
}

function run(command, given, env = {}) {
  const done = spawnSync(command, given, {
    cwd: here,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (done.error) console.error(`clients: ${command} can't be started: ${done.error.message}`);
  return done.status ?? 1;
}
