// Which hosts are the API's, and where a request to one of them goes instead.

/** The hosts that the official clients call: those of the servers in the OpenAPI document. */
export const API_HOSTS = ["www.wixapis.com", "edge.wixapis.com", "manage.wix.com"];

/** A token of the mock's callers that selects no world yet. */
const PLAIN_TOKEN = /^(?:bearer\s+)?[a-z][a-z-]*-token$/i;

/** Where the request goes: a URL of the mock, or undefined where it is none of the API's. */
export function mapped(url, { hosts, to, world }) {
  const from = typeof url === "string" ? parsed(url) : url;
  if (!from || !hosts.has(named(from)) || !/^https?:$/.test(from.protocol)) return undefined;
  const target = new URL(to);
  target.pathname = from.pathname; // Never resolved: a path that begins with // would name a host.
  target.search = from.search;
  // Tokens that are issued carry their world along; who asks for one has no token yet.
  if (world && /^\/oauth2?\//.test(target.pathname) && !target.searchParams.has("world")) {
    target.searchParams.set("world", world);
  }
  return target;
}

/** The Authorization of a request in a world: a plain token of the mock's gets the world's name. */
export function inWorld(authorization, world) {
  const plain = world && authorization && PLAIN_TOKEN.test(authorization.trim());
  return plain ? `${authorization.trim()}@${world}` : authorization;
}

/** A name that ends with a dot is the same, said in full. */
function named(url) {
  return url.hostname.replace(/\.$/, "");
}

function parsed(text) {
  return URL.canParse(text) ? new URL(text) : undefined;
}
