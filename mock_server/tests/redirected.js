// Runs the script on standard input in what stands for a page, and says what that page then asked.
"use strict";

const source = require("node:fs").readFileSync(0, "utf8");
const asked = [];
globalThis.document = { baseURI: "https://salon.example.com/book/" };
globalThis.fetch = async (input, init) => {
  const request = input instanceof Request ? input : new Request(new URL(input, document.baseURI), init);
  asked.push({
    by: "fetch",
    url: request.url,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    credentials: request.credentials,
    streamed: input instanceof Request ? false : init?.body instanceof ReadableStream,
  });
  return new Response("{}");
};
globalThis.XMLHttpRequest = class {
  open(...given) {
    asked.push({ by: "xhr", given });
  }
};
(0, eval)(source);
const once = fetch;
(0, eval)(source); // A page may load it twice.
if (fetch !== once) throw new Error("what is led already is led again");

const API = "https://www.wixapis.com";
const json = { "content-type": "application/json" };
const stream = () => new Blob(["streamed"]).stream();
const xhr = (...given) => new XMLHttpRequest().open(...given);
(async () => {
  await fetch(`${API}/bookings/v2/bookings?a=b%20c`, { method: "POST", headers: json, body: "{}" });
  await fetch(new URL(`${API}/ecom/v2/carts#there`));
  await fetch(new Request(`${API}/a`, { method: "PUT", headers: { authorization: "t" }, body: "whole", credentials: "include" }));
  await fetch(new Request(`${API}/b`), { method: "PATCH", body: "late" });
  await fetch(`${API}/c`, { method: "POST", body: stream(), duplex: "half" });
  await fetch("https://edge.wixapis.com:443/oauth2/token?x=1", { method: "POST", body: "" });
  await fetch("http://manage.wix.com/_api/a");
  await fetch("//www.wixapis.com/d");
  await fetch("https://www.wixapis.com./dot");
  await fetch("https://www.wixapis.com.example.org/e");
  await fetch("https://wixapis.com/f");
  await fetch("https://www.wixapis.com:8443/g");
  await fetch("/h");
  await fetch("https://salon.example.com/?to=https://www.wixapis.com/i");
  xhr("GET", `${API}/j`);
  xhr("POST", new URL(`${API}/k`), false, "name", "word");
  xhr("GET", "l");
  xhr("GET", "http://[no address");
  console.log(JSON.stringify(asked));
})();
