/**
 * What names mean in a PyTorch checkpoint. The list is closed: tensors, ordered dictionaries, and the NumPy leftovers of trainers, which
 * stay inert. (What each call is given: torch/_utils.py and torch/serialization.py of https://github.com/pytorch/pytorch.)
 */
import { elementCount, FoleyError } from "@foley-control/core";
import { bad } from "../bytes.js";
import type { SafetensorsDType } from "../dtype.js";
import type { PickleLanguage } from "./pickle.js";
import { type CheckpointStorage, type CheckpointTensor, type CheckpointValue, isTensor, type PythonGlobal } from "./values.js";

/** Most axes of a tensor. */
const maximumRank = 32;

/** Storage classes of torch and the type of their elements. */
const storageDTypes: Readonly<Record<string, SafetensorsDType>> = {
  "torch.DoubleStorage": "F64",
  "torch.FloatStorage": "F32",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};

/** Names that are let through as data, without a meaning here. */
const inertGlobals: readonly string[] = [
  ...["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"].map(
    (name) => `torch.${name}`,
  ),
  "torch.device",
  "numpy.dtype",
  "numpy.ndarray",
  ...["core", "_core"].flatMap((folder) => [`numpy.${folder}.multiarray._reconstruct`, `numpy.${folder}.multiarray.scalar`]),
];

type Call = (args: readonly CheckpointValue[], spend: (bytes: number) => void, label: string) => CheckpointValue;

/** Names whose calls are understood. */
const calls: Readonly<Record<string, Call>> = {
  "collections.OrderedDict": orderedDictionary,
  "torch._utils._rebuild_tensor_v2": tensorOf,
  "torch._utils._rebuild_parameter": ([tensor], _, label) => {
    if (!isTensor(tensor)) throw damaged(label, "a parameter that is no tensor");
    return tensor;
  },
  "torch.Size": ([sizes], _, label) => sizesOf(sizes, label, "a size"),
  "_codecs.encode": latin1Bytes,
};

/** The language of one checkpoint, and the storages that its pickle named. */
export interface CheckpointLanguage extends PickleLanguage {
  /** Storages by key, in the order of the pickle. */
  readonly storages: ReadonlyMap<string, CheckpointStorage>;
}

/**
 * @param label - what to call the file in errors
 * @param inert - further names that are let through as data
 */
export function checkpointLanguage(label: string, inert: readonly string[]): CheckpointLanguage {
  const names = [...Object.keys(storageDTypes), ...Object.keys(calls), ...inertGlobals, ...inert];
  const globals = new Map<string, PythonGlobal>(names.map((name) => [name, { kind: "global", name }]));
  const storages = new Map<string, CheckpointStorage>();
  return {
    storages,
    global(name) {
      const known = globals.get(name);
      if (known !== undefined) return known;
      const what = `names ${JSON.stringify(shortened(name))}, which is not part of a checkpoint of tensors; nothing was run`;
      throw new FoleyError("unsupported", `${label} ${what}.`, {
        hint: `If you trust where it comes from, save only its tensors with torch.save(model.state_dict(), …), or list the name in "inert".`,
      });
    },
    call(callee, args, spend) {
      const call = Object.hasOwn(calls, callee.name) ? calls[callee.name] : undefined;
      return call === undefined ? { kind: "object", of: callee.name, args, state: null } : call(args, spend, label);
    },
    reference(id) {
      const storage = storageOf(id, label);
      const known = storages.get(storage.key);
      if (known === undefined) {
        storages.set(storage.key, storage);
        return storage;
      }
      if (known.dtype !== storage.dtype || known.elements !== storage.elements) {
        throw damaged(
          label,
          `the storage ${JSON.stringify(storage.key)} as ${known.elements} × ${known.dtype} and as ${storage.elements} × ${storage.dtype}`,
        );
      }
      return known;
    },
  };
}

/** A language without names, for the small pickles around the main one. */
export function plainLanguage(label: string): PickleLanguage {
  const { global, call } = checkpointLanguage(label, []);
  return {
    global,
    call,
    reference() {
      throw damaged(label, "a storage where none belongs");
    },
  };
}

