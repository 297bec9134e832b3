// Vitest's `test` with a mock: one for each worker, and a world of its own for each test, to which
// the test's calls of the API are led.

import { test as base } from "vitest";

import { createMock, redirect } from "./index.js";

// Here, and not in a test: the command may have to be fetched first, and tests have little time.
const shared = await createMock();

export const test = base.extend({
  mock: async ({}, use) => {
    await use(shared);
  },
  world: [
    async ({ mock }, use) => {
      const world = mock.world();
      const undo = redirect(world);
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

export const it = test;
export { describe, expect } from "vitest";
