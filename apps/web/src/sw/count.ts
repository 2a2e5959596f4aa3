/** Counts requests, and remembers the count where a service worker that sleeps finds it again. */
import type { RequestCount } from "./messages.js";

/** Kept with the files, under a name that is none of them. */
const CACHE = "foley-requests";
const KEY = "requests.json";

/** A counter. */
export interface Counter {
  /** A request that was answered from what is kept. */
  kept(): void;
  /** A request that went out. */
  sent(address: string, body: boolean): void;
  read(): Promise<RequestCount>;
  /** Resolves when what was counted is remembered. */
  remember(): Promise<void>;
}

/** Adds one request to a count. */
export function addSent(count: RequestCount, address: string, body: boolean): RequestCount {
  const { origin, protocol } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") return count;
  return {
    ...count,
    sent: { ...count.sent, [origin]: (count.sent[origin] ?? 0) + 1 },
    bodies: count.bodies + (body ? 1 : 0),
  };
}

/** A counter that goes on from what was remembered. */
export function openCounter(now: () => number): Counter {
  let count: RequestCount = { since: now(), kept: 0, sent: {}, bodies: 0 };
  const loaded = (async () => {
    const response = await (await caches.open(CACHE)).match(KEY);
    if (response === undefined) return;
    const old = (await response.json()) as RequestCount;
    const sent = { ...old.sent };
    for (const [origin, number] of Object.entries(count.sent)) sent[origin] = (sent[origin] ?? 0) + number;
    count = { since: old.since, kept: old.kept + count.kept, sent, bodies: old.bodies + count.bodies };
  })().catch(() => undefined);
  let writing: Promise<void> | undefined;
  return {
    kept() {
      count = { ...count, kept: count.kept + 1 };
    },
    sent(address, body) {
      count = addSent(count, address, body);
    },
    async read() {
      await loaded;
      return count;
    },
    remember() {
      // Many requests come together; they are written once.
      writing ??= (async () => {
        await loaded;
        await new Promise((resolve) => setTimeout(resolve, 200));
        writing = undefined;
        await (await caches.open(CACHE)).put(KEY, Response.json(count));
      })().catch(() => undefined);
      return writing;
    },
  };
}
