/**
 * The part of ZIP that `torch.save` writes: stored members, found through the central directory, usually with a ZIP64 end record
 * (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3). Nothing is unpacked, so names are keys and never paths. Read strictly: an archive that
 * two readers could understand differently is refused.
 */
import { FoleyError } from "@foley-control/core";
import { bad, textOf, viewOf } from "../bytes.js";
import type { ByteReader } from "../reader.js";

/** Longest central directory that is accepted, in bytes; one tensor takes about a hundred. */
const maximumDirectoryBytes = 1 << 24;

const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
const centralBytes = 46;
const localBytes = 30;

/** One member of an archive. */
interface ZipMember {
  readonly name: string;
  /** Bytes of its contents. */
  readonly size: number;
  /** Position of its local header. */
  readonly header: number;
  /** Position that its contents cannot reach beyond: the next local header, or the central directory. */
  readonly limit: number;
}

/** The members of one archive by name. */
export type ZipDirectory = ReadonlyMap<string, ZipMember>;

interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * Reads and checks the central directory.
 *
 * @param reader - the archive
 * @throws FoleyError `bad-file` for an archive that is cut short or contradicts itself; `unsupported` for one that is compressed,
 *   encrypted or split
 */
export async function readZipDirectory(reader: ByteReader): Promise<ZipDirectory> {
  const { label } = reader;
  const { count, offset, size } = await findDirectory(reader);
  if (size > maximumDirectoryBytes || count * centralBytes > size) {
    throw bad(
      `${label}: the directory of the archive has ${count} members in ${size} bytes; the limit is ${maximumDirectoryBytes} bytes.`,
    );
  }
  const bytes = await reader.read(offset, size);
  const found: Omit<ZipMember, "limit">[] = [];
  let position = 0;
  for (let i = 0; i < count; i++) {
    const { member, next } = parseMember(bytes, position, label);
    found.push(member);
    position = next;
  }
  if (position !== size) throw bad(`${label}: the directory of the archive has ${size - position} bytes after its last member.`);

  found.sort((a, b) => a.header - b.header);
  const members = new Map<string, ZipMember>();
  for (const [i, member] of found.entries()) {
    const limit = found[i + 1]?.header ?? offset;
    if (member.header + localBytes + member.size > limit) {
      throw bad(
        `${label}: ${JSON.stringify(member.name)} at offset ${member.header} with ${member.size} bytes overlaps what begins at ${limit}.`,
      );
    }
    if (members.has(member.name)) throw bad(`${label}: the archive has two members named ${JSON.stringify(member.name)}.`);
    members.set(member.name, { ...member, limit });
  }
  return members;
}

/**
 * The position of a member's contents: behind its local header, whose name and extra field need not be as long as in the directory.
 *
 * @param reader - the archive
 * @param member - from its directory
 * @throws FoleyError `bad-file` when the local header is not where the directory says, or the contents do not fit
 */
export async function locateMember(reader: ByteReader, member: ZipMember): Promise<number> {
  const { label } = reader;
  const named = JSON.stringify(member.name);
  const header = await reader.read(member.header, localBytes);
  const view = viewOf(header);
  if (view.getUint32(0, true) !== 0x04034b50 || view.getUint16(8, true) !== 0) {
    throw bad(`${label}: there is no header of ${named} at offset ${member.header}.`, "Download it again.");
  }
  const start = member.header + localBytes + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + member.size > member.limit) {
    throw bad(
      `${label}: ${named} needs ${member.size} bytes from offset ${start}, but there are only ${Math.max(0, member.limit - start)}.`,
    );
  }
  return start;
}

/** Reads a whole member; `maximum` is the number of bytes that are accepted. */
export async function readMember(reader: ByteReader, member: ZipMember, maximum: number): Promise<Uint8Array> {
  if (member.size > maximum) {
    throw bad(
      `${reader.label}: ${JSON.stringify(member.name)} has ${member.size} bytes, at most ${maximum} are accepted.`,
      "Check that it is a checkpoint.",
    );
  }
  return reader.read(await locateMember(reader, member), member.size);
}

