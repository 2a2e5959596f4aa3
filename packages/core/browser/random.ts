/** Random numbers are the same in every engine: digests of arrays, compared with Node's. */
import { createRandom, normalArray, uniformArray } from "@foley-control/core";

async function digest(data: ArrayBufferView): Promise<string> {
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function same(found: string, fromNode: unknown): Promise<string> {
  if (found !== fromNode) throw new Error(`${found} here, ${String(fromNode)} in Node`);
  return found.slice(0, 16);
}

/** A million normal numbers. */
export const normalNumbers = async (fromNode: unknown): Promise<string> =>
  same(await digest(normalArray(7, ["noise", 3], 1_000_000)), fromNode);

/** A million uniform numbers. */
export const uniformNumbers = async (fromNode: unknown): Promise<string> =>
  same(await digest(uniformArray(7n, ["noise"], 1_000_000)), fromNode);

/** Single draws in float64. */
export const singleDraws = async (fromNode: unknown): Promise<string> => {
  const random = createRandom(11, "draws");
  return same(
    await digest(Float64Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? random.normal() : random.uniform()))),
    fromNode,
  );
};
