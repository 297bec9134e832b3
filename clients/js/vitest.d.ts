import type { TestAPI } from "vitest";

import type { Mock, World } from "./index.js";

export interface Fixtures {
  /** The mock of this worker. */
  mock: Mock;
  /** The test's own world; its calls of the API are led there. */
  world: World;
}

export const test: TestAPI<Fixtures>;
export const it: TestAPI<Fixtures>;
export { describe, expect } from "vitest";
