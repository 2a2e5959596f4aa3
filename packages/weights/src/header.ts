/**
 * The header of a safetensors file, checked strictly before a single tensor byte is believed: eight bytes of length, JSON, then data
 * without holes or overlaps (https://github.com/huggingface/safetensors, section "Format").
 */
import { parseJson, shown } from "@foley-control/core";
import { bad } from "./bytes.js";
import { elementBytes, isSafetensorsDType } from "./dtype.js";
import { findDuplicateKey } from "./duplicate-keys.js";
import type { TensorEntry } from "./entry.js";

/** Longest header that is accepted, in bytes (the format's own limit). */
export const maximumHeaderBytes = 100_000_000;

/** A shape stands in a tensor, which stands in the header. */
const maximumHeaderDepth = 3;

/** Most axes of a tensor. */
const maximumRank = 32;

/** Bytes before the JSON: its length as an unsigned 64-bit little-endian integer. */
export const headerPrefixBytes = 8;

/** A checked header. */
export interface SafetensorsHeader {
  /** Tensors in the order of their data. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** The `__metadata__` strings; empty when there are none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The number of JSON bytes announced by the first eight bytes of a file.
 *
 * @param prefix - the first bytes of the file, at least eight unless the file is shorter
 * @param fileBytes - size of the whole file
 * @param label - what to call the file in errors
 * @throws FoleyError `bad-file` when the file is too short for what it announces
 */
export function parseHeaderLength(prefix: Uint8Array, fileBytes: number, label: string): number {
  if (fileBytes < headerPrefixBytes || prefix.length < headerPrefixBytes) {
    throw bad(
      `${label} is not a safetensors file: it has ${fileBytes} bytes, the header length alone needs ${headerPrefixBytes}.`,
      "Give the whole file.",
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength).getBigUint64(0, true);
  if (length > BigInt(maximumHeaderBytes)) {
    throw bad(
      `${label} is not a safetensors file: at offset 0 it announces a header of ${length} bytes, the limit is ${maximumHeaderBytes}.`,
      "Check that it is a safetensors file and not, for example, a PyTorch checkpoint.",
    );
  }
  if (Number(length) > fileBytes - headerPrefixBytes) {
    throw bad(
      `${label} is cut short: at offset 0 it announces a header of ${length} bytes, but only ${fileBytes - headerPrefixBytes} follow.`,
      "Download it again.",
    );
  }
  return Number(length);
}

/**
 * Parses and checks the JSON of a header.
 *
 * @param json - the JSON bytes, that is those after the first eight
 * @param fileBytes - size of the whole file
 * @param label - what to call the file in errors
 * @throws FoleyError `bad-file` naming the tensor or the offset that is wrong
 */
export function parseHeader(json: Uint8Array, fileBytes: number, label: string): SafetensorsHeader {
  const dataOffset = headerPrefixBytes + json.length;
  const dataBytes = fileBytes - dataOffset;
  if (json[0] !== 0x7b) throw bad(`${label}: the header at offset ${headerPrefixBytes} does not begin with "{".`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
  } catch (cause) {
    throw bad(`${label}: the header at offset ${headerPrefixBytes} is not valid UTF-8 JSON.`, "Download it again.", cause);
  }
  const parsed = parseJson(text, {
    what: `${label}: the header at offset ${headerPrefixBytes}`,
    hint: "Download it again.",
    maximumDepth: maximumHeaderDepth,
  });
  if (!isRecord(parsed)) throw bad(`${label}: the header at offset ${headerPrefixBytes} is not a JSON object.`);
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw bad(`${label}: the header names ${shown(duplicate)} twice.`);

  let metadata: Readonly<Record<string, string>> = {};
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "__metadata__") metadata = checkMetadata(value, label);
    else entries.push(checkEntry(name, value, dataOffset, dataBytes, label));
  }
  entries.sort((a, b) => a.offset - b.offset || a.length - b.length);
  checkContiguous(entries, dataOffset, fileBytes, label);
  return { entries: new Map(entries.map((entry) => [entry.name, entry])), metadata };
}

function checkMetadata(value: unknown, label: string): Record<string, string> {
  if (!isRecord(value)) throw bad(`${label}: "__metadata__" is not an object of strings.`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw bad(`${label}: "__metadata__" entry ${shown(key)} is ${typeof text}, expected a string.`);
  }
  return value as Record<string, string>;
}

function checkEntry(name: string, value: unknown, dataOffset: number, dataBytes: number, label: string): TensorEntry {
  const where = `${label}: tensor ${shown(name, 200)}`;
  if (!isRecord(value)) throw bad(`${where} is described by ${value === null ? "null" : typeof value}, expected an object.`);
  const { dtype, shape, data_offsets: range } = value;
  for (const key of Object.keys(value)) {
    if (key !== "dtype" && key !== "shape" && key !== "data_offsets") throw bad(`${where} has the unknown field ${shown(key)}.`);
  }
  if (!isSafetensorsDType(dtype)) throw bad(`${where} has the unknown dtype ${shown(dtype)}.`);
  if (!isSizes(shape) || shape.length > maximumRank)
    throw bad(`${where} has the shape ${shown(shape)}, expected a list of at most ${maximumRank} whole numbers from 0.`);
  if (!isSizes(range) || range.length !== 2) {
    throw bad(`${where} has the data_offsets ${shown(range)}, expected two whole numbers from 0.`);
  }
  const [start, end] = range as readonly [number, number];
  if (start > end || end > dataBytes) {
    throw bad(
      `${where} lies at data offsets ${start} to ${end}, but there are ${dataBytes} bytes of data.`,
      "Download the file again.",
    );
  }
  let bytes = elementBytes(dtype);
  for (const size of shape) bytes *= size;
  if (bytes !== end - start) {
    throw bad(
      `${where} of shape [${shape.join(", ")}] and dtype ${dtype} needs ${bytes} bytes, but its data offsets ${start} to ${end} hold ${end - start}.`,
    );
  }
  return { name, dtype, shape, offset: dataOffset + start, length: bytes };
}

/** As the reference reader: data begins right after the header, has no holes or overlaps, and ends with the file. */
function checkContiguous(entries: readonly TensorEntry[], dataOffset: number, fileBytes: number, label: string): void {
  let position = dataOffset;
  for (const entry of entries) {
    if (entry.offset !== position) {
      const what = entry.offset < position ? "overlaps the tensor before it" : "leaves a hole before it";
      throw bad(`${label}: tensor ${shown(entry.name, 200)} at offset ${entry.offset} ${what}, expected offset ${position}.`);
    }
    position += entry.length;
  }
  if (position !== fileBytes) {
    throw bad(`${label}: the tensors end at offset ${position}, but the file has ${fileBytes} bytes.`, "Download it again.");
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
