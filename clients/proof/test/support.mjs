// A world for each test, and the official client's clients in it. They are not told of the mock: what
// they send to the API's own host is led there.

import assert from "node:assert/strict";
import { after } from "node:test";

import * as bookingsModules from "@wix/bookings";
import { cartV2, checkout, currentCartV2, orders } from "@wix/ecom";
import { forms } from "@wix/forms";
import { members } from "@wix/members";
import { redirects } from "@wix/redirects";
import { ApiKeyStrategy, AppStrategy, createClient, OAuthStrategy } from "@wix/sdk";
import { createMock } from "bookings-mock";

export const BOOKINGS_APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97";
export const ADA = { firstName: "Ada", lastName: "Byron", email: "ada@example.com" };
export const ZONE = "Europe/Dublin";

const modules = {
  ...bookingsModules,
  cartV2,
  checkout,
  currentCartV2,
  members,
  orders,
  redirects,
  forms,
};

const mock = await createMock();
const undo = mock.redirect();
after(undo);

/** A world with its site, and whoever calls in it. */
export async function stage() {
  const world = mock.world();
  const site = await world.site();
  const clientId = await world.clientId();
  return {
    world,
    site,
    services: site.services,
    clientId,
    now: new Date(site.site.now),
    /** The owner, or an app, by an API key. */
    keyed: (caller = "owner") =>
      createClient({
        modules,
        auth: ApiKeyStrategy({ siteId: site.site.id, apiKey: world.token(caller) }),
      }),
    /** A visitor of a headless site, whom the client gets tokens for by itself. */
    visitor: (options) => createClient({ modules, auth: OAuthStrategy({ clientId, ...options }) }),
    /** An app on its own server. */
    app: (options) => createClient({ modules, auth: AppStrategy({ appId: clientId, ...options }) }),
    journal: async () => (await world.control("requests")).requests,
  };
}

/** The days ahead, as the slot lists take them. */
export function ahead({ now }, days = 14) {
  const wall = (moment) => moment.toISOString().slice(0, 19);
  const span = { fromLocalDate: wall(now), toLocalDate: wall(new Date(+now + days * 86_400_000)) };
  return { ...span, timeZone: ZONE };
}

/** The sessions of a class, as a visitor sees them. */
export async function sessions(client, on, name = "yoga", more = {}) {
  const wish = { serviceIds: [on.services[name].id], ...ahead(on), ...more };
  return (await client.eventTimeSlots.listEventTimeSlots(wish)).timeSlots;
}

/** Free times of an appointment. */
export async function times(client, on, name = "haircut", more = {}) {
  const wish = { serviceId: on.services[name].id, bookable: true, ...ahead(on), ...more };
  return (await client.availabilityTimeSlots.listAvailabilityTimeSlots(wish)).timeSlots;
}

/** What is booked of a time slot that a list showed. */
export function slotOf(timeSlot) {
  const { eventInfo, serviceId, scheduleId, localStartDate, localEndDate, location } = timeSlot;
  if (eventInfo?.eventId) return { eventId: eventInfo.eventId, serviceId, timezone: ZONE };
  const at = { startDate: localStartDate, endDate: localEndDate, timezone: ZONE };
  const where = location && { location: { _id: location._id, locationType: "OWNER_BUSINESS" } };
  return { serviceId, scheduleId, ...at, ...where };
}

/** Books a time slot for Ada. */
export async function book(client, timeSlot, more = {}) {
  const bookedEntity = { slot: slotOf(timeSlot) };
  const wish = { bookedEntity, totalParticipants: 1, contactDetails: ADA, ...more };
  return (await client.bookings.createBooking(wish)).booking;
}

/** A cart with a booking in it. */
export async function cartOf(client, ...bookingIds) {
  const item = (id) => ({
    catalogReference: { catalogItemId: id, appId: BOOKINGS_APP },
    quantity: 1,
  });
  return client.cartV2.createCart({
    cart: { source: { channelType: "WEB" } },
    catalogItems: bookingIds.map(item),
  });
}

/** The booking as the reader has it. */
export async function read(client, id) {
  const found = await client.extendedBookings.queryExtendedBookings({ filter: { id } });
  assert.equal(found.extendedBookings.length, 1, `the reader finds booking ${id}`);
  return found.extendedBookings[0].booking;
}

/** A refusal as the client throws it: its application error. */
export async function refused(call, code) {
  try {
    await call();
  } catch (error) {
    assert.ok(error.details?.applicationError, `no application error: ${error.stack}`);
    assert.equal(error.details.applicationError.code, code);
    return error;
  }
  return assert.fail(`answered, and not refused with ${code}`);
}
