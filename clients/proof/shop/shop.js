// A page that books: what a site's own front end does with the official client. It knows of no mock.

import { bookings, eventTimeSlots, services } from "@wix/bookings";
import { cartV2 } from "@wix/ecom";
import { members } from "@wix/members";
import { redirects } from "@wix/redirects";
import { createClient, OAuthStrategy } from "@wix/sdk";

const BOOKINGS_APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97";
const here = location.origin;
const kept = JSON.parse(sessionStorage.getItem("tokens") ?? "null");
const client = createClient({
  modules: { bookings, cartV2, eventTimeSlots, members, redirects, services },
  auth: OAuthStrategy({
    clientId: new URLSearchParams(location.search).get("client") ?? sessionStorage.client,
    tokens: kept ?? undefined,
  }),
});
sessionStorage.client ??= new URLSearchParams(location.search).get("client");
const find = (selector) => document.querySelector(selector);
const say = (text) => (find("[role=status]").textContent = text);

/** What there is to choose from: a button for each session of the next two weeks. */
async function choice() {
  const { items } = await client.services.queryServices().eq("type", "CLASS").find();
  const yoga = items.find((one) => one.name === "Yoga");
  const now = Date.now();
  const wall = (days) => new Date(now + days * 86_400_000).toISOString().slice(0, 19);
  const { timeSlots } = await client.eventTimeSlots.listEventTimeSlots({
    serviceIds: [yoga._id],
    fromLocalDate: wall(0),
    toLocalDate: wall(14),
    timeZone: "Europe/Dublin",
  });
  const button = ({ localStartDate, eventInfo }) => {
    const made = document.createElement("button");
    made.textContent = `Book ${localStartDate}`;
    made.onclick = failing(() => book({ eventId: eventInfo.eventId, serviceId: yoga._id }));
    return made;
  };
  find("#times").replaceChildren(...timeSlots.map(button));
}

async function book(slot) {
  const { booking } = await client.bookings.createBooking({
    bookedEntity: { slot },
    totalParticipants: 1,
    contactDetails: { firstName: "Ada", email: "ada@example.com" },
  });
  const { token } = await client.bookings.getAnonymousActionToken(booking._id);
  sessionStorage.booked = token;
  const cart = await client.cartV2.createCart({
    cart: { source: { channelType: "WEB" } },
    catalogItems: [
      { catalogReference: { catalogItemId: booking._id, appId: BOOKINGS_APP }, quantity: 1 },
    ],
  });
  const { redirectSession } = await client.redirects.createRedirectSession({
    ecomCheckout: { checkoutId: cart._id },
    callbacks: { postFlowUrl: `${here}/thanks`, thankYouPageUrl: `${here}/thanks` },
  });
  location.assign(redirectSession.fullUrl);
}

const booked = () => client.bookings.bookingsGetBookingAnonymously(sessionStorage.booked);

async function thank() {
  const { booking } = await booked();
  say(`thank you, it is ${booking.status}`);
  find("#cancel").hidden = false;
}

async function cancel() {
  const { booking } = await booked();
  await client.bookings.bookingsCancelBookingAnonymously(sessionStorage.booked, booking.revision);
  say(`it is ${(await booked()).booking.status}`);
}

async function login() {
  const data = client.auth.generateOAuthData(`${here}/callback`, `${here}/`);
  sessionStorage.oauth = JSON.stringify(data);
  const { authUrl } = await client.auth.getAuthUrl(data);
  location.assign(authUrl);
}

async function back() {
  const { code, state, error } = client.auth.parseFromUrl();
  if (error) return say(`not logged in: ${error}`);
  const tokens = await client.auth.getMemberTokens(code, state, JSON.parse(sessionStorage.oauth));
  client.auth.setTokens(tokens);
  sessionStorage.tokens = JSON.stringify(tokens);
  const { member } = await client.members.getCurrentMember();
  return say(`hello ${member._id}`);
}

const failing = (act) => () => act().catch((error) => say(`failed: ${error.message}`));
find("#login").onclick = failing(login);
find("#cancel").onclick = failing(cancel);
const pages = { "/": choice, "/thanks": thank, "/callback": back };
failing(pages[location.pathname])();
