/**
 * The character map that SentencePiece stores in a model (`precompiled_charsmap`; T5's is called nmt_nfkc), executed as it is
 * stored. Unicode's NFKC is close to it and not the same: controls, zero-width characters and soft hyphens differ.
 *
 * Stored are, in this order: the bytes of the trie (uint32), a double-array trie over UTF-8 (Yata et al., darts-clone) whose values are
 * offsets into the rest, and the replacements, each closed by a zero byte. How the map is applied follows Hugging Face tokenizers
 * (crate `spm_precompiled`), which stable-audio-tools tokenises with: grapheme by grapheme, the shortest stored prefix decides.
 */
import { FoleyError } from "@foley-control/core";

/** Graphemes of as many bytes or more are taken apart into characters before they are looked up. */
const LONG_GRAPHEME_BYTES = 6;

/**
 * Makes the function that maps a text.
 *
 * @param base64 - `precompiled_charsmap` of a `tokenizer.json`.
 * @throws FoleyError `bad-file` when it is no such map.
 */
export function characterMap(base64: string): (text: string) => string {
  const trie = readTrie(base64);
  const utf8 = new TextEncoder();
  const segments = new Intl.Segmenter("en", { granularity: "grapheme" });
  return (text) => {
    let out = "";
    for (const { segment } of segments.segment(text)) {
      const bytes = utf8.encode(segment);
      const whole = bytes.length < LONG_GRAPHEME_BYTES ? trie(bytes) : undefined;
      if (whole !== undefined) out += whole;
      // One character: nothing else to look up.
      else if (segment.length === 1 || (segment.length === 2 && (segment.codePointAt(0) as number) > 0xffff)) out += segment;
      else for (const character of segment) out += trie(utf8.encode(character)) ?? character;
    }
    return out;
  };
}

/** The replacement of the shortest stored key that the bytes begin with. */
function readTrie(base64: string): (key: Uint8Array) => string | undefined {
  const bytes = decodeBase64(base64);
  const view = new DataView(bytes.buffer);
  const size = bytes.length < 4 ? Number.NaN : view.getUint32(0, true);
  if (!(size > 0 && size % 4 === 0 && 4 + size <= bytes.length)) throw damaged();
  const units = new Uint32Array(size / 4);
  for (let i = 0; i < units.length; i++) units[i] = view.getUint32(4 + 4 * i, true);
  const replacements = bytes.subarray(4 + size);
  const text = new TextDecoder();
  const replacement = (start: number): string => {
    const end = replacements.indexOf(0, start);
    if (start >= replacements.length || end < 0) throw damaged();
    return text.decode(replacements.subarray(start, end));
  };
  // A unit outside the array has no label, so nothing is found there.
  const unit = (position: number): number => units[position] ?? 0;
  const childOffset = (value: number): number => (value >>> 10) << ((value & 0x200) >>> 6);
  return (key) => {
    let position = childOffset(unit(0));
    for (const byte of key) {
      if (byte === 0) return undefined;
      position ^= byte;
      const found = unit(position);
      if ((found & 0x800000ff) >>> 0 !== byte) return undefined;
      position ^= childOffset(found);
      if (found & 0x100) return replacement(unit(position) & 0x7fffffff);
    }
    return undefined;
  };
}

function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  try {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause?: unknown): FoleyError {
  return new FoleyError("bad-file", "The character map (precompiled_charsmap) of the tokeniser is damaged.", {
    hint: "Download tokenizer.json again.",
    cause,
  });
}
