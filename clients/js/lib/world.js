// A world: an isolated copy of the site in a running mock, selected by a suffix of each token.

/** An answer that is no success. */
export class MockCallError extends Error {
  name = "MockCallError";

  constructor(method, path, status, body, headers) {
    const code = body?.details?.applicationError?.code;
    super(`${method} ${path}: ${status} ${code ?? body?.message ?? ""}`.trim());
    this.status = status;
    this.code = code;
    this.body = body;
    /** The rule of the API that the call broke, such as CONFIRM-1. */
    this.rule = headers.get("x-bookings-rule") ?? undefined;
  }
}

export class World {
  #site;
  #fetch;

  constructor(url, name, fetch) {
    this.url = url;
    this.name = name;
    this.#fetch = fetch;
  }

  /** What there is: callers and tokens, services, sessions and free slots with their ids. */
  async site() {
    return this.control("site");
  }

  /** The token of a caller in this world: `owner`, `app`, `member`, `visitor` and so on. */
  token(caller = "owner") {
    return this.in(`${caller.replaceAll("_", "-")}-token`);
  }

  /** A token, or the client id of an app, as it is in this world. */
  in(token) {
    return `${token}@${this.name}`;
  }

  /** What a request to this world carries. */
  headers(caller = "owner") {
    return { authorization: this.token(caller), "content-type": "application/json" };
  }

  /** The client id of an app of the site in this world, as `OAuthStrategy` takes it. */
  async clientId(app = "app") {
    this.#site ??= await this.site();
    const { callers } = this.#site;
    const found = callers[app]?.client_id;
    if (found) return this.in(found);
    const known = Object.keys(callers).filter((name) => callers[name].client_id);
    throw new Error(`the site has no app ${JSON.stringify(app)}: it has ${known.join(", ")}`);
  }

  /** Calls the API: a POST where there is a body, else a GET; answers the JSON of the answer. */
  async call(path, body, { caller = "owner", method } = {}) {
    return this.#send(method ?? (body === undefined ? "GET" : "POST"), path, body, {
      headers: this.headers(caller),
    });
  }

  /** Uses a control of the mock, such as `clock`, `events`, `webhooks`, `given` or `faults`. */
  async control(name, body, { method } = {}) {
    const verb = method ?? (body === undefined ? "GET" : "POST");
    const path = `/_mock/${name}${name.includes("?") ? "&" : "?"}world=${this.name}`;
    return this.#send(verb, path, body, { headers: { "content-type": "application/json" } });
  }

  /** Forgets all that happened in this world; with `now` it begins anew at that moment. */
  async reset({ now } = {}) {
    const body = now === undefined ? {} : { now: now instanceof Date ? now.toISOString() : now };
    await this.control("reset", body);
  }

  /** A path of the mock, never resolved: what begins with // or a scheme would name another host. */
  #at(path) {
    if (/^[a-z][a-z0-9+.-]*:/i.test(path)) {
      throw new TypeError(`${path} is no path: use one of the API, such as /bookings/v2/bookings`);
    }
    return this.url.replace(/\/+$/, "") + path.replace(/^(?!\/)/, "/");
  }

  async #send(method, path, body, { headers }) {
    const answer = await this.#fetch(this.#at(path), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const told = text ? JSON.parse(text) : undefined;
    if (!answer.ok) throw new MockCallError(method, path, answer.status, told, answer.headers);
    return told;
  }
}
