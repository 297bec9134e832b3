// What `node --require` and `require()` find: they wait for nothing, and a mock has to be started.
throw new Error(
  "bookings-mock/register can't be required: the mock is started before the program is, and " +
    "--require waits for nothing. Load it by: node --import bookings-mock/register app.js",
);
