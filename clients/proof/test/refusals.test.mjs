// Refusals: whatever the document says an operation is refused with arrives as the client's own error.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { ADA, book, refused, sessions, stage } from "./support.mjs";

const NOWHERE = "00000000-0000-4000-8000-000000000000";

/** The client's calls by operationId, with arguments that have the right shape. */
const CALLS = {
  createBooking: (c) =>
    c.bookings.createBooking({
      bookedEntity: { slot: { eventId: NOWHERE } },
      totalParticipants: 1,
      contactDetails: ADA,
    }),
  bulkCreateBooking: (c) =>
    c.bookings.bulkCreateBooking([
      {
        booking: {
          bookedEntity: { slot: { eventId: NOWHERE } },
          totalParticipants: 1,
          contactDetails: ADA,
        },
      },
    ]),
  confirmBooking: (c) => c.bookings.confirmBooking(NOWHERE, "1"),
  declineBooking: (c) => c.bookings.declineBooking(NOWHERE, { revision: "1" }),
  cancelBooking: (c) => c.bookings.cancelBooking(NOWHERE, { revision: "1" }),
  rescheduleBooking: (c) =>
    c.bookings.rescheduleBooking(NOWHERE, { eventId: NOWHERE }, { revision: "1" }),
  updateNumberOfParticipants: (c) =>
    c.bookings.updateNumberOfParticipants(NOWHERE, { revision: "1", totalParticipants: 1 }),
  markBookingAsPending: (c) => c.bookings.markBookingAsPending(NOWHERE, "1"),
  confirmOrDeclineBooking: (c) => c.bookings.confirmOrDeclineBooking(NOWHERE),
  updateExtendedFields: (c) =>
    c.bookings.updateExtendedFields(NOWHERE, "@a/b", { namespaceData: {} }),
  setAttendance: (c) =>
    c.attendance.setAttendance({ bookingId: NOWHERE, eventId: NOWHERE, status: "ATTENDED" }),
  createMultiServiceBooking: (c) => c.bookings.createMultiServiceBooking([]),
  getAnonymousActionToken: (c) => c.bookings.getAnonymousActionToken(NOWHERE),
  createCart: (c) => c.cartV2.createCart({}),
  placeOrder: (c) => c.cartV2.placeOrder(NOWHERE),
  createRedirectSession: (c) => c.redirects.createRedirectSession({}),
};

const on = await stage();
const document = await (await fetch(new URL("/_mock/openapi.json", on.world.url))).json();
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

describe("every code that the document lists", () => {
  for (const [name, call] of Object.entries(CALLS)) {
    const operation = operations.find((one) => one?.operationId === name);
    const codes = Object.entries(operation?.["x-codes"] ?? {}).flatMap(([status, all]) =>
      all.map((code) => [Number(status), code]),
    );
    test(
      `${name}: ${codes.length} codes`,
      { skip: !codes.length && "the document lists none" },
      async () => {
        const { world, keyed } = await stage();
        const owner = keyed();
        for (const [status, code] of codes) {
          await world.control("faults", { operation: name, count: 1, fault: { status, code } });
          const error = await refused(() => call(owner), code);
          assert.equal(error.details.applicationError.code, code);
        }
      },
    );
  }
});

describe("refusals that a client meets", () => {
  test("a stale revision", async () => {
    const { keyed, ...rest } = await stage();
    const owner = keyed();
    const [slot] = await sessions(owner, rest);
    const booking = await book(owner, slot);
    const error = await refused(
      () => owner.bookings.confirmBooking(booking._id, "7"),
      "INVALID_REVISION",
    );
    assert.match(error.message, /Outdated revision/);
  });

  test("confirming what is canceled", async () => {
    const { keyed, world } = await stage();
    const {
      bookings: [one],
    } = await world.control("given", { service: "yoga", status: "CANCELED" });
    await refused(
      () => keyed().bookings.confirmBooking(one.id, one.revision),
      "INVALID_BOOKING_STATUS",
    );
  });

  test("more seats than there are", async () => {
    const { keyed, ...rest } = await stage();
    const owner = keyed();
    const [slot] = await sessions(owner, rest);
    const seats = slot.remainingCapacity ?? slot.totalCapacity ?? 1;
    await assert.rejects(
      () => book(owner, slot, { totalParticipants: seats + 1 }),
      (error) => typeof error.details?.applicationError?.code === "string",
    );
  });

  test("canceling against the policy", async () => {
    const { keyed, world } = await stage();
    const owner = keyed();
    const {
      bookings: [one],
    } = await world.control("given", { service: "massage", status: "CONFIRMED" });
    const cancel = (flowControlSettings) =>
      owner.bookings.cancelBooking(one.id, { revision: one.revision, flowControlSettings });
    await refused(() => cancel({}), "BOOKING_POLICY_VIOLATION");
    assert.equal((await cancel({ ignoreCancellationPolicy: true })).booking.status, "CANCELED");
  });

  test("whatever function of the client is called, what is not found or not served has a name", async () => {
    const { world } = await stage();
    const list = join(import.meta.dirname, "..", "..", "functions.json");
    const { functions } = JSON.parse(readFileSync(list, "utf8"));
    const nameless = [];
    for (const { module, name, method, path } of functions) {
      const url = `${world.url}${path.replace(/{\w+}/g, NOWHERE)}`;
      const body = ["GET", "DELETE"].includes(method) ? undefined : "{}";
      const answer = await fetch(url, { method, headers: world.headers(), body });
      const told = await answer.json();
      const named = told.details?.applicationError?.code;
      if ([404, 405].includes(answer.status) && !named) nameless.push(`${module}.${name}`);
    }
    assert.ok(functions.length > 150);
    assert.deepEqual(nameless, []);
  });

  test("a booking of nobody", async () => {
    const { keyed } = await stage();
    await assert.rejects(
      keyed().bookings.cancelBooking(NOWHERE, { revision: "1" }),
      (error) => error.status === 404,
    );
  });

  test("a request of the wrong shape: the field is named", async () => {
    const { keyed } = await stage();
    await assert.rejects(
      keyed().bookings.createBooking({
        totalParticipants: -1,
        bookedEntity: { slot: { eventId: NOWHERE } },
        contactDetails: ADA,
      }),
      (error) => {
        const { fieldViolations } = error.details.validationError;
        assert.ok(fieldViolations.some((one) => one.field.endsWith("totalParticipants")));
        return true;
      },
    );
  });
});
