// Sends what a page asks of the API's hosts to the mock that this script came from.
(() => {
  "use strict";
  const { mock, hosts, world, tokenPaths } = "SETTINGS";
  const page = globalThis;
  const mark = Symbol.for("bookings-mock.redirect");
  if (page[mark]) return; // Loaded twice, it would only look at each address twice.
  page[mark] = mock;

  // A name that ends with a dot is the same, said in full.
  const named = (url) => url.host.replace(/\.(?=:|$)/, "");

  // Where an address leads instead; null for any that is not the API's.
  const instead = (address) => {
    let url;
    try {
      url = new URL(address, page.document?.baseURI ?? page.location?.href);
    } catch {
      return null; // What is no address is the browser's to refuse.
    }
    if (!/^https?:$/.test(url.protocol) || !hosts.includes(named(url))) return null;
    if (world && tokenPaths.includes(url.pathname) && !url.searchParams.has("world")) {
      url.searchParams.set("world", world);
    }
    return mock + url.pathname + url.search + url.hash;
  };

  // A request like this one to another address. Its body is read beforehand: browsers send one
  // that streams over HTTP/2 only.
  const copied = async (request, address) => {
    const { method, headers, mode, credentials, cache, redirect } = request;
    const { referrer, referrerPolicy, integrity, keepalive, signal } = request;
    const read = ["GET", "HEAD"].includes(method) ? null : await request.arrayBuffer();
    const body = read?.byteLength ? read : undefined;
    return new Request(address, {
      method, headers, body, mode, credentials, cache, redirect,
      referrer, referrerPolicy, integrity, keepalive, signal,
    });
  };

  const fetch = page.fetch;
  const isRequest = (input) => typeof Request === "function" && input instanceof Request;
  const streams = (body) => typeof ReadableStream === "function" && body instanceof ReadableStream;
  const asked = async (input, init, address) => {
    if (!isRequest(input) && !streams(init?.body)) return fetch.call(page, address, init);
    return fetch.call(page, await copied(new Request(input, init), address));
  };
  page.fetch = function (input, init) {
    const address = instead(isRequest(input) ? input.url : input);
    return address === null ? fetch.apply(page, arguments) : asked(input, init, address);
  };

  const open = page.XMLHttpRequest?.prototype.open;
  if (open) {
    page.XMLHttpRequest.prototype.open = function (method, address, ...more) {
      return open.call(this, method, instead(address) ?? address, ...more);
    };
  }
})();
