/** Ids of CLIP's tokeniser, exact. Its words are not among the cases: `CLIP_TOKENISER` names a `tokenizer.json`. */
import { readFileSync } from "node:fs";
import { clipTextEncoder } from "@foley-control/audio-backbone";
import { memoryParameters } from "@foley-control/core";
import { type Comparison, compareAll, type GoldenCase } from "@foley-control/golden";

/** Whether a case is of this kind, and the words are at hand. */
export const isClipTokens = ({ file }: GoldenCase): boolean => file.config?.tokeniser === "clip";

/** Ids of every text. */
export function checkClipTokens(golden: GoldenCase): readonly Comparison[] {
  const path = process.env["CLIP_TOKENISER"];
  if (path === undefined) throw new Error("the words of CLIP are needed: CLIP_TOKENISER=tokenizer.json of a CLIP");
  const { context, end } = golden.file.config;
  const encoder = clipTextEncoder({
    config: { vocabulary: end + 1, rows: context, width: 64, depth: 0, heads: 1, hidden: 64, activation: "quick-gelu" },
    weights: memoryParameters({}),
    tokeniser: JSON.parse(readFileSync(path, "utf8")),
  });
  const texts = golden.file["texts"] as readonly string[];
  const data = Float64Array.from(texts.flatMap((text) => [...encoder.tokenise(text).ids].map(Number)));
  return compareAll(golden, { ids: { shape: [texts.length, context], data } });
}
