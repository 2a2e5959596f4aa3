/**
 * The `tokenizer.json` of Hugging Face tokenizers, checked before a tokeniser is made of it: such a file may hold regular expressions that take
 * for ever on the right text, and replacements that make gigabytes of it. Only what tokenisers of published models have is let through.
 */
import { FoleyError, type JsonCheck, json, shown } from "@foley-control/core";

/** The patterns of T5, GPT-2, RoBERTa and CLIP; on any text they take time in proportion to it. */
const PATTERNS: readonly string[] = [
  " {2,}",
  "\\s+",
  "\\s{2,}",
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
  "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
];

const MAXIMUM_PIECES = 2 ** 20;
const piece = json.text(1000);
const id = json.whole(0, 2 ** 31);

/** Models by type. */
const MODELS: Readonly<Record<string, JsonCheck>> = {
  Unigram: json.object({
    vocab: json.list(json.pair(piece, json.number(-1e30, 1e30)), MAXIMUM_PIECES),
    unk_id: id,
  }),
  BPE: json.object({
    vocab: json.record(id, MAXIMUM_PIECES),
    merges: json.list(
      (value, path) => (Array.isArray(value) ? json.pair(piece, piece)(value, path) : piece(value, path)),
      MAXIMUM_PIECES,
    ),
  }),
};

/** Steps that a text goes through; each may make it longer, so what they put in is short. */
const STEPS: Readonly<Record<string, JsonCheck>> = {
  Precompiled: json.object({ precompiled_charsmap: json.text(2 ** 24) }),
  Replace: json.object({ content: json.text(4), pattern: pattern }),
  Prepend: json.object({ prepend: json.text(4) }),
  Split: json.object({ pattern: pattern, behavior: json.text(40) }),
  Metaspace: json.object({ replacement: json.text(4), str_rep: json.optional(json.text(4)) }),
  ...Object.fromEntries(
    [
      "NFC",
      "NFD",
      "NFKC",
      "NFKD",
      "Lowercase",
      "Strip",
      "StripAccents",
      "Nmt",
      "Whitespace",
      "WhitespaceSplit",
      "ByteLevel",
      "Digits",
    ].map((type) => [type, json.object({})]),
  ),
};

const MAXIMUM_STEPS = 8;

const added = json.list(
  json.object({ id, content: (value, path) => piece(value, path) ?? (value === "" ? `"${path}" is empty` : undefined) }),
  2 ** 16,
);

/**
 * Refuses what is no tokeniser of a published model.
 *
 * @param value - parsed `tokenizer.json`
 * @param hint - what to do, for errors
 * @throws FoleyError `bad-file` that names what is wrong
 */
export function checkTokeniserFile(value: unknown, hint: string): void {
  const problem = json.object({
    model: (model, path) => typed(model, path, MODELS),
    normalizer: steps,
    pre_tokenizer: steps,
    added_tokens: json.optional(added),
  })(value, "");
  if (problem) throw new FoleyError("bad-file", `tokenizer.json cannot be read: ${problem}.`, { hint });
}

function typed(value: unknown, path: string, checks: Readonly<Record<string, JsonCheck>>): string | undefined {
  const type = (value as { readonly type?: unknown } | null | undefined)?.type;
  if (typeof type !== "string" || !Object.hasOwn(checks, type))
    return `"${path}.type" is ${shown(type)}; ${Object.keys(checks).join(", ")} are known`;
  return (checks[type] as JsonCheck)(value, path);
}

/** One step, or a sequence of some. */
function steps(value: unknown, path: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  const { type, normalizers, pretokenizers } = value as Readonly<Record<string, unknown>>;
  if (type !== "Sequence") return typed(value, path, STEPS);
  return json.list((one, at) => typed(one, at, STEPS), MAXIMUM_STEPS)(normalizers ?? pretokenizers, path);
}

/** A text that is looked for, or one of the known patterns. */
function pattern(value: unknown, path: string): string | undefined {
  const { Regex: regex, String: text } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (regex === undefined) return json.text(100)(text, `${path}.String`);
  return PATTERNS.includes(regex as string)
    ? undefined
    : `"${path}.Regex" is ${shown(regex)}, which is none of the patterns of published tokenisers`;
}
