/**
 * Tar archives (POSIX ustar, with the pax and GNU ways of long names), as WebDataset keeps samples in: files of one sample lie next to each
 * other and share their name up to the first dot of the last part. Only plain files are read; links, devices and names that leave the archive are refused or
 * left out, so that nothing of an archive reaches the disk by itself.
 */
import { FoleyError } from "@foley-control/core";

/** Bytes of a block: headers are one, contents fill whole ones. */
export const TAR_BLOCK = 512;
/** Longest name or pax header that is read, bytes. */
const MAXIMUM_NAME_BYTES = 1 << 20;

/** A file in an archive. */
export interface TarEntry {
  /** Path with forward slashes. */
  readonly name: string;
  /** Byte of the archive at which its content begins. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** Reads `length` bytes at `offset`; fewer only at the end of the archive. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * The files of an archive, in order; only headers are read.
 *
 * @param read - random access
 * @param size - bytes of the archive
 * @param label - name for messages
 * @throws FoleyError `bad-file` for a header whose checksum is wrong, an entry that ends behind the archive, or a name that leaves it
 */
export async function* tarEntries(read: ReadRange, size: number, label: string): AsyncGenerator<TarEntry, void, undefined> {
  const bad = (at: number, what: string): FoleyError =>
    new FoleyError("bad-file", `${label} is no tar archive or is damaged: ${what} at byte ${at}.`, {
      hint: "Compressed archives must be unpacked first (gzip -d).",
    });
  let longName: string | undefined;
  let longSize: number | undefined;
  for (let at = 0; at + TAR_BLOCK <= size; ) {
    const header = await read(at, TAR_BLOCK);
    if (header.length < TAR_BLOCK) throw bad(at, "the file became shorter");
    if (header.every((byte) => byte === 0)) return;
    if (!hasChecksum(header)) throw bad(at, "the checksum of a header is wrong");
    const type = String.fromCharCode(header[156] as number);
    const length = longSize ?? numberOf(header.subarray(124, 136));
    const offset = at + TAR_BLOCK;
    if (length === undefined || offset + length > size) throw bad(at, "an entry is longer than the archive");
    at = offset + Math.ceil(length / TAR_BLOCK) * TAR_BLOCK;
    if (type === "L" || type === "x") {
      if (length > MAXIMUM_NAME_BYTES) throw bad(offset, `a name of ${length} bytes`);
      const content = await read(offset, length);
      if (type === "L") longName = textOf(content);
      else {
        const records = paxRecords(content);
        if (records === undefined) throw bad(offset, "a pax header that cannot be read");
        longName = records.get("path") ?? longName;
        const given = records.get("size");
        longSize = given === undefined ? undefined : Number(given);
        if (longSize !== undefined && !(Number.isSafeInteger(longSize) && longSize >= 0)) throw bad(offset, "an impossible size");
      }
      continue;
    }
    const prefix = textOf(header.subarray(257, 262)) === "ustar" ? textOf(header.subarray(345, 500)) : "";
    const own = textOf(header.subarray(0, 100));
    const name = (longName ?? (prefix === "" ? own : `${prefix}/${own}`)).replace(/^(?:\.\/)+/, "");
    [longName, longSize] = [undefined, undefined];
    if (type !== "0" && type !== "\0" && type !== "7") continue;
    if (name === "" || name.startsWith("/") || name.includes("\\") || name.includes("\0") || name.split("/").includes(".."))
      throw bad(offset - TAR_BLOCK, `the name ${JSON.stringify(name.slice(0, 200))}, which leaves the archive,`);
    yield { name, offset, size: length };
  }
}

/** Files that belong to one sample of a WebDataset. */
export interface TarSample {
  /** Name up to the first dot of its last part. */
  readonly key: string;
  /** Files by what follows that dot, in lower case. */
  readonly files: ReadonlyMap<string, TarEntry>;
}

/** Groups neighbouring files by their key, as WebDataset does. */
export async function* tarSamples(entries: AsyncIterable<TarEntry>): AsyncGenerator<TarSample, void, undefined> {
  let sample: { key: string; files: Map<string, TarEntry> } | undefined;
  for await (const entry of entries) {
    const dot = entry.name.indexOf(".", entry.name.lastIndexOf("/") + 1);
    if (dot < 0) continue;
    const key = entry.name.slice(0, dot);
    if (sample?.key !== key) {
      if (sample) yield sample;
      sample = { key, files: new Map() };
    }
    sample.files.set(entry.name.slice(dot + 1).toLowerCase(), entry);
  }
  if (sample) yield sample;
}

/**
 * The header of a file, with a pax header before it when the name is long. The content follows, filled up to whole blocks; an archive ends
 * with two blocks of zeros.
 */
export function tarHeader(name: string, size: number): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= 100) return ustarHeader(bytes, size, "0");
  // The length of a pax record counts itself.
  const body = ` path=${name}\n`;
  let length = new TextEncoder().encode(body).length;
  while (String(length).length + new TextEncoder().encode(body).length !== length)
    length = String(length).length + new TextEncoder().encode(body).length;
  const record = new TextEncoder().encode(`${length}${body}`);
  const all = new Uint8Array(TAR_BLOCK + Math.ceil(record.length / TAR_BLOCK) * TAR_BLOCK + TAR_BLOCK);
  all.set(ustarHeader(new TextEncoder().encode("pax"), record.length, "x"));
  all.set(record, TAR_BLOCK);
  all.set(ustarHeader(bytes.subarray(0, 100), size, "0"), all.length - TAR_BLOCK);
  return all;
}

function ustarHeader(name: Uint8Array, size: number, type: string): Uint8Array {
  const header = new Uint8Array(TAR_BLOCK);
  const put = (at: number, text: string): void => header.set(new TextEncoder().encode(text), at);
  header.set(name, 0);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  // No time: the same data gives the same bytes.
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, type);
  put(257, "ustar\0");
  put(263, "00");
  put(
    148,
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
  );
  return header;
}

function hasChecksum(header: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] as number);
  return numberOf(header.subarray(148, 156)) === sum;
}

/** An octal number, or GNU's base 256 when the first bit is set; `undefined` when it is neither. */
function numberOf(field: Uint8Array): number | undefined {
  if (((field[0] as number) & 0x80) !== 0) {
    let value = (field[0] as number) & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = textOf(field).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** `LENGTH KEY=VALUE\n` records; lengths are of bytes. */
function paxRecords(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(decoder.decode(bytes.subarray(at, space)));
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > bytes.length) return undefined;
    const record = decoder.decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (equals < 0) return undefined;
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
