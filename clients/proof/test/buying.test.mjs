// What a visitor lives through: choose, book, pay, read back, move, cancel.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ADA,
  book,
  BOOKINGS_APP,
  cartOf,
  read,
  sessions,
  slotOf,
  stage,
  times,
  ZONE,
} from "./support.mjs";

/** The buyer pays on the hosted page, of which the control is the back door. */
const pays = (on, id, outcome = "PAID") => on.world.control(`pay/${id}`, { outcome });

test("a class: chosen, booked, paid through a cart, read back, moved and canceled", async () => {
  const on = await stage();
  const [visitor, owner] = [on.visitor(), on.keyed()];

  const found = await visitor.services.queryServices().eq("type", "CLASS").ascending("name").find();
  const yoga = found.items.find((one) => one._id === on.services.yoga.id);
  assert.equal(yoga.name, on.services.yoga.title);
  const [, first, second] = await sessions(visitor, on);

  const booking = await book(visitor, first);
  assert.deepEqual([booking.status, booking.revision], ["CREATED", "1"]);
  assert.equal(booking.bookedEntity.slot.eventId, first.eventInfo.eventId);

  const cart = await cartOf(visitor, booking._id);
  const { summary } = await visitor.cartV2.calculateCart(cart._id);
  assert.equal(Number(summary.priceSummary.total.amount), Number(yoga.payment.fixed.price.value));
  const { redirectSession } = await visitor.redirects.createRedirectSession({
    ecomCheckout: { checkoutId: cart._id },
    callbacks: { postFlowUrl: "https://shop.example/thanks" },
  });
  assert.match(redirectSession.fullUrl, /^https?:\/\//);
  await pays(on, cart._id);

  const paid = await read(owner, booking._id);
  assert.deepEqual([paid.status, paid.paymentStatus], ["CONFIRMED", "PAID"]);
  const bought = await owner.orders.searchOrders({
    filter: { "lineItems.catalogReference.catalogItemId": booking._id },
  });
  assert.equal(bought.orders.length, 1);
  assert.equal(bought.orders[0].paymentStatus, "PAID");

  const moved = await owner.bookings.rescheduleBooking(booking._id, slotOf(second), {
    revision: paid.revision,
  });
  assert.equal(moved.booking.bookedEntity.slot.eventId, second.eventInfo.eventId);
  const { booking: canceled } = await owner.bookings.cancelBooking(booking._id, {
    revision: moved.booking.revision,
  });
  assert.equal(canceled.status, "CANCELED");
  assert.equal((await read(owner, booking._id)).status, "CANCELED");
});

test("an appointment: the slot goes on as it came, and is taken then", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const [free] = await times(visitor, on);
  const { serviceId, localStartDate, localEndDate, location } = free;
  const place = { _id: location._id, locationType: location.locationType };
  const { timeSlot } = await visitor.availabilityTimeSlots.getAvailabilityTimeSlot(
    serviceId,
    localStartDate,
    localEndDate,
    ZONE,
    place,
  );
  assert.equal(timeSlot.bookable, true);

  const booking = await book(visitor, free);
  const cart = await cartOf(visitor, booking._id);
  await pays(on, cart._id);
  assert.equal((await read(on.keyed(), booking._id)).status, "CONFIRMED");
  const left = (await times(visitor, on)).map((one) => one.localStartDate);
  assert.ok(!left.includes(free.localStartDate), "a time that is booked is offered no more");
});

test("what is paid in person is confirmed by placing the order", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const [slot] = await sessions(visitor, on);
  const booking = await book(visitor, slot, { selectedPaymentOption: "OFFLINE" });
  const cart = await cartOf(visitor, booking._id);
  const placed = await visitor.cartV2.placeOrder(cart._id);
  assert.match(placed.orderId, /^[0-9a-f-]{36}$/);
  const read_ = await read(on.keyed(), booking._id);
  assert.deepEqual([read_.status, read_.paymentStatus], ["CONFIRMED", "NOT_PAID"]);
});

test("a course: booked as a whole by its schedule", async () => {
  const on = await stage();
  const { spanish } = on.services;
  const bookedEntity = {
    schedule: { scheduleId: spanish.schedule_id, serviceId: spanish.id, timezone: ZONE },
  };
  const visitor = on.visitor();
  const made = await visitor.bookings.createBooking({
    bookedEntity,
    totalParticipants: 1,
    contactDetails: ADA,
  });
  const [owner, { booking }] = [on.keyed(), made];
  const confirmed = await owner.bookings.confirmBooking(booking._id, booking.revision, {
    paymentStatus: "PAID",
  });
  assert.equal(confirmed.booking.status, "CONFIRMED");
});

test("the earlier checkout, which sites still use", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const [slot] = await sessions(visitor, on);
  const booking = await book(visitor, slot);
  const made = await visitor.checkout.createCheckout({
    channelType: "WEB",
    lineItems: [
      { quantity: 1, catalogReference: { catalogItemId: booking._id, appId: BOOKINGS_APP } },
    ],
  });
  await pays(on, made._id);
  assert.equal((await read(on.keyed(), booking._id)).status, "CONFIRMED");
});

test("a buyer who turns back has bought nothing", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const [slot] = await sessions(visitor, on);
  const booking = await book(visitor, slot);
  const cart = await cartOf(visitor, booking._id);
  await pays(on, cart._id, "LEFT");
  assert.equal((await read(on.keyed(), booking._id)).status, "CREATED");
});

test("the price before the cart", async () => {
  const on = await stage();
  const lines = [{ serviceId: on.services.yoga.id, numberOfParticipants: 2 }];
  const { priceInfo } = await on.visitor().pricing.previewPrice(lines);
  assert.ok(Number(priceInfo.calculatedPrice) > 0);
});

test("pages of a list: the client's own iterator goes on to the end", async () => {
  const on = await stage();
  const owner = on.keyed();
  await on.world.control("given", {
    service: "yoga",
    status: "CONFIRMED",
    doubleBooked: true,
    paymentStatus: "PAID",
    count: 25,
  });
  let page = await owner.extendedBookings.queryExtendedBookings().limit(10).find();
  const seen = page.items.map((one) => one.booking._id);
  while (page.hasNext()) {
    page = await page.next();
    seen.push(...page.items.map((one) => one.booking._id));
  }
  const { count } = await owner.extendedBookings.countExtendedBookings();
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(seen.length, count);
});
