/** Starts one mock for a whole run of Vitest; answers what stops it. */
export default function setup(): Promise<() => Promise<void>>;
