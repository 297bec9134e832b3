// Who calls: a visitor who becomes a member, an app, and a guest with nothing but a token.

import assert from "node:assert/strict";
import { test } from "node:test";

import { book, read, refused, sessions, slotOf, stage } from "./support.mjs";

test("a visitor becomes a member and keeps on booking", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const tokens = await visitor.auth.generateVisitorTokens();
  assert.equal(tokens.refreshToken.role, "visitor");
  assert.equal(visitor.auth.loggedIn(), false);
  visitor.auth.setTokens(tokens);
  await refused(() => visitor.members.getCurrentMember(), "PERMISSION_DENIED");

  const oauth = visitor.auth.generateOAuthData(
    "https://shop.example/callback",
    "https://shop.example/",
  );
  const { authUrl } = await visitor.auth.getAuthUrl(oauth);
  const code = await loggedIn(on, authUrl);
  const member = await visitor.auth.getMemberTokens(code, oauth.state, oauth);
  assert.equal(member.refreshToken.role, "member");
  visitor.auth.setTokens(member);
  assert.equal(visitor.auth.loggedIn(), true);

  const { member: me } = await visitor.members.getCurrentMember({ fieldsets: ["FULL"] });
  const ids = Object.values(on.site.callers).map((one) => one.member_id);
  assert.ok(ids.includes(me._id));
  const [slot] = await sessions(visitor, on);
  const booking = await book(visitor, slot);
  assert.equal(booking.createdBy.memberId, me._id);
});

/** What the login page does, asked of the control behind it: the code for the first way that has one. */
async function loggedIn(on, authUrl) {
  const { pathname } = new URL(authUrl);
  const { redirect } = await on.world.control(pathname.replace(/^\/_mock\//, ""));
  for (const way of redirect.ways) {
    const found = /[?#&]code=([^&]+)/.exec(
      way.url ?? way.sentTo ?? way.address ?? JSON.stringify(way),
    );
    if (found) return decodeURIComponent(found[1]);
  }
  return assert.fail(`no way of the login has a code: ${JSON.stringify(redirect)}`);
}

test("tokens are renewed before a call when they have run out", async () => {
  const on = await stage();
  const visitor = on.visitor();
  const tokens = await visitor.auth.generateVisitorTokens();
  const stale = { ...tokens, accessToken: { value: "at-stale", expiresAt: 1 } };
  const again = on.visitor({ tokens: stale });
  assert.ok((await sessions(again, on)).length > 0);
  assert.notEqual(again.auth.getTokens().accessToken.value, "at-stale");
});

test("an app on its own server gets its tokens by its secret", async () => {
  const on = await stage();
  const known = on.site.callers.app;
  const app = on.app({
    appSecret: known.client_secret,
    instanceId: "c1a2b3c4-0000-4000-8000-000000000000",
  });
  const {
    bookings: [one],
  } = await on.world.control("given", { service: "yoga", status: "CREATED" });
  const confirmed = await app.bookings.confirmBooking(one.id, one.revision);
  assert.equal(confirmed.booking.status, "CONFIRMED");
});

test("a guest reads, moves and cancels by a token alone", async () => {
  const on = await stage();
  const [visitor, owner] = [on.visitor(), on.keyed()];
  const [first, second] = await sessions(visitor, on);
  const booking = await book(visitor, first);
  await owner.bookings.confirmBooking(booking._id, booking.revision);
  const { token } = await owner.bookings.getAnonymousActionToken(booking._id);
  const seen = await visitor.bookings.bookingsGetBookingAnonymously(token);
  assert.equal(seen.booking._id, booking._id);
  const moved = await visitor.bookings.bookingsRescheduleBookingAnonymously(token, slotOf(second), {
    revision: seen.booking.revision,
  });
  assert.equal(moved.booking.bookedEntity.slot.eventId, second.eventInfo.eventId);
  const { revision } = await read(owner, booking._id);
  await visitor.bookings.bookingsCancelBookingAnonymously(token, revision);
  assert.equal((await read(owner, booking._id)).status, "CANCELED");
});
