#!/usr/bin/env node
// `npx bookings-mock`: the command itself, found or fetched as `createMock` does, with its own words.

import { spawn } from "node:child_process";

import { commandOf } from "../lib/command.js";

try {
  const [command, ...first] = commandOf();
  const child = spawn(command, [...first, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => end(`${command} can't be started: ${error.message}`));
  child.on("close", (code) => process.exit(code ?? 1));
} catch (error) {
  end(error.message);
}

function end(why) {
  console.error(why);
  process.exit(2);
}
