/** One stored parameter, wherever its bytes lie. */
import { createHash } from "node:crypto";
import {
  assertHas,
  bfloat16ToFloat32,
  bytesOf,
  FoleyError,
  type ParameterSource,
  type PlainTensor,
  quantisedBytes,
  type StoredParameter,
  typedArrayOf,
} from "@foley-control/core";
import { withFile } from "./file-reader.js";

/**
 * The bytes of a stored parameter: those in memory as they are, those in a file by reading its range, made or quantised where it says so.
 *
 * @param parameter - from `ParameterSource.get`
 */
async function readParameterBytes(parameter: StoredParameter): Promise<Uint8Array> {
  const { bytes } = parameter;
  if (bytes.kind === "memory") return bytes.bytes;
  if (bytes.kind === "made") return bytes.make();
  if (bytes.kind === "blob") {
    const stored = await bytes.blob.arrayBuffer();
    return bytes.bfloat16 ? bytesOf(bfloat16ToFloat32(new Uint16Array(stored))) : new Uint8Array(stored);
  }
  if (bytes.kind === "quantised") return quantisedBytes(bytes.how, bytes.of, await readParameterBytes(bytes.of));
  return withFile(bytes.path, (reader) => reader.read(bytes.offset, bytes.length));
}

/**
 * Reads one parameter of a source.
 *
 * @param source - any source
 * @param name - the parameter
 * @returns its dtype, shape and data; data in memory is a view where its alignment allows it
 * @throws FoleyError `bad-weights` when there is none of that name
 */
export async function readParameter(source: ParameterSource, name: string): Promise<PlainTensor> {
  assertHas("source", source, "names", "a source of weights", "Pass what openSafetensors() gave, then the name.");
  const parameter = source.get(name);
  if (parameter === undefined) {
    throw new FoleyError("bad-weights", `There is no parameter ${JSON.stringify(name)}.`, {
      hint: `The source has ${source.names().length} parameters.`,
    });
  }
  const { dtype, shape } = parameter;
  return { dtype, shape, data: typedArrayOf(dtype, await readParameterBytes(parameter)) };
}

/**
 * SHA-256 over names, shapes, types and contents of parameters, hexadecimal: equal for equal weights, wherever they lie.
 *
 * @param source - any source
 * @param options - `names`: which of them (default: all); `signal` stops between two
 * @throws FoleyError `bad-weights` when one of the names is not there
 */
export async function weightsDigest(
  source: ParameterSource,
  options: { readonly names?: Iterable<string> | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const digest = createHash("sha256");
  for (const name of [...(options.names ?? source.names())].sort()) {
    options.signal?.throwIfAborted();
    const parameter = source.get(name);
    if (parameter === undefined) {
      throw new FoleyError("bad-weights", `The parameter "${name}" is missing.`, { hint: "Give the weights of this network." });
    }
    digest.update(`${name}\0${parameter.dtype}\0${parameter.shape.join(",")}\0`);
    digest.update(await readParameterBytes(parameter));
  }
  return digest.digest("hex");
}
