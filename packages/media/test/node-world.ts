/** The checks' world in Node: clips from disk, a chosen backend. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { goldenPath } from "@foley-control/golden/node";
import { type NodeBackend, openMedia } from "../src/node.js";
import type { MediaWorld, Truth } from "./checks.js";

/** Path of a clip. */
export const fixture = (name: string): string => goldenPath(`clips/${name}`);

/** Path of a file that was read wrongly once. */
export const caseFile = (name: string): string => fileURLToPath(new URL(`cases/${name}`, import.meta.url));

/** Bytes of a clip. */
export const fixtureBytes = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(fixture(name)));

/** Node with one backend. */
export const nodeWorld = (backend: NodeBackend): MediaWorld => ({
  read: fixtureBytes,
  open: (data, options) => openMedia(data, { ...options, backend }),
});

/** Timestamps of the clips. */
export const truth = JSON.parse(await readFile(fixture("truth.json"), "utf8")) as Truth;
