// What the business does: approve, decline, move, bulk, attendance, several services as one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ADA, book, read, refused, sessions, slotOf, stage, times } from "./support.mjs";

test("a request: approved, and another one declined", async () => {
  const on = await stage();
  const owner = on.keyed();
  const pending = { service: "workshop", status: "PENDING", count: 2 };
  const { bookings } = await on.world.control("given", pending);
  const [yes, no] = bookings;
  const approved = await owner.bookings.confirmBooking(yes.id, yes.revision, {
    paymentStatus: "EXEMPT",
  });
  assert.deepEqual(
    [approved.booking.status, approved.booking.paymentStatus],
    ["CONFIRMED", "EXEMPT"],
  );
  const declined = await owner.bookings.declineBooking(no.id, no.revision);
  assert.equal(declined.booking.status, "DECLINED");
});

test("an own checkout settles a booking by its payment", async () => {
  const on = await stage();
  const [slot] = await sessions(on.visitor(), on);
  const booking = await book(on.visitor(), slot);
  const settled = await on
    .keyed()
    .bookings.confirmOrDeclineBooking(booking._id, { paymentStatus: "PAID" });
  assert.deepEqual([settled.booking.status, settled.booking.paymentStatus], ["CONFIRMED", "PAID"]);
});

test("more participants, and fields of an app's own", async () => {
  const on = await stage();
  const owner = on.keyed();
  const session = on.services.yoga.sessions.find((one) => one.capacity === 10);
  const given = { service: "yoga", status: "CONFIRMED", sessionId: session.id };
  const {
    bookings: [one],
  } = await on.world.control("given", given);
  const more = await owner.bookings.updateNumberOfParticipants(one.id, {
    revision: one.revision,
    totalParticipants: 3,
  });
  assert.equal(more.booking.totalParticipants, 3);
  const kept = await owner.bookings.updateExtendedFields(one.id, on.site.target.namespace, {
    namespaceData: { seat: "window" },
  });
  assert.deepEqual(kept.namespaceData, { seat: "window" });
  const { extendedFields } = await read(owner, one.id);
  assert.deepEqual(extendedFields.namespaces[on.site.target.namespace], { seat: "window" });
});

test("in bulk: what can't be made names its place, and the rest is made", async () => {
  const on = await stage();
  const owner = on.keyed();
  const [slot, other] = await sessions(owner, on);
  const wish = (eventId) => ({
    booking: {
      bookedEntity: { slot: { ...slotOf(slot), eventId } },
      totalParticipants: 1,
      contactDetails: ADA,
    },
  });
  const nowhere = "00000000-0000-4000-8000-000000000000";
  const events = [slot.eventInfo.eventId, nowhere, other.eventInfo.eventId];
  const made = await owner.bookings.bulkCreateBooking(events.map(wish), { returnFullEntity: true });
  assert.deepEqual(
    [made.bulkActionMetadata.totalSuccesses, made.bulkActionMetadata.totalFailures],
    [2, 1],
  );
  const failed = made.results.find((one) => !one.itemMetadata.success);
  assert.equal(failed.itemMetadata.originalIndex, 1);
  assert.ok(failed.itemMetadata.error.code);

  const ids = made.results
    .filter((one) => one.itemMetadata.success)
    .map((one) => one.item._id ?? one.itemMetadata._id);
  const settled = await owner.bookings.bulkConfirmOrDeclineBooking(
    ids.map((bookingId) => ({ bookingId, paymentStatus: "PAID" })),
  );
  assert.equal(settled.bulkActionMetadata.totalSuccesses, 2);
  const { results } = await owner.bookings.bulkCalculateAllowedActions(ids);
  assert.deepEqual(
    results.map((one) => one.item.cancel),
    [true, true],
  );
  const current = await Promise.all(ids.map((id) => read(owner, id)));
  const bookingsInfo = current.map(({ _id, revision }) => ({ bookingId: _id, revision }));
  const canceled = await owner.bookings.bulkCancelBooking({ bookings: { bookingsInfo } });
  assert.equal(canceled.bulkActionMetadata.totalSuccesses, 2);
  assert.deepEqual(
    (await Promise.all(ids.map((id) => read(owner, id)))).map((one) => one.status),
    ["CANCELED", "CANCELED"],
  );
});

test("attendance: set, read, queried, counted, set in bulk and deleted", async () => {
  const on = await stage();
  const owner = on.keyed();
  const { bookings } = await on.world.control("given", {
    service: "yoga",
    status: "CONFIRMED",
    count: 2,
  });
  const [one, two] = bookings;
  const at = (booking) => ({ bookingId: booking.id, eventId: booking.bookedEntity.slot.eventId });
  const { attendance } = await owner.attendance.setAttendance({ ...at(one), status: "ATTENDED" });
  assert.equal((await owner.attendance.getAttendance(attendance._id)).status, "ATTENDED");
  const bulk = await owner.attendance.bulkSetAttendance({
    attendanceDetails: [{ attendance: { ...at(two), status: "NOT_ATTENDED" } }],
  });
  assert.equal(bulk.bulkActionMetadata.totalSuccesses, 1);
  const found = await owner.attendance.queryAttendance().eq("status", "NOT_ATTENDED").find();
  assert.deepEqual(
    found.items.map((item) => item.bookingId),
    [two.id],
  );
  await owner.attendance.deleteAttendance(attendance._id);
  await assert.rejects(
    owner.attendance.getAttendance(attendance._id),
    (error) => error.status === 404,
  );
});

test("several services as one booking", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const [first] = await times(visitor, on, "haircut");
  const after = (one) => one.localStartDate === first.localEndDate;
  const second = (await times(visitor, on, "beard-trim")).find(after);
  const part = (timeSlot) => ({
    bookedEntity: { slot: slotOf(timeSlot) },
    contactDetails: ADA,
    totalParticipants: 1,
  });
  const made = await visitor.bookings.createMultiServiceBooking([part(first), part(second)], {
    multiServiceBookingType: "SEQUENTIAL_BOOKINGS",
  });
  const { _id } = made.multiServiceBooking;
  const owner = on.keyed();
  const got = await owner.bookings.getMultiServiceBooking(_id);
  assert.equal((got.multiServiceBooking ?? got).bookings.length, 2);
});

test("an app without the scope may not", async () => {
  const on = await stage();
  const {
    bookings: [one],
  } = await on.world.control("given", { service: "yoga", status: "CONFIRMED" });
  const stranger = on.keyed("stranger");
  await refused(
    () => stranger.bookings.cancelBooking(one.id, { revision: one.revision }),
    "PERMISSION_DENIED",
  );
});
