// A Chromium that a package of npm brings along, and what it needs of the machine.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { chromium as playwright } from "playwright-core";

const MODULES = join(import.meta.dirname, "..", "node_modules");
const PACKAGE = join(MODULES, "@sparticuz", "chromium");
/** Where it is unpacked; a new installation unpacks it anew. */
const HOME = join(MODULES, ".chromium");

/** What it needs that is not everywhere, and the Debian packages that have it. */
const PACKAGES = {
  "libnssutil3.so": "libnss3",
  "libplc4.so": "libnspr4",
  "libplds4.so": "libnspr4",
  "libnss3.so": "libnss3",
  "libnspr4.so": "libnspr4",
  "libexpat.so.1": "libexpat1",
};

/** Why there is none here, for the tests that are skipped then. */
export const unsupported =
  process.platform === "linux" && process.arch === "x64"
    ? false
    : "the Chromium that npm has is built for Linux on x64";

/**
 * Starts it as it is, with these switches and with libraries that its package brings along where the
 * machine lacks them. The package's own switches are left out: they would let pages ask any origin.
 */
export async function browser(...args) {
  await unpacked();
  const executablePath = join(HOME, "chromium");
  const brought = join(HOME, "al2023", "lib");
  const lacks = missing(executablePath);
  if (lacks.length && missing(executablePath, brought).length) throw new Error(advice(lacks));
  const env = lacks.length ? { ...process.env, LD_LIBRARY_PATH: brought } : process.env;
  return playwright.launch({ executablePath, args, env, headless: true, chromiumSandbox: false });
}

/** The package, once all of it is unpacked: whole, or not at all. */
async function unpacked() {
  const said = process.env.TMPDIR;
  mkdirSync(MODULES, { recursive: true });
  const folder = mkdtempSync(`${HOME}-`);
  process.env.TMPDIR = folder; // The package unpacks to the folder for what is temporary.
  try {
    const found = await import("@sparticuz/chromium");
    if (!existsSync(HOME)) {
      await found.default.executablePath();
      await found.inflate(join(PACKAGE, "bin", "al2023.tar.br"));
      renameSync(folder, HOME);
    }
    return found;
  } finally {
    if (said === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = said;
    rmSync(folder, { recursive: true, force: true });
  }
}

function missing(binary, libraries) {
  const env = { ...process.env, ...(libraries && { LD_LIBRARY_PATH: libraries }) };
  const needed = execFileSync("ldd", [binary], { encoding: "utf8", env });
  return [...needed.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name);
}

function advice(lacks) {
  const packages = [...new Set(lacks.map((name) => PACKAGES[name] ?? `the one with ${name}`))];
  return `this machine lacks what Chromium needs: ${lacks.join(", ")}; on Debian and Ubuntu: apt-get install ${packages.join(" ")}`;
}
