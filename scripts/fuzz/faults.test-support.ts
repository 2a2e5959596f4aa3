/** A part of which each input does what no reader may: the test of the watching. */
import { FoleyError } from "@foley-control/core";
import type { FuzzPart } from "./part.js";

const acts: Readonly<Record<string, () => Promise<void> | void>> = {
  accepts: () => {},
  refuses: () => {
    throw new FoleyError("bad-file", "no.");
  },
  throws: () => {
    throw new TypeError("x is undefined");
  },
  chatters: () => {
    throw new FoleyError("bad-file", "no".repeat(10_000));
  },
  dies: () => process.abort(),
  leaves: () => process.exit(3),
  rejects: () => void Promise.reject(new Error("nobody waits")),
  fills: () => void new Uint8Array(600 * 2 ** 20).fill(1),
};

/** One input per act, in this order. */
export const faults: FuzzPart = {
  about: "every fault once",
  slice: Object.keys(acts).length,
  make(_seed, index) {
    const [kind, act] = Object.entries(acts)[index] as [string, () => Promise<void> | void];
    return { kind, size: 0, run: async () => act() };
  },
};
