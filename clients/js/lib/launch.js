// Starts the command, waits until it listens, and stops it.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { commandOf } from "./command.js";

const POLL_MS = 25;
const KEPT_OUTPUT = 8192;

/** All that a start takes. */
export const OPTIONS = [
  ...["url", "command", "port", "site", "seed", "clock", "readings", "breaks", "strict"],
  ...["rateLimit", "allowOrigins", "args", "env", "startTimeout"],
];

export class MockStartError extends Error {
  name = "MockStartError";
}

/**
 * A running mock: `{url, version, stop()}`. It ends with this process, however that ends: the mock
 * reads a pipe of ours, and stops once nobody holds its other end. It keeps no process alive.
 */
export async function launch(options = {}) {
  const [command, ...first] = commandOf(options.command, { ...process.env, ...options.env });
  const asked = argumentsOf(options);
  const folder = mkdtempSync(join(tmpdir(), "bookings-mock-"));
  const file = join(folder, "ready.json");
  const given = [...first, "--port", String(options.port ?? 0), "--ready-file", file];
  const child = spawn(command, [...given, "--end-with-input", ...asked], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    windowsHide: true,
  });
  const ended = ending(child);
  const said = listened(child);
  try {
    const ready = await readyOf(file, ended, said, options.startTimeout ?? 120_000);
    release(child);
    return { ...ready, pid: child.pid, stop: stopping(child, ended) };
  } catch (error) {
    child.kill();
    const line = [command, ...first].join(" ");
    throw new MockStartError(`${line} ${error.message}${quoted(said())}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command's arguments for what was asked in JavaScript's way. */
export function argumentsOf(options) {
  const readings = Object.entries(options.readings ?? {}).map(([id, side]) => `${id}=${side}`);
  return [
    ...one("--site", options.site),
    ...one("--seed", options.seed),
    ...one("--clock", options.clock instanceof Date ? options.clock.toISOString() : options.clock),
    ...one("--rate-limit", options.rateLimit),
    ...many("--break", options.breaks),
    ...many("--reading", readings),
    ...many("--allow-origin", options.allowOrigins),
    ...(options.strict === true ? ["--strict"] : []),
    ...(options.strict && typeof options.strict === "string" ? ["--strict", options.strict] : []),
    ...(Array.isArray(options.strict) ? ["--strict", options.strict.join(",")] : []),
    ...(options.args ?? []),
  ].map(String);
}

const one = (name, value) => (value === undefined ? [] : [name, value]);
const many = (name, values) => [values ?? []].flat().flatMap((value) => [name, value]);

async function readyOf(file, ended, said, patience) {
  const late = Date.now() + patience;
  let gone;
  ended.then((how) => (gone = how));
  for (;;) {
    const told = read(file);
    if (told) return told;
    if (gone) throw new Error(gone);
    if (Date.now() > late) throw new Error(`was not ready after ${patience} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function read(file) {
  try {
    const { url, version } = JSON.parse(readFileSync(file, "utf8"));
    return { url, version };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** How it ended, in words; it never rejects. */
function ending(child) {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`can't be started: ${error.message}`));
    child.once("close", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
}

/** Reads what it says, so that it is never blocked, and keeps the latest of it. */
function listened(child) {
  let kept = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (kept = (kept + chunk).slice(-KEPT_OUTPUT)));
  }
  child.stdin.on("error", () => {}); // It ended before we did.
  return () => kept.trim();
}

function release(child) {
  child.unref();
  for (const stream of child.stdio) stream.unref?.();
}

function stopping(child, ended) {
  return async () => {
    child.ref();
    child.stdin.end();
    await ended;
  };
}

function quoted(text) {
  return text ? `; it said:\n${text.replace(/^/gm, "  ")}` : "";
}