/** The end record, which must be the last thing in the file, and the ZIP64 one where there is one. */
async function findDirectory(reader: ByteReader): Promise<Directory> {
  const { label, size: fileBytes } = reader;
  const tailBytes = Math.min(fileBytes, endBytes + locatorBytes);
  const tail = viewOf(await reader.read(fileBytes - tailBytes, tailBytes));
  const at = tailBytes - endBytes;
  if (at < 0 || tail.getUint32(at, true) !== 0x06054b50 || tail.getUint16(at + 20, true) !== 0) {
    throw bad(`${label} is cut short: the ${fileBytes} bytes do not end with the directory of an archive.`, "Download it again.");
  }
  const short: Directory & { readonly disks: number } = {
    disks: tail.getUint32(at + 4, true),
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  if (short.disks !== 0 && short.disks !== 0xffffffff) throw split(label);
  const endAt = fileBytes - endBytes;
  if (at < locatorBytes || tail.getUint32(at - locatorBytes, true) !== 0x07064b50) return checkDirectory(short, endAt, label);

  const end64At = wholeNumber(tail, at - locatorBytes + 8, label);
  if (end64At + end64Bytes > endAt - locatorBytes) {
    throw bad(`${label}: the ZIP64 end record should be at offset ${end64At}, but the file has ${fileBytes} bytes.`);
  }
  const record = viewOf(await reader.read(end64At, end64Bytes));
  if (record.getUint32(0, true) !== 0x06064b50) throw bad(`${label}: there is no ZIP64 end record at offset ${end64At}.`);
  if (record.getUint32(16, true) !== 0 || record.getUint32(20, true) !== 0) throw split(label);
  const long: Directory = {
    count: wholeNumber(record, 32, label),
    size: wholeNumber(record, 40, label),
    offset: wholeNumber(record, 48, label),
  };
  for (const [key, saturated] of [
    ["count", 0xffff],
    ["size", 0xffffffff],
    ["offset", 0xffffffff],
  ] as const) {
    if (short[key] !== saturated && short[key] !== long[key]) {
      throw bad(
        `${label}: the two end records of the archive disagree on the directory's ${key}: ${short[key]} and ${long[key]}.`,
      );
    }
  }
  return checkDirectory(long, end64At, label);
}

/** The directory must fill the file up to the end record: no prefix, no gap. */
function checkDirectory(directory: Directory, end: number, label: string): Directory {
  if (directory.offset + directory.size !== end) {
    throw bad(
      `${label}: the directory of the archive should take ${directory.size} bytes from offset ${directory.offset}, but its end is at ${end}.`,
      "Download it again.",
    );
  }
  return directory;
}

function parseMember(
  bytes: Uint8Array,
  position: number,
  label: string,
): { readonly member: Omit<ZipMember, "limit">; readonly next: number } {
  const fail = () => bad(`${label}: the directory of the archive is damaged ${position} bytes in.`, "Download it again.");
  if (position + centralBytes > bytes.length) throw fail();
  const view = viewOf(bytes.subarray(position));
  if (view.getUint32(0, true) !== 0x02014b50) throw fail();
  const nameEnd = centralBytes + view.getUint16(28, true);
  const extraEnd = nameEnd + view.getUint16(30, true);
  const next = position + extraEnd + view.getUint16(32, true);
  if (next > bytes.length) throw fail();

  const name = textOf(bytes.subarray(position + centralBytes, position + nameEnd));
  if (name === undefined) throw fail();
  const named = JSON.stringify(name);
  if (name === "" || /[\\\0]/.test(name) || name.split("/").some((part, i) => part === ".." || (part === "" && i === 0))) {
    throw bad(
      `${label}: the archive has a member with the name ${named}.`,
      "torch.save does not write such names: do not use it.",
    );
  }
  const [flags, method] = [view.getUint16(8, true), view.getUint16(10, true)];
  if ((flags & 0x2041) !== 0) throw unsupported(`${label}: ${named} is encrypted.`);
  if (method !== 0) throw unsupported(`${label}: ${named} is compressed (method ${method}); torch.save stores.`);
  const extra = viewOf(bytes.subarray(position + nameEnd, position + extraEnd));
  const [size, packed, header] = longFields(
    [view.getUint32(24, true), view.getUint32(20, true), view.getUint32(42, true)],
    extra,
    label,
    named,
  );
  if (size !== packed) throw bad(`${label}: ${named} is stored, but has ${packed} bytes for its ${size}.`);
  const disk = view.getUint16(34, true);
  if (disk !== 0 && disk !== 0xffff) throw split(label);
  return { member: { name, size, header }, next };
}

/** The fields that do not fit 32 bits are in the ZIP64 extra field, in this order. */
function longFields(
  fields: readonly [size: number, packed: number, header: number],
  extra: DataView,
  label: string,
  named: string,
): readonly [size: number, packed: number, header: number] {
  if (!fields.includes(0xffffffff)) return fields;
  const fail = () => bad(`${label}: ${named} lacks the ZIP64 sizes that its directory entry announces.`);
  let at = 0;
  while (at + 4 <= extra.byteLength && extra.getUint16(at, true) !== 1) at += 4 + extra.getUint16(at + 2, true);
  if (at + 4 > extra.byteLength) throw fail();
  const end = Math.min(extra.byteLength, at + 4 + extra.getUint16(at + 2, true));
  at += 4;
  const next = (field: number): number => {
    if (field !== 0xffffffff) return field;
    if (at + 8 > end) throw fail();
    at += 8;
    return wholeNumber(extra, at - 8, label);
  };
  return [next(fields[0]), next(fields[1]), next(fields[2])];
}

function wholeNumber(view: DataView, at: number, label: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw bad(`${label}: the archive names the offset or size ${value}.`);
  return value;
}

function split(label: string): FoleyError {
  return unsupported(`${label} is one part of a split archive.`);
}

function unsupported(message: string): FoleyError {
  return new FoleyError("unsupported", message, { hint: "Save it again with torch.save." });
}
