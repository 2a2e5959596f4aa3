/** What a checkpoint holds, as plain data: Python's own types where JavaScript has them, everything else inert. */
import type { SafetensorsDType } from "../dtype.js";

/**
 * A value of a checkpoint. Lists, tuples and sets are arrays; dictionaries are maps, because their keys need not be text; whole numbers are
 * numbers where these are exact, otherwise bigint.
 */
export type CheckpointValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CheckpointValue[]
  | CheckpointDictionary
  | CheckpointTensor
  | CheckpointStorage
  | PythonGlobal
  | PythonObject;

/** A Python dictionary, in its order. */
export type CheckpointDictionary = ReadonlyMap<CheckpointValue, CheckpointValue>;

/** A stretch of elements that one or more tensors are views of. */
export interface CheckpointStorage {
  /** Tells the kinds of values apart. */
  readonly kind: "storage";
  /** Its name within the file. */
  readonly key: string;
  /** Element type. */
  readonly dtype: SafetensorsDType;
  /** Number of elements. */
  readonly elements: number;
}

/** A tensor that was located but not read. */
export interface CheckpointTensor {
  /** Tells the kinds of values apart. */
  readonly kind: "tensor";
  /** Element type. */
  readonly dtype: SafetensorsDType;
  /** Sizes per axis. */
  readonly shape: readonly number[];
  /** Elements of the storage from one index to the next, per axis. */
  readonly strides: readonly number[];
  /** The first element within the storage. */
  readonly start: number;
  /** Where the elements are. */
  readonly storage: CheckpointStorage;
}

/** A class or function that the file names. It is a name only: nothing is looked up or called. */
export interface PythonGlobal {
  /** Tells the kinds of values apart. */
  readonly kind: "global";
  /** Module and name, e.g. `"numpy.dtype"`. */
  readonly name: string;
}

/** An object of a class that is let through unread, for example a NumPy scalar: what its making was given, as data. */
export interface PythonObject {
  /** Tells the kinds of values apart. */
  readonly kind: "object";
  /** The class or function that would make it, e.g. `"numpy.core.multiarray.scalar"`. */
  readonly of: string;
  /** What that would be given. */
  readonly args: readonly CheckpointValue[];
  /** What would be set afterwards; `null` when nothing. */
  readonly state: CheckpointValue;
}

/** True for a dictionary. */
export function isDictionary(value: CheckpointValue | undefined): value is CheckpointDictionary {
  return value instanceof Map;
}

/** True for a tensor. */
export function isTensor(value: CheckpointValue | undefined): value is CheckpointTensor {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "tensor";
}

/** The values directly inside a value. */
export function* insideOf(value: CheckpointValue): Generator<CheckpointValue> {
  if (value instanceof Map) for (const entry of value as CheckpointDictionary) yield* entry;
  else if (Array.isArray(value)) yield* value as readonly CheckpointValue[];
  else if (typeof value === "object" && value !== null && "kind" in value && value.kind === "object") {
    yield* value.args;
    yield value.state;
  }
}
