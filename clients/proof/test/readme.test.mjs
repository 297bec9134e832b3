// What the project's README shows of JavaScript, run as it stands there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const PROOF = join(import.meta.dirname, "..");
const INSTALLS = "npm install --no-save ./clients/js @wix/sdk @wix/bookings\n";
const STARTS = "BOOKINGS_MOCK=.venv/bin/bookings-mock ";

test("the README's ten lines list services by the official client", (on) => {
  const readme = readFileSync(join(PROOF, "..", "..", "README.md"), "utf8");
  const [, block] = /<!-- clients -->\n```sh\n([\s\S]*?)```/.exec(readme);
  assert.ok(block.startsWith(INSTALLS) && block.includes(STARTS) && block.split("\n").length <= 11);
  const folder = mkdtempSync(join(tmpdir(), "readme-"));
  on.after(() => rmSync(folder, { recursive: true, force: true }));
  // What it installs is there already, and so is a mock.
  symlinkSync(join(PROOF, "node_modules"), join(folder, "node_modules"));
  const script = block.replace(INSTALLS, "").replace(STARTS, "");
  const done = spawnSync("bash", ["-euc", script], { cwd: folder, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^\[ '.+', '.+', '.+' \]/);
});
