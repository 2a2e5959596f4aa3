/** What stands at the head of a Matroska or WebM file (RFC 9559) and the muxing library does not say: colour codes, date, chapters. */
import type { ReadBytes } from "./boxes.js";

/** What the head says. */
export interface MatroskaHead {
  /** Codes of ISO/IEC 23091-2 §8.3 by the number of the track. */
  readonly matrices: ReadonlyMap<number, number>;
  /** Four letters that Windows has for the codec of a track, by its number, where Matroska has no name for it. */
  readonly letters: ReadonlyMap<number, string>;
  /** When the file was made, seconds of Unix; `undefined` where it does not say. */
  readonly created: number | undefined;
  /** Title of the whole file, which most programs write here and not among the tags. */
  readonly title: string | undefined;
  readonly hasChapters: boolean;
  readonly hasSubtitles: boolean;
}

/** Bytes in which the head is looked for. */
const SEARCHED = 1 << 20;
/** Seconds of Unix at which Matroska's dates begin, 2001. */
const EPOCH = 978_307_200;

const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const CHAPTERS = 0x1043a770;
const DATE = 0x4461;
const TITLE = 0x7ba9;
const TRACK = 0xae;
const NUMBER = 0xd7;
const TYPE = 0x83;
const SUBTITLES = 17;
const MATRIX = 0x55b1;
const PRIVATE = 0x63a2;
/** Where the four letters stand in a BITMAPINFOHEADER, and how long one is at least. */
const [LETTERS_AT, HEADER_BYTES] = [16, 40];
/** Elements in elements that are looked into: five are usual, and a damaged file may have thousands. */
const DEEPEST = 16;
/** Elements that are looked into: segment, information, tracks, track, picture, colour. */
const parents = new Set([SEGMENT, 0x1549a966, 0x1654ae6b, TRACK, 0xe0, 0x55b0]);

/** Reads the head. */
export async function readMatroskaHead(read: ReadBytes, size: number): Promise<MatroskaHead> {
  const bytes = await read(0, Math.min(size, SEARCHED));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const matrices = new Map<number, number>();
  const letters = new Map<number, string>();
  let track = 0;
  let created: number | undefined;
  let title: string | undefined;
  let [hasChapters, hasSubtitles] = [false, false];
  for (const { id, from, to } of elements(view, 0, view.byteLength, DEEPEST)) {
    if (id === CHAPTERS) hasChapters = true;
    else if (id === TITLE) title = new TextDecoder().decode(bytes.subarray(from, to)).replaceAll("\0", "");
    else if (id === NUMBER) track = unsigned(view, from, to);
    else if (id === MATRIX) matrices.set(track, unsigned(view, from, to));
    else if (id === PRIVATE && to - from >= HEADER_BYTES && to <= bytes.length)
      letters.set(track, String.fromCharCode(...bytes.subarray(from + LETTERS_AT, from + LETTERS_AT + 4)));
    else if (id === TYPE) hasSubtitles ||= unsigned(view, from, to) === SUBTITLES;
    else if (id === DATE && to - from === 8) created = EPOCH + Math.round(Number(view.getBigInt64(from)) / 1e9);
  }
  return { matrices, letters, created, title, hasChapters, hasSubtitles };
}

interface Element {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** The elements before the first cluster, with those inside of {@link parents}. */
function* elements(view: DataView, from: number, end: number, depth: number): Generator<Element, boolean> {
  for (let at = from; at < end; ) {
    const id = variable(view, at, false);
    const length = id && variable(view, at + id.bytes, true);
    if (!id || !length || id.value === CLUSTER) return false;
    const content = at + id.bytes + length.bytes;
    // A length of all ones is not known: to the end.
    const to = length.value === 2 ** (7 * length.bytes) - 1 ? end : Math.min(end, content + length.value);
    yield { id: id.value, from: content, to };
    if (depth > 0 && parents.has(id.value) && !(yield* elements(view, content, to, depth - 1)) && id.value === SEGMENT)
      return false;
    at = to;
  }
  return true;
}

/** A number of variable length; an identifier keeps the bit that says how long it is. */
function variable(view: DataView, at: number, isLength: boolean): { readonly value: number; readonly bytes: number } | undefined {
  const first = at < view.byteLength ? view.getUint8(at) : 0;
  if (first === 0) return undefined;
  const bytes = Math.clz32(first) - 23;
  if (at + bytes > view.byteLength) return undefined;
  let value = isLength ? first & (0xff >> bytes) : first;
  for (let i = 1; i < bytes; i++) value = value * 256 + view.getUint8(at + i);
  return { value, bytes };
}

function unsigned(view: DataView, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < Math.min(to, from + 6); at++) value = value * 256 + view.getUint8(at);
  return value;
}
