// The package as users get it: packed, installed in a project that holds nothing else, and green.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const PACKAGE = join(import.meta.dirname, "..", "..", "js");
const locked = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "package-lock.json"), "utf8"),
);
const exact = (name) => `${name}@${locked.packages[`node_modules/${name}`].version}`;
const vitest = `${exact("vitest")} ${exact("vite")}`;

let folder, tarball;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "fresh-"));
  const packed = npm(["pack", "--json", PACKAGE]);
  const [first] = Object.values(JSON.parse(packed));
  tarball = first;
});

after(() => rmSync(folder, { recursive: true, force: true }));

function npm(given) {
  return execFileSync("npm", given, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("the package holds what it exports, and depends on nothing", () => {
  const { exports, dependencies, version } = JSON.parse(
    readFileSync(join(PACKAGE, "package.json"), "utf8"),
  );
  const held = tarball.files.map((one) => `./${one.path}`);
  const meant = Object.values(exports).flatMap((one) =>
    typeof one === "string" ? one : Object.values(one),
  );
  for (const file of [...meant, "./README.md", "./LICENSE"]) assert.ok(held.includes(file), file);
  assert.equal(dependencies, undefined);
  const { VERSION } = /VERSION = "(?<VERSION>[^"]+)"/.exec(
    readFileSync(join(PACKAGE, "../../mock_server/bookings_mock/version.py"), "utf8"),
  ).groups;
  assert.equal(version, VERSION, "the package has the version of the mock that it starts");
});

test("three lines of its README lead a fresh project to a green test", () => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const [, block] = /```sh\n(npm i -D [\s\S]*?)```/.exec(readme);
  assert.equal(block.trim().split("\n").length, 3);
  writeFileSync(join(folder, "package.json"), "{}\n");
  const given = `npm i -D --prefer-offline --no-audit --no-fund ./${tarball.filename} ${vitest}`;
  const lines = block.replace("npm i -D bookings-mock vitest", given);
  assert.ok(lines.includes(given));
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const done = spawnSync("bash", ["-euc", lines], { cwd: folder, encoding: "utf8", env });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /Tests +1 passed/);
});
