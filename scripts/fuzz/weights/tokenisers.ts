/** `tokenizer.json` with other steps, patterns, pieces and maps, on texts that are long and strange. */
import { t5Tokeniser } from "@foley-control/audio-backbone";
import { parseJson } from "@foley-control/core";
import { goldenJson } from "@foley-control/golden/node";
import { changedJsonText } from "../mutate-json.js";
import type { Family } from "./family.js";

const originals = ["sao/sao-tiny/t5-tiny/tokenizer.json", "metrics/ms-clap-tiny/gpt2/tokenizer.json"].map((name) =>
  goldenJson<Readonly<Record<string, unknown>>>(name),
);
const patterns = ["(a+)+$", "(a|a)*b", " {2,}", "\\s+", "(x+x+)+y", "[", "(?<=(a+))b"];
const steps = (pattern: string): readonly unknown[] => [
  { type: "Replace", pattern: { Regex: pattern }, content: " " },
  { type: "Replace", pattern: { String: "a" }, content: "aaaa" },
  { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
  { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
  ...["NFKC", "Lowercase", "Strip", "ByteLevel", "Whitespace", "WhitespaceSplit", "Digits", "Punctuation"].map((type) => ({
    type,
  })),
];
const texts = [
  "",
  "a".repeat(12_000),
  `${"a".repeat(5000)}!`,
  " ".repeat(10_000),
  "a b ".repeat(3000),
  "👩‍👩‍👧‍👦e\u0301".repeat(900),
  "x\u0000\ufffdß\u200b",
];

/** Tokenisers. */
export const tokenisers: Family = (random) => {
  const original = random.pick(originals);
  const step = () => random.pick(steps(random.pick(patterns)));
  const some = (key: string) => ({ type: "Sequence", [key]: Array.from({ length: random.integer(0, 12) }, step) });
  const other = {
    ...original,
    ...(random.chance(0.3) && { normalizer: random.chance(0.5) ? step() : some("normalizers") }),
    ...(random.chance(0.3) && { pre_tokenizer: random.chance(0.5) ? step() : some("pretokenizers") }),
  };
  const text = changedJsonText(random, other);
  const prompt = random.pick(texts);
  return {
    kind: "tokeniser",
    size: text.length,
    run: async () => {
      const json = parseJson(text, { what: "tokenizer.json" });
      t5Tokeniser(json, { vocabulary: 1000, padId: 0, endId: 1 }, 32)(prompt);
    },
  };
};
