/** How a mock is started; what is left out is as the command has it by itself. */
export interface MockOptions {
  /** Use the mock that runs here and start none (else `BOOKINGS_MOCK_URL`). */
  url?: string;
  /** The command, in words or as a list (else `BOOKINGS_MOCK`, PATH, uvx, pipx). */
  command?: string | readonly string[];
  /** The port; 0, a free one, unless it is said. */
  port?: number;
  /** The name of a site, or the path of a site file. */
  site?: string;
  /** Ids follow from this number. */
  seed?: number;
  /** Every world begins at this moment, with a clock that stands. */
  clock?: Date | string;
  /** Which side to take where the sources leave a rule open, such as `{ "CANCEL-5": "B" }`. */
  readings?: Readonly<Record<string, string>>;
  /** Wrong on purpose: ids of rules, or other names of `bookings-mock --list-breaks`. */
  breaks?: string | readonly string[];
  /** Refuse what the API accepts and advises against: all of it, or these ADVICE rules. */
  strict?: boolean | string | readonly string[];
  /** Refuse the calls of a caller beyond so many in a minute. */
  rateLimit?: number;
  /** Pages of these origins may use the mock's controls. */
  allowOrigins?: string | readonly string[];
  /** Further arguments of the command. */
  args?: readonly (string | number)[];
  /** Further variables of its environment. */
  env?: Readonly<Record<string, string>>;
  /** Milliseconds until it must listen; 120000, for uvx and pipx may have to fetch it first. */
  startTimeout?: number;
}

/** The callers of the site that comes with the mock; a site file has its own. */
export type Caller =
  | "owner"
  | "app"
  | "app_all"
  | "reader"
  | "member"
  | "other_member"
  | "visitor"
  | "stranger"
  | "other_site"
  | "bare_site"
  | (string & {});

export interface CallOptions {
  /** Who calls; `owner` unless it is said. */
  caller?: Caller;
  /** POST where there is a body, else GET, unless it is said. */
  method?: string;
}

/** An isolated copy of the site: what happens in it, no other world sees. */
export class World {
  constructor(url: string, name: string, fetch: typeof globalThis.fetch);
  /** Where the mock listens. */
  readonly url: string;
  readonly name: string;
  /** What there is: callers and tokens, services, sessions and free slots with their ids. */
  site(): Promise<any>;
  /** The token of a caller in this world, `owner` unless it is said. */
  token(caller?: Caller): string;
  /** Any token, or the client id of an app, as it is in this world. */
  in(token: string): string;
  /** What a request to this world carries. */
  headers(caller?: Caller): { authorization: string; "content-type": string };
  /** The client id of an app of the site in this world, as `OAuthStrategy` takes it. */
  clientId(app?: Caller): Promise<string>;
  /** Calls the API; answers the JSON of the answer. Throws MockCallError for a refusal. */
  call<T = any>(path: string, body?: unknown, options?: CallOptions): Promise<T>;
  /** Uses a control of the mock, such as `clock`, `events`, `webhooks`, `given` or `faults`. */
  control<T = any>(name: string, body?: unknown, options?: { method?: string }): Promise<T>;
  /** Forgets all that happened in this world; with `now` it begins anew at that moment. */
  reset(options?: { now?: Date | string }): Promise<void>;
}

export interface RedirectOptions {
  /** The hosts to lead elsewhere; those that the official clients call, unless it is said. */
  hosts?: readonly string[];
}

/** A running mock. */
export class Mock {
  readonly url: string;
  readonly version: string;
  /** A world: a new one, or the one with this name (1 to 64 of `A-Z a-z 0-9 _ . -`). */
  world(name?: string): World;
  /** Leads this process's requests for the API to this mock; answers what undoes it. */
  redirect(options?: RedirectOptions): () => void;
  /** Stops the mock, if it was started here. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a mock and answers once it listens; it ends with this process, however that ends. Throws
 * MockNotFoundError where nothing can start it, MockStartError where it ends at once.
 */
export function createMock(options?: MockOptions): Promise<Mock>;

/**
 * Leads requests of this process (fetch, node:http, node:https) for the API's hosts to a mock, a
 * world or a URL, until the function that it answers is called.
 */
export function redirect(
  target: string | { url: string; name?: string },
  options?: RedirectOptions,
): () => void;

/** The hosts that the official clients call. */
export const API_HOSTS: readonly string[];

/** Nothing on this machine can start the mock; the message says what to install. */
export class MockNotFoundError extends Error {}

/** The command ended, or did not listen in time; the message quotes what it said. */
export class MockStartError extends Error {}

/** An answer of the mock that is no success. */
export class MockCallError extends Error {
  readonly status: number;
  /** The code of the API's error, such as INVALID_BOOKING_STATUS. */
  readonly code?: string;
  readonly body: any;
  /** The rule of the API that the call broke, such as CONFIRM-1. */
  readonly rule?: string;
}
