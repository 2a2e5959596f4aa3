/** Both containers of `torch.save` as one: what was saved, and where each storage lies. */
import { FoleyError } from "@foley-control/core";
import { bad, textOf, viewOf } from "../bytes.js";
import { elementBytes } from "../dtype.js";
import type { ByteReader } from "../reader.js";
import { type CheckpointLanguage, checkpointLanguage, plainLanguage } from "./language.js";
import { type Unpickled, unpickle } from "./pickle.js";
import { cut } from "./pickle-reader.js";
import { type CheckpointStorage, type CheckpointValue, isDictionary } from "./values.js";
import { locateMember, readMember, readZipDirectory } from "./zip.js";

/** Longest pickle that is accepted, in bytes; one tensor takes about 150. */
const maximumPickleBytes = 1 << 24;

/** What a checkpoint holds, without the reader that it was read with. */
export interface CheckpointContents {
  /** `zip` since PyTorch 1.6, `legacy` before. */
  readonly container: "zip" | "legacy";
  /** What was saved. */
  readonly root: CheckpointValue;
  /** Position of the first byte of a storage; reads a few bytes beside it to be sure. */
  locate(reader: ByteReader, storage: CheckpointStorage): Promise<number>;
}

/** Bytes that a storage needs. */
function bytesNeeded(storage: CheckpointStorage): number {
  return storage.elements * elementBytes(storage.dtype);
}

/**
 * Reads the archive that `torch.save` writes since PyTorch 1.6: `ROOT/data.pkl` and one member `ROOT/data/KEY` per storage.
 *
 * @param reader - the file
 * @param inert - names let through as data
 */
export async function readZipCheckpoint(reader: ByteReader, inert: readonly string[]): Promise<CheckpointContents> {
  const { label } = reader;
  const directory = await readZipDirectory(reader);
  const pickles = [...directory.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickleName] = pickles;
  if (pickleName === undefined || pickles.length > 1) {
    throw bad(`${label} is an archive with ${pickles.length} members named */data.pkl, a checkpoint has one.`);
  }
  const root = pickleName.slice(0, -"data.pkl".length);
  if (directory.has(`${root}constants.pkl`)) {
    throw new FoleyError("unsupported", `${label} is a TorchScript program, not a checkpoint.`, {
      hint: "Save its tensors with torch.save(module.state_dict(), …).",
    });
  }
  const order = directory.get(`${root}byteorder`);
  if (order !== undefined) {
    const text = textOf(await readMember(reader, order, 16));
    if (text !== "little") throw foreignByteOrder(label, JSON.stringify(text));
  }
  const pickle = await readMember(reader, directory.get(pickleName) as NonNullable<typeof order>, maximumPickleBytes);
  const language = checkpointLanguage(label, inert);
  let unpickled: Unpickled;
  try {
    unpickled = unpickle(pickle, 0, language, label);
  } catch (error) {
    if (error !== cut) throw error;
    throw bad(`${label}: the pickle in ${JSON.stringify(pickleName)} has no end.`, "Download it again.");
  }
  const memberOf = ({ key }: CheckpointStorage) => directory.get(`${root}data/${key}`);
  for (const storage of language.storages.values()) {
    const member = memberOf(storage);
    if (member === undefined || member.size < bytesNeeded(storage)) {
      const found = member === undefined ? "is missing" : `has ${member.size} bytes`;
      throw bad(
        `${label}: the storage ${JSON.stringify(storage.key)} ${found}, ${bytesNeeded(storage)} bytes are needed.`,
        "Download it again.",
      );
    }
  }
  return {
    container: "zip",
    root: unpickled.value,
    locate: (from, storage) => locateMember(from, memberOf(storage) as NonNullable<typeof order>),
  };
}

/** The first pickle of the old format. */
const legacyMagic = 0x1950a86a20f9469cfc6cn;
const legacyProtocol = 1001;

