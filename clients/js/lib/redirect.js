// Leads the requests of this process for the API's hosts to a mock: fetch, node:http and node:https.

import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

import { API_HOSTS, inWorld, mapped } from "./hosts.js";

const real = {
  fetch: globalThis.fetch,
  http: { request: http.request, get: http.get },
  https: { request: https.request, get: https.get },
};

/** The fetch of this process as it was before anything was led elsewhere. */
export const realFetch = (...given) => real.fetch(...given);

/** What was asked for and not undone yet, the latest at the end. */
const rules = [];

let current;

/**
 * Leads requests for the API's hosts to `target` (a mock, a world, or a URL) until the function that
 * it answers is called. The latest call counts; the one before it counts again after that.
 */
export function redirect(target, { hosts = API_HOSTS } = {}) {
  const { url, name } = typeof target === "string" ? { url: target } : target;
  const mine = { hosts: new Set(hosts), to: new URL(url), world: name };
  rules.push(mine);
  use(mine);
  return () => {
    if (!rules.includes(mine)) return;
    rules.splice(rules.indexOf(mine), 1);
    use(rules.at(-1));
  };
}

function use(rule) {
  current = rule;
  const led = rule !== undefined;
  globalThis.fetch = led ? ledFetch : real.fetch;
  for (const [module, scheme] of [
    [http, "http"],
    [https, "https"],
  ]) {
    module.request = led ? (...given) => ledRequest(scheme, given) : real[scheme].request;
    module.get = led ? (...given) => ledGet(scheme, given) : real[scheme].get;
  }
  syncBuiltinESMExports(); // Those who wrote `import { request } from "node:https"`.
}

async function ledFetch(input, init) {
  const url = input instanceof Request ? input.url : String(input);
  const to = current && mapped(url, current);
  if (!to) return real.fetch(input, init);
  // A Request of another realm or library is read by its fields.
  const asked = input instanceof Request ? new Request(to, new Request(input, init)) : undefined;
  const request = asked ?? new Request(to, withDuplex(init));
  const authorization = inWorld(request.headers.get("authorization"), current.world);
  if (authorization) request.headers.set("authorization", authorization);
  return real.fetch(request);
}

/** A stream can only be sent where this is said. */
function withDuplex(init) {
  return init?.body && typeof init.body === "object" ? { duplex: "half", ...init } : init;
}

function ledGet(scheme, given) {
  const request = ledRequest(scheme, given);
  request.end();
  return request;
}

function ledRequest(scheme, given) {
  const { options, callback } = understood(scheme, given);
  const to = current && mapped(addressOf(options), current);
  if (!to) return real[scheme].request(...given);
  const way = to.protocol === "https:" ? "https" : "http";
  const { agent, host, hostname, port, protocol, path, servername, ...rest } = options;
  const request = real[way].request(
    { ...rest, ...target(to), headers: led(options.headers, to) },
    callback,
  );
  return heedingLateHeaders(request, to);
}

/** Headers that are set once there is a request are led as those that it began with. */
function heedingLateHeaders(request, to) {
  const { world } = current;
  const set = request.setHeader;
  request.setHeader = (name, value) => set.call(request, name, ledValue(name, value, to, world));
  return request;
}

/** The forms that node takes: (url, options?, callback?) and (options, callback?). */
function understood(scheme, given) {
  const callback = given.find((one) => typeof one === "function");
  const [first, second] = given;
  const isUrl = typeof first === "string" || first instanceof URL;
  const options = isUrl ? (typeof second === "object" ? second : {}) : (first ?? {});
  const from = isUrl ? urlOptions(first) : {};
  return { options: { protocol: `${scheme}:`, ...from, ...options }, callback };
}

function urlOptions(text) {
  const url = new URL(text);
  const path = url.pathname + url.search;
  return { protocol: url.protocol, hostname: url.hostname, port: url.port, path };
}

function addressOf({ protocol, hostname, host, path }) {
  const name = hostname || String(host || "localhost").replace(/:\d+$/, "");
  return `${protocol}//${name}${String(path || "/").replace(/^(?!\/)/, "/")}`;
}

function target(to) {
  const hostname = to.hostname.replace(/^\[|\]$/g, "");
  return { protocol: to.protocol, hostname, port: to.port, path: to.pathname + to.search };
}

function led(headers, to) {
  if (Array.isArray(headers)) return ledList(headers, to);
  const own = Object.entries(headers ?? {}).map(([name, value]) => {
    return [name, ledValue(name, value, to, current.world)];
  });
  return Object.fromEntries(own);
}

/** Headers as node takes them in a list: pairs, or names and values by turns. */
function ledList(headers, to) {
  const value = (name, own) => ledValue(name, own, to, current.world);
  if (Array.isArray(headers[0])) return headers.map(([name, own]) => [name, value(name, own)]);
  return headers.map((one, at) => (at % 2 ? value(headers[at - 1], one) : one));
}

function ledValue(name, value, to, world) {
  const lower = String(name).toLowerCase();
  if (lower === "host") return to.host;
  if (lower !== "authorization" || value === undefined) return value;
  return inWorld(String(value), world);
}
