// `globalSetup: ["bookings-mock/vitest/setup"]`: one mock for all workers and files of a run.

import { createMock } from "./index.js";

export default async function setup() {
  const mock = await createMock();
  const before = process.env.BOOKINGS_MOCK_URL;
  process.env.BOOKINGS_MOCK_URL = mock.url; // The workers begin with this environment.
  return async () => {
    if (before === undefined) delete process.env.BOOKINGS_MOCK_URL;
    await mock.stop();
  };
}
