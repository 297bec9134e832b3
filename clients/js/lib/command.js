// Which command starts the mock on this machine.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Under npm the PATH begins with the commands of packages, this one's too: it is not the mock. */
const OURS = fileURLToPath(new URL("../bin/bookings-mock.js", import.meta.url));

/** The Python distribution that holds the command, for those that run it without installing it. */
const DISTRIBUTION = "bookings-contract";

export class MockNotFoundError extends Error {
  name = "MockNotFoundError";

  constructor() {
    super(
      [
        "bookings-mock is not installed, and neither uvx nor pipx is there to fetch it. Either",
        `  - install it:  pip install ${DISTRIBUTION}   (Python 3.11 or newer)`,
        "  - install uv or pipx, which run it without installing",
        "  - set BOOKINGS_MOCK to the command, such as .venv/bin/bookings-mock",
        "  - set BOOKINGS_MOCK_URL to a mock that runs already, such as http://127.0.0.1:8080",
      ].join("\n"),
    );
  }
}

/**
 * The command and its first arguments: the one that was asked for, that of BOOKINGS_MOCK, an
 * installed one, else one that uvx or pipx runs. Throws MockNotFoundError where there is none.
 */
export function commandOf(asked, env = process.env) {
  const named = asked ?? env.BOOKINGS_MOCK;
  if (Array.isArray(named) && named.length) return [...named];
  if (typeof named === "string" && named.trim()) return words(named);
  const installed = onPath("bookings-mock", env);
  if (installed) return [installed];
  const uvx = onPath("uvx", env);
  if (uvx) return [uvx, "--from", DISTRIBUTION, "bookings-mock"];
  const pipx = onPath("pipx", env);
  if (pipx) return [pipx, "run", "--spec", DISTRIBUTION, "bookings-mock"];
  throw new MockNotFoundError();
}

/** A path with blanks in it is one word if it is there. */
function words(text) {
  const whole = text.trim();
  return isFile(whole) ? [whole] : whole.split(/\s+/);
}

function onPath(name, env) {
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter(Boolean);
  const endings = process.platform === "win32" ? [".exe"] : [""];
  for (const folder of folders) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (isFile(path) && isRunnable(path) && !isOurs(path)) return path;
    }
  }
  return undefined;
}

function isOurs(path) {
  return realpathSync(path) === realpathSync(OURS);
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isRunnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
