/** A page that loses its network in the middle: what cannot be loaded is an error, and leaves nothing open behind it. */
import { expect, it, vi } from "vitest";
import type { Guest } from "../apart/guest.js";
import { guestPool } from "../apart/guest-pool.js";
import { Peer } from "../apart/peer.js";
import { openInWorker } from "./open-media.js";

vi.mock("../apart/write-remote.js", () => {
  throw new Error("There is no network.");
});

/** A pool of guests that open anything, and how many of them have a file. */
function openingPool() {
  const open = { files: 0 };
  const start = async (): Promise<Guest> => {
    const peer: Peer = new Peer({ post: (message) => queueMicrotask(() => other.receive(message)) }, {});
    const other: Peer = new Peer(
      { post: (message) => queueMicrotask(() => peer.receive(message)) },
      {
        async open() {
          open.files++;
          return { container: "mp4", duration: 1, origin: 0, video: undefined, audio: undefined, warnings: [] };
        },
        async close() {
          open.files--;
          return true;
        },
      },
    );
    return { peer, writing: new Map(), death: undefined, host: { name: "The data", handlers: {} }, kill: () => undefined };
  };
  return { pool: guestPool({ start, most: 1 }), open };
}

it("opens nothing in a worker that writes before what speaks with it is there", async () => {
  const [readers, writers] = [openingPool(), openingPool()];
  const file = await openInWorker(new Uint8Array(8), {}, { readers: readers.pool, writers: writers.pool });
  await expect(file?.replaceAudio({ sampleRate: 8000, channels: [new Float32Array(8)] })).rejects.toThrow();
  expect(writers.open.files).toBe(0);
  file?.dispose();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([readers.open.files, writers.open.files]).toEqual([0, 0]);
});
