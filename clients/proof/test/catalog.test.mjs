// A site is filled by the client itself: what is created is found, offered and booked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ADA, ahead, slotOf, stage, ZONE } from "./support.mjs";

/** An appointment with Ada's stylist, an hour long. */
function appointment(on, name) {
  return {
    type: "APPOINTMENT",
    name,
    onlineBooking: { enabled: true },
    payment: {
      rateType: "FIXED",
      fixed: { price: { value: "30", currency: "EUR" } },
      options: { online: true, inPerson: true },
    },
    defaultCapacity: 1,
    locations: [{ type: "BUSINESS", business: { _id: on.services.haircut.location.id } }],
    schedule: { availabilityConstraints: { sessionDurations: [60] } },
    staffMemberIds: [on.services.haircut.resource_id],
  };
}

test("a service that is created is found, offered, booked, renamed and deleted", async () => {
  const on = await stage();
  const [owner, visitor] = [on.keyed(), on.visitor()];
  const made = await owner.services.createService(appointment(on, "Head massage"));
  const id = made._id;
  const { items } = await visitor.services.queryServices().eq("name", "Head massage").find();
  assert.deepEqual(
    items.map((one) => one._id),
    [id],
  );

  const wish = { serviceId: id, bookable: true, ...ahead(on) };
  const { timeSlots } = await visitor.availabilityTimeSlots.listAvailabilityTimeSlots(wish);
  assert.ok(timeSlots.length > 0, "it is offered at once");
  const bookedEntity = { slot: slotOf(timeSlots[0]) };
  const { booking } = await visitor.bookings.createBooking({
    bookedEntity,
    totalParticipants: 1,
    contactDetails: ADA,
  });
  assert.equal(booking.bookedEntity.slot.serviceId, id);
  assert.equal(booking.bookedEntity.slot.timezone, ZONE);

  const renamed = await owner.services.updateService(id, {
    name: "Scalp massage",
    revision: made.revision,
  });
  assert.equal(renamed.name, "Scalp massage");
  await owner.services.deleteService(id);
  const left = await visitor.services.queryServices().eq("_id", id).find();
  assert.equal(left.items.length, 0);
});

test("several services in bulk, and deleted but for one that is not there", async () => {
  const on = await stage();
  const owner = on.keyed();
  const services = ["One", "Two"].map((name) => appointment(on, name));
  const made = await owner.services.bulkCreateServices(services, { returnEntity: true });
  assert.equal(made.bulkActionMetadata.totalSuccesses, 2);
  const ids = made.results.map((one) => one.item._id);
  const gone = await owner.services.bulkDeleteServices([
    ...ids,
    "00000000-0000-4000-8000-000000000000",
  ]);
  assert.deepEqual(
    [gone.bulkActionMetadata.totalSuccesses, gone.bulkActionMetadata.totalFailures],
    [2, 1],
  );
});

test("a service's form says what it asks, and a booking takes the answers", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const { form } = await visitor.services.getService(on.services.haircut.id);
  const { formSummary } = await visitor.forms.getFormSummary(form._id);
  const targets = formSummary.fields.map((one) => one.target);
  assert.ok(targets.includes("first_name") && targets.includes("email"), String(targets));
  const wish = { serviceId: on.services.haircut.id, bookable: true, ...ahead(on) };
  const { timeSlots } = await visitor.availabilityTimeSlots.listAvailabilityTimeSlots(wish);
  const booked = { bookedEntity: { slot: slotOf(timeSlots[0]) }, totalParticipants: 1 };
  const formSubmission = { first_name: "Ada", email: "ada@example.com" };
  const { booking } = await visitor.bookings.createBooking(booked, { formSubmission });
  assert.equal(booking.contactDetails.firstName, "Ada");
});

test("staff and categories are made for services to come", async () => {
  const on = await stage();
  const owner = on.keyed();
  const category = await owner.categoriesV2.createCategory({ name: "Outdoors" });
  const found = await owner.categoriesV2.queryCategories().eq("name", "Outdoors").find();
  assert.deepEqual(
    found.items.map((one) => one._id),
    [category._id],
  );
  const member = await owner.staffMembers.createStaffMember({ name: "Grace" });
  const known = await owner.staffMembers.getStaffMember((member.staffMember ?? member)._id, {
    fields: ["RESOURCE_DETAILS"],
  });
  assert.equal((known.staffMember ?? known).name, "Grace");
});
