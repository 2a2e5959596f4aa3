/** Token ids of texts, exactly. */

import { readFileSync } from "node:fs";
import { t5Tokeniser } from "@foley-control/audio-backbone";
import { type Comparison, compare, type GoldenCase, numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";

/** A text with its ids, as a case of this kind lists them. */
export interface Prompt {
  /** The text. */
  readonly text: string;
  /** What is special about it. */
  readonly tag?: string;
  /** Ids of the real tokens by limit. */
  readonly ids: Readonly<Record<string, readonly number[]>>;
}

/** Whether a case is of this kind. */
export const isTokens = ({ file }: GoldenCase): boolean => file.config?.tokenizer !== undefined && Array.isArray(file["prompts"]);

/** The ids of every text for every limit, padding included. */
export function checkTokens(golden: GoldenCase): readonly Comparison[] {
  const { tokenizer, padId, eosId, limits } = golden.file.config;
  const json = JSON.parse(readFileSync(besideCase(golden, tokenizer), "utf8"));
  const prompts = golden.file["prompts"] as readonly Prompt[];
  return (limits as readonly number[]).flatMap((limit) => {
    const tokenise = t5Tokeniser(json, { padId, endId: eosId, vocabulary: Number.MAX_SAFE_INTEGER }, limit);
    return prompts.map(({ text, tag, ids }, i) => {
      const expected = new Float64Array(limit).fill(padId);
      expected.set(ids[limit] ?? []);
      const mine = Float64Array.from(tokenise(text).ids, Number);
      return compare(`text ${i} (${tag ?? ""}), limit ${limit}`, numbers(mine), numbers(expected), { maxAbs: 0 });
    });
  });
}
