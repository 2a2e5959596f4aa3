/** The boxes of an mp4 or mov (ISO/IEC 14496-12 §4.2), as far as this package looks at them itself: the index, `moov`. */

/** Reads bytes [`start`, `end`) of a file. */
export type ReadBytes = (start: number, end: number) => Promise<Uint8Array>;

/** Largest index that is looked at, in bytes; that of a day of video is smaller. */
const MAX_INDEX = 256 * 2 ** 20;

/** One box inside of a view. */
export interface Box {
  readonly type: string;
  /** Where the box begins. */
  readonly at: number;
  /** Where its content begins. */
  readonly from: number;
  /** Where it ends, at most where its parent does. */
  readonly to: number;
}

/** The `moov` box of a file, header included; `undefined` for other containers and for files without an index. */
export async function readIndex(read: ReadBytes, size: number): Promise<DataView | undefined> {
  for (let at = 0; at + 8 <= size; ) {
    const header = viewOf(await read(at, Math.min(at + 16, size)));
    if (header.byteLength < 8) return undefined;
    const type = boxName(header, 4);
    if (!/^[\w ©-]{4}$/.test(type)) return undefined;
    const length = boxLength(header, 0, size - at);
    if (length < 8) return undefined;
    if (type === "moov") return viewOf(await read(at, Math.min(at + length, size, at + MAX_INDEX)));
    at += length;
  }
  return undefined;
}

/** The boxes that lie in [`from`, `to`) one after another; ends at the first that cannot be one. */
export function* boxesIn(view: DataView, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const length = boxLength(view, at, to - at);
    if (length < 8) return;
    const header = view.getUint32(at) === 1 ? 16 : 8;
    yield { type: boxName(view, at + 4), at, from: at + header, to: Math.min(at + length, to) };
    at += length;
  }
}

/** The box at the end of a path of types, the first of each; `undefined` when one is missing. */
export function findBox(view: DataView, within: Pick<Box, "from" | "to">, ...path: readonly string[]): Box | undefined {
  let found: Box | undefined;
  for (const type of path) {
    const { from, to }: Pick<Box, "from" | "to"> = found ?? within;
    found = undefined;
    for (const box of boxesIn(view, from, to)) {
      if (box.type !== type) continue;
      found = box;
      break;
    }
    if (!found) return undefined;
  }
  return found;
}

/** What an index holds: everything behind the header of `moov`. */
export const insideOf = (index: DataView): Pick<Box, "from" | "to"> => ({
  from: index.getUint32(0) === 1 ? 16 : 8,
  to: index.byteLength,
});

/** Bytes as a view, without a copy. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Four letters. */
export const boxName = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

function boxLength(view: DataView, at: number, rest: number): number {
  const short = view.getUint32(at);
  if (short === 0) return rest;
  if (short !== 1) return short;
  return at + 16 <= view.byteLength ? Number(view.getBigUint64(at + 8)) : 0;
}
