// Writes clients/functions.json: every function that @wix/bookings exports, and the request that it
// sends. `--check` writes nothing, and fails where the file does not say what the locked package does.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as modules from "@wix/bookings";
import * as meta from "@wix/bookings/meta";

const FILE = join(import.meta.dirname, "..", "functions.json");
const isCall = (name, one) =>
  typeof one === "function" && /^[a-z]/.test(name) && !/^on[A-Z]/.test(name);

/** The functions of every module, each with its request. */
const functions = Object.entries(modules).flatMap(([module, exported]) =>
  Object.entries(exported)
    .filter(([name, one]) => isCall(name, one))
    .map(([name]) => {
      const described = meta[module][name]();
      const sent = described.getUrl({ host: "www.wixapis.com" });
      const path = sent.replace(/:([A-Za-z]+)/g, (whole, word) =>
        described.pathParams[word] ? `{${word}}` : whole,
      );
      return { module, name, method: described.httpMethod, path };
    }),
);

/** The events that the modules take: `onBookingConfirmed` and the like. */
const events = Object.entries(modules).flatMap(([module, exported]) =>
  Object.keys(exported)
    .filter((name) => /^on[A-Z]/.test(name))
    .map((name) => `${module}.${name}`),
);

const manifest = readFileSync(
  join(import.meta.dirname, "node_modules/@wix/bookings/package.json"),
  "utf8",
);
const { version } = JSON.parse(manifest);
const line = (one) => `    ${JSON.stringify(one)}`;
const text = `{
  "package": "@wix/bookings",
  "version": "${version}",
  "events": [\n${events.map(line).join(",\n")}\n  ],
  "functions": [\n${functions.map(line).join(",\n")}\n  ]
}
`;

if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error(
    "clients/functions.json is not what @wix/bookings exports: run clients/proof/functions.mjs, then python clients/coverage.py",
  );
  process.exit(1);
}
console.log(
  `${functions.length} functions and ${events.length} events of @wix/bookings ${version}`,
);
