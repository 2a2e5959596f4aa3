/** Guests are kept while they are well, made ahead when asked, and made again when they are gone. */
import { describe, expect, it } from "vitest";
import type { Guest } from "./guest.js";
import { guestPool } from "./guest-pool.js";
import { Peer } from "./peer.js";

/** A guest that says it is well when it has closed its file, or not. */
function makeGuest(well: boolean): Guest & { readonly killed: () => boolean } {
  let death: Error | undefined;
  const peer: Peer = new Peer({ post: (message) => queueMicrotask(() => other.receive(message)) }, {});
  const other: Peer = new Peer({ post: (message) => queueMicrotask(() => peer.receive(message)) }, { close: async () => well });
  return {
    peer,
    writing: new Map(),
    get death() {
      return death;
    },
    host: { name: "The data", handlers: {} },
    kill: () => void (death = new Error("ended")),
    killed: () => death !== undefined,
  };
}

function makePool(most: number, well = true) {
  const made: ReturnType<typeof makeGuest>[] = [];
  const pool = guestPool({
    start: async () => {
      const guest = makeGuest(well);
      made.push(guest);
      return guest;
    },
    most,
  });
  return { made, pool };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe("guestPool", () => {
  it("gives the next file a guest that is well", async () => {
    const { made, pool } = makePool(2);
    const first = (await pool.take()) as Guest;
    pool.release(first);
    expect(await pool.take()).toBe(first);
    expect(made).toHaveLength(1);
  });
  it("ends one that is not", async () => {
    const { made, pool } = makePool(2, false);
    pool.release((await pool.take()) as Guest);
    expect(await pool.take()).toBe(made[1]);
    expect(made[0]?.killed()).toBe(true);
  });
  it("keeps no more than it should", async () => {
    const { made, pool } = makePool(1);
    const two = [await pool.take(), await pool.take()];
    for (const guest of two) pool.release(guest as Guest);
    await settled();
    expect(made.map((guest) => guest.killed())).toEqual([true, false]);
  });
  it("starts one ahead, once", async () => {
    const { made, pool } = makePool(2);
    await Promise.all([pool.prepare(), pool.prepare()]);
    expect(made).toHaveLength(1);
    expect(await pool.take()).toBe(made[0]);
    expect(made).toHaveLength(1);
  });
  it("says that none can be had, and asks only once", async () => {
    let asked = 0;
    const pool = guestPool({
      start: async () => {
        asked++;
        throw new Error("forbidden");
      },
      most: 1,
    });
    await pool.prepare();
    expect(await pool.take()).toBeUndefined();
    expect(await pool.take()).toBeUndefined();
    expect(asked).toBe(1);
  });
});
