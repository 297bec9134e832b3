// Starts the mock, hands out worlds, and leads the official client to it.

import { randomUUID } from "node:crypto";

import { launch, OPTIONS } from "./lib/launch.js";
import { realFetch, redirect } from "./lib/redirect.js";
import { World } from "./lib/world.js";

export { MockNotFoundError } from "./lib/command.js";
export { API_HOSTS } from "./lib/hosts.js";
export { MockStartError } from "./lib/launch.js";
export { redirect } from "./lib/redirect.js";
export { MockCallError, World } from "./lib/world.js";

const WORLD = /^[A-Za-z0-9_.-]{1,64}$/;

/** A running mock. */
export class Mock {
  #stop;

  constructor({ url, version, stop }) {
    this.url = url;
    this.version = version;
    this.#stop = stop;
  }

  /** A world of its own: a new one, or the one with this name. */
  world(name = `w-${randomUUID().slice(0, 13)}`) {
    if (!WORLD.test(name)) {
      throw new TypeError(
        `${JSON.stringify(name)} names no world: use 1 to 64 of A-Z a-z 0-9 _ . -`,
      );
    }
    return new World(this.url, name, realFetch);
  }

  /** Leads this process's requests for the API to this mock; answers what undoes it. */
  redirect(options) {
    return redirect(this, options);
  }

  /** Stops the mock, if it was started here. */
  async stop() {
    await this.#stop();
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    await this.stop();
  }
}

/**
 * Starts a mock and answers once it listens; it ends with this process. With `url`, or where
 * BOOKINGS_MOCK_URL is set, the mock that runs there is used and nothing is started.
 */
export async function createMock(options = {}) {
  refuseUnknown(options);
  const url = options.url ?? process.env.BOOKINGS_MOCK_URL;
  return new Mock(url ? await attached(url) : await launch(options));
}

function refuseUnknown(options) {
  const unknown = Object.keys(options).filter((name) => !OPTIONS.includes(name));
  if (!unknown.length) return;
  throw new TypeError(`createMock takes no ${unknown.join(", ")}: it takes ${OPTIONS.join(", ")}`);
}

async function attached(url) {
  const base = String(url).replace(/\/+$/, "");
  let site;
  try {
    site = await (await realFetch(`${base}/_mock/site`)).json();
  } catch (error) {
    throw new Error(`no mock answers at ${base}: ${error.cause?.message ?? error.message}`);
  }
  if (site.product !== "bookings-mock") throw new Error(`what answers at ${base} is no mock`);
  return { url: base, version: site.version, stop: async () => {} };
}
