/** Node's side of `random.ts`. */
import { createHash } from "node:crypto";
import { createRandom, normalArray, uniformArray } from "@foley-control/core";

const digest = (data: Float32Array | Float64Array): string => createHash("sha256").update(data).digest("hex");

export const normalNumbers = async (): Promise<string> => digest(normalArray(7, ["noise", 3], 1_000_000));

export const uniformNumbers = async (): Promise<string> => digest(uniformArray(7n, ["noise"], 1_000_000));

export const singleDraws = async (): Promise<string> => {
  const random = createRandom(11, "draws");
  return digest(Float64Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? random.normal() : random.uniform())));
};