/** `("storage", class, key, device, elements)`, and in old files a view of a storage, or `None`. */
function storageOf(id: CheckpointValue, label: string): CheckpointStorage {
  const [what, type, key, , elements, view] = Array.isArray(id) ? (id as readonly CheckpointValue[]) : [];
  const name = typeof type === "object" && type !== null && "kind" in type && type.kind === "global" ? type.name : "";
  const dtype = Object.hasOwn(storageDTypes, name) ? storageDTypes[name] : undefined;
  if (what !== "storage" || dtype === undefined || typeof key !== "string" || !isCount(elements)) {
    throw damaged(label, "something outside the pickle that is no storage");
  }
  if (view !== undefined && view !== null) {
    throw new FoleyError("unsupported", `${label} has views of storages, as torch before 0.4 wrote them.`, {
      hint: "Load it with a newer torch and save it again.",
    });
  }
  return Object.freeze({ kind: "storage", key, dtype, elements });
}

/** `_rebuild_tensor_v2(storage, storage_offset, size, stride, …)`. */
function tensorOf([storage, start, size, stride]: readonly CheckpointValue[], _: unknown, label: string): CheckpointTensor {
  if (typeof storage !== "object" || storage === null || !("kind" in storage) || storage.kind !== "storage" || !isCount(start)) {
    throw damaged(label, "a tensor without a storage");
  }
  const shape = sizesOf(size, label, "a shape");
  const strides = sizesOf(stride, label, "strides");
  if (shape.length !== strides.length || !Number.isSafeInteger(elementCount(shape)))
    throw damaged(label, `a tensor of shape [${shape}] with strides [${strides}]`);
  const last = shape.includes(0)
    ? -1
    : shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] as number), start);
  if (!(Math.max(last + 1, start) <= storage.elements)) {
    throw bad(
      `${label}: a tensor of shape [${shape}] with strides [${strides}] from element ${start} does not fit its storage ${JSON.stringify(storage.key)} of ${storage.elements} elements.`,
      "Download it again.",
    );
  }
  return Object.freeze({ kind: "tensor", dtype: storage.dtype, shape, strides, start, storage });
}

/** Whole numbers from 0, copied, because what is on the stack may still be changed. */
function sizesOf(value: CheckpointValue | undefined, label: string, what: string): readonly number[] {
  const list = Array.isArray(value) ? (value as readonly CheckpointValue[]) : undefined;
  if (list === undefined || list.length > maximumRank || !list.every(isCount)) {
    throw damaged(label, `${what} that is no list of at most ${maximumRank} whole numbers from 0`);
  }
  return Object.freeze([...list]);
}

/** `OrderedDict()`, or with a list of pairs, as Python 2 wrote it. */
function orderedDictionary(
  [pairs = []]: readonly CheckpointValue[],
  spend: (bytes: number) => void,
  label: string,
): CheckpointValue {
  const list = Array.isArray(pairs) ? (pairs as readonly CheckpointValue[]) : undefined;
  if (list === undefined) throw damaged(label, "an ordered dictionary that is not made of pairs");
  spend(100 * list.length);
  const dictionary = new Map<CheckpointValue, CheckpointValue>();
  for (const pair of list) {
    if (!Array.isArray(pair) || pair.length !== 2) throw damaged(label, "an ordered dictionary that is not made of pairs");
    dictionary.set(pair[0], pair[1]);
  }
  return dictionary;
}

/** `encode(text, "latin1")`: how protocol 2 writes bytes. */
function latin1Bytes([text, encoding]: readonly CheckpointValue[], spend: (bytes: number) => void, label: string): Uint8Array {
  if (typeof text !== "string" || (encoding !== "latin1" && encoding !== "latin-1"))
    throw damaged(label, "text in an unknown encoding");
  spend(text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw damaged(label, "bytes beyond 255");
    bytes[i] = code;
  }
  return bytes;
}

function isCount(value: CheckpointValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function damaged(label: string, what: string): FoleyError {
  return bad(`${label}: the pickle describes ${what}.`, "Download it again.");
}

function shortened(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}
