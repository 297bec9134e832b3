// Wix's own building blocks for headless sites, by which a page lists services and books them.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  executeBookAction,
  loadServiceListServiceInitialData,
  loadServiceServiceInitialData,
  loadStaffMemberListServiceInitialData,
} from "@wix/headless-bookings/services";

import { read, sessions, stage, times, ZONE } from "./support.mjs";

/** A page of a site: its calls are those of whoever is there. */
async function page() {
  const on = await stage();
  const visitor = on.visitor();
  visitor.enableContext("global");
  return { on, visitor };
}

/** What the page has gathered when its button is pressed. */
function chosen(service, timeSlot) {
  const location = timeSlot.location;
  const serviceSelections = [{ service, timeSlot: shown(timeSlot), totalParticipants: 1 }];
  const formSubmission = { first_name: "Ada", last_name: "Byron", email: "ada@example.com" };
  return { serviceSelections, location, formSubmission, timezone: ZONE };
}

const shown = (slot) => ({ ...slot, startDate: slot.localStartDate, endDate: slot.localEndDate });

test("a page lists services and categories", async () => {
  await page();
  const list = await loadServiceListServiceInitialData({ pagingMetadata: { limit: 5 } });
  assert.equal(list.type, "success", String(list.error));
  assert.equal(list.config.services.length, 5);
  assert.ok(list.config.categories.length > 0);
});

test("a service's own page finds it by its slug", async () => {
  const { on, visitor } = await page();
  const service = await visitor.services.getService(on.services.yoga.id);
  const found = await loadServiceServiceInitialData({ slug: service.mainSlug.name });
  assert.equal(
    (found.config?.service ?? found.service)?._id,
    service._id,
    JSON.stringify(found).slice(0, 300),
  );
});

test("a class that is paid in person is booked and ordered in one step", async () => {
  const { on, visitor } = await page();
  const service = await visitor.services.getService(on.services.yoga.id);
  const [slot] = await sessions(visitor, on);
  const done = await executeBookAction({
    ...chosen(service, slot),
    selectedPaymentOption: "OFFLINE",
  });
  assert.equal(done.type, "checkout_skipped");
  const { orders } = await on.keyed().orders.searchOrders({});
  assert.deepEqual(
    orders.map((one) => one._id),
    [done.orderId],
  );
  const booking = await read(on.keyed(), orders[0].lineItems[0].catalogReference.catalogItemId);
  assert.equal(booking.status, "CONFIRMED");
});

test("an appointment that is paid online leads to the checkout", async () => {
  const { on, visitor } = await page();
  const service = await visitor.services.getService(on.services.haircut.id);
  const [slot] = await times(visitor, on);
  const done = await executeBookAction({
    ...chosen(service, slot),
    selectedPaymentOption: "ONLINE",
  });
  assert.equal(done.type, "checkout_required");
  await on.world.control(`pay/${done.cartId}`, { outcome: "PAID" });
  const { extendedBookings } = await on
    .keyed()
    .extendedBookings.queryExtendedBookings({ filter: {} });
  assert.deepEqual(
    extendedBookings.map((one) => [one.booking.status, one.booking.paymentStatus]),
    [["CONFIRMED", "PAID"]],
  );
});

test("a page names the staff", async () => {
  const { on } = await page();
  const staff = await loadStaffMemberListServiceInitialData({
    resourceIds: [on.services.haircut.resource_id],
  });
  assert.equal(staff.type, "success", String(staff.error));
});
