/** Node's side of `colours.ts`: clips whose matrix is said nowhere, by the container alone, and by the stream alone. */
import { readFile } from "node:fs/promises";
import { caseFile } from "../test/node-world.js";
import type { Clips } from "./colours.js";

/** The files. */
export async function coloursAreThoseOfNode(): Promise<Clips> {
  const names = ["vp9-smpte-240m.mp4", "untagged.webm", "untagged.mp4", "smpte-240m.mp4"];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(caseFile(name), "base64")])));
}
