import type {
  BrowserContext,
  Page,
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
  TestType,
} from "@playwright/test";

import type { Mock, World } from "./index.js";

export interface TestFixtures {
  /** The test's own world; the calls of the test and of its pages for the API are led there. */
  world: World;
}

export interface WorkerFixtures {
  /** The mock of this worker. */
  mock: Mock;
}

export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & TestFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & WorkerFixtures
>;
export { expect } from "@playwright/test";

/** Leads the calls of a browser context's (or page's) pages for the API to a world. */
export function routeToWorld(context: BrowserContext | Page, world: World): Promise<void>;
