// Events: the tokens that the mock delivers are verified and understood by the client's own code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { book, sessions, slotOf, stage } from "./support.mjs";

/** A booking's whole life, of which each step is told. */
async function life(on) {
  const owner = on.keyed();
  const [first, second] = await sessions(owner, on);
  const made = await book(owner, first);
  const id = made._id;
  const { booking: confirmed } = await owner.bookings.confirmBooking(id, made.revision);
  const { booking: moved } = await owner.bookings.rescheduleBooking(id, slotOf(second), {
    revision: confirmed.revision,
  });
  await owner.bookings.cancelBooking(id, { revision: moved.revision });
  return id;
}

test("each delivery is accepted by client.webhooks.process, and its handler gets the booking", async () => {
  const on = await stage();
  const id = await life(on);
  const { publicKey, deliveries } = await on.world.control("webhooks");
  const app = on.app({ publicKey, appSecret: on.site.callers.app.client_secret });
  const heard = [];
  for (const name of ["Created", "Confirmed", "Rescheduled", "Canceled", "Updated"]) {
    app.bookings[`onBooking${name}`]((event) => heard.push([name, event]));
  }
  for (const one of deliveries) await app.webhooks.process(one.token ?? one.jwt ?? one.body ?? one);
  const kinds = new Set(heard.map(([name]) => name));
  assert.deepEqual([...kinds].filter((name) => name !== "Updated").sort(), [
    "Canceled",
    "Confirmed",
    "Created",
    "Rescheduled",
  ]);
  for (const [, event] of heard) {
    assert.equal(event.metadata.entityId, id);
    const booking = event.entity ?? event.data?.currentBooking ?? event.data?.booking ?? event.data;
    assert.ok(booking, JSON.stringify(event).slice(0, 200));
  }
});

test("a delivery is taken as a request too, and a forged one is refused", async () => {
  const on = await stage();
  await life(on);
  const { publicKey, deliveries } = await on.world.control("webhooks");
  const app = on.app({ publicKey });
  const [first] = deliveries.map((one) => one.token ?? one.jwt ?? one.body ?? one);
  const request = new Request("https://app.example/webhooks", { method: "POST", body: first });
  const told = await app.webhooks.processRequest(request);
  assert.match(told.eventType, /^wix\.bookings\.v2\.booking_/);
  const [head, body, signature] = first.split(".");
  const other = JSON.parse(Buffer.from(body, "base64url"));
  const forged = Buffer.from(JSON.stringify({ ...other, iat: other.iat + 1 })).toString(
    "base64url",
  );
  await assert.rejects(
    app.webhooks.process(`${head}.${forged}.${signature}`),
    /signature verification failed/,
  );
});
