// `node --import bookings-mock/register app.js`: the app's calls of the API reach a mock: the one
// at BOOKINGS_MOCK_URL, else one that is started, and shared with what the app starts in its turn.

import { createMock } from "./index.js";
import { redirect } from "./lib/redirect.js";

const mock = await createMock();
process.env.BOOKINGS_MOCK_URL = mock.url;
redirect({ url: mock.url, name: process.env.BOOKINGS_MOCK_WORLD || undefined });
