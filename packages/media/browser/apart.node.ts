/** Node's side of `apart.ts`: the files. */
import { readFile } from "node:fs/promises";
import { fixtureBytes } from "../test/node-world.js";
import type { Files } from "./apart.js";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

async function files(): Promise<Files> {
  return {
    endless: base64(await readFile(new URL("../test/damaged/endless-resync.mkv", import.meta.url))),
    clip: base64(await fixtureBytes("h264-aac.mp4")),
  };
}

export const damagedFileIsAnError = files;
export const sameAsInThePage = files;
export const lostWorkerIsReplaced = files;
export const withoutWorkers = files;