/**
 * Reads the format before PyTorch 1.6: five pickles (a magic number, a version, the machine, what was saved, the keys of the storages), then
 * for each key the number of elements (8 bytes) and the elements.
 *
 * @param reader - the file
 * @param inert - names let through as data
 */
export async function readLegacyCheckpoint(reader: ByteReader, inert: readonly string[]): Promise<CheckpointContents> {
  const { label } = reader;
  const found = await readLegacyPickles(reader, inert);
  const offsets = new Map<string, number>();
  let position = found.end;
  for (const key of found.keys) {
    const storage = typeof key === "string" ? found.language.storages.get(key) : undefined;
    if (storage === undefined || offsets.has(storage.key)) {
      throw bad(
        `${label}: the list of storages has ${JSON.stringify(String(key))}, which belongs to no tensor or was there before.`,
      );
    }
    offsets.set(storage.key, position);
    position += 8 + bytesNeeded(storage);
  }
  if (position !== reader.size) {
    const what = position > reader.size ? "is cut short" : "has bytes left over";
    throw bad(`${label} ${what}: its storages end at offset ${position}, but it has ${reader.size} bytes.`, "Download it again.");
  }
  for (const { key } of found.language.storages.values()) {
    if (!offsets.has(key)) throw bad(`${label}: the storage ${JSON.stringify(key)} is missing.`, "Download it again.");
  }
  return {
    container: "legacy",
    root: found.root,
    async locate(from, storage) {
      const offset = offsets.get(storage.key) as number;
      const count = viewOf(await from.read(offset, 8)).getBigInt64(0, true);
      if (count !== BigInt(storage.elements)) {
        throw bad(
          `${label}: at offset ${offset} the storage ${JSON.stringify(storage.key)} announces ${count} elements, the pickle ${storage.elements}.`,
        );
      }
      return offset + 8;
    },
  };
}

interface LegacyPickles {
  readonly root: CheckpointValue;
  readonly keys: readonly CheckpointValue[];
  readonly language: CheckpointLanguage;
  readonly end: number;
}

/** Nothing says how long the pickles are, so more and more of the file is read until they end. */
async function readLegacyPickles(reader: ByteReader, inert: readonly string[]): Promise<LegacyPickles> {
  const limit = Math.min(reader.size, maximumPickleBytes);
  for (let length = Math.min(limit, 1 << 16); ; length = Math.min(limit, 4 * length)) {
    try {
      return parseLegacyPickles(await reader.read(0, length), reader.label, inert);
    } catch (error) {
      if (error !== cut) throw error;
    }
    if (length === limit)
      throw bad(`${reader.label} is cut short: its pickles do not end within ${length} bytes.`, "Download it again.");
  }
}

/** @throws `cut` when the bytes end too early */
function parseLegacyPickles(bytes: Uint8Array, label: string, inert: readonly string[]): LegacyPickles {
  const plain = plainLanguage(label);
  let end = 0;
  const next = (language = plain): CheckpointValue => {
    const unpickled = unpickle(bytes, end, language, label);
    end = unpickled.end;
    return unpickled.value;
  };
  const magic = next();
  if (magic !== legacyMagic) throw bad(`${label} is a pickle, but not one that torch.save wrote.`, "Save it with torch.save.");
  const version = next();
  if (version !== legacyProtocol) throw bad(`${label} has the version ${String(version)}, ${legacyProtocol} is known.`);
  const machine = next();
  const little = isDictionary(machine) ? machine.get("little_endian") : undefined;
  if (little !== true) throw foreignByteOrder(label, `little_endian ${String(little)}`);
  const language = checkpointLanguage(label, inert);
  const root = next(language);
  const keys = next();
  if (!Array.isArray(keys)) throw bad(`${label}: its last pickle is no list of storages.`);
  return { root, keys: keys as readonly CheckpointValue[], language, end };
}

function foreignByteOrder(label: string, found: string): FoleyError {
  return new FoleyError("unsupported", `${label} has the byte order ${found}, only little-endian files are read.`, {
    hint: "Save it again on a little-endian machine.",
  });
}
