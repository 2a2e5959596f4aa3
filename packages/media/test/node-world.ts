/** The checks' world in Node: fixtures from disk, a chosen backend. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type NodeBackend, openMedia } from "../src/node.js";
import type { MediaWorld, Truth } from "./checks.js";

/** Path of a file in the fixtures folder. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Bytes of a file in the fixtures folder. */
export const fixtureBytes = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(fixture(name)));

/** Node with one backend. */
export const nodeWorld = (backend: NodeBackend): MediaWorld => ({
  read: fixtureBytes,
  open: (data, options) => openMedia(data, { ...options, backend }),
});

/** Timestamps of the fixtures. */
export const truth = JSON.parse(await readFile(fixture("truth.json"), "utf8")) as Truth;
