// Playwright's `test` with a mock: one for each worker, and a world of its own for each test, to
// which the calls of the test and of its browser's pages are led.

import { test as base } from "@playwright/test";

import { createMock } from "./index.js";
import { API_HOSTS, inWorld, mapped } from "./lib/hosts.js";
import { redirect } from "./lib/redirect.js";

export const test = base.extend({
  mock: [
    async ({}, use) => {
      const mock = await createMock();
      await use(mock);
      await mock.stop();
    },
    // The command may have to be fetched first.
    { scope: "worker", timeout: 180_000 },
  ],
  world: [
    async ({ mock, context }, use) => {
      const world = mock.world();
      const undo = redirect(world);
      await routeToWorld(context, world);
      try {
        await use(world);
      } finally {
        undo();
        await world.reset();
      }
    },
    { auto: true },
  ],
});

export { expect } from "@playwright/test";

/** Leads the calls of a browser context's (or page's) pages for the API to a world. */
export async function routeToWorld(context, world) {
  const rule = { hosts: new Set(API_HOSTS), to: new URL(world.url), world: world.name };
  const isApi = (url) => rule.hosts.has(url.hostname);
  await context.route(isApi, async (route) => {
    const request = route.request();
    const headers = await request.allHeaders();
    const authorization = inWorld(headers.authorization, world.name);
    const response = await route.fetch({
      url: String(mapped(request.url(), rule)),
      headers: authorization ? { ...headers, authorization } : headers,
    });
    await route.fulfill({ response });
  });
}
