/** One stored parameter, wherever its bytes lie. */
import { FoleyError, type ParameterSource, type PlainTensor, type StoredParameter } from "@foley-control/core";
import { typedArrayOf } from "../decode.js";
import { fileReader } from "./file-reader.js";

/**
 * The bytes of a stored parameter: those in memory as they are, those in a file by reading its range.
 *
 * @param parameter - from `ParameterSource.get`
 */
export async function readParameterBytes(parameter: StoredParameter): Promise<Uint8Array> {
  const { bytes } = parameter;
  if (bytes.kind === "memory") return bytes.bytes;
  const reader = await fileReader(bytes.path);
  return reader.read(bytes.offset, bytes.length).finally(() => reader.close?.());
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
  const parameter = source.get(name);
  if (parameter === undefined) {
    throw new FoleyError("bad-weights", `There is no parameter ${JSON.stringify(name)}.`, {
      hint: `The source has ${source.names().length} parameters.`,
    });
  }
  return {
    dtype: parameter.dtype,
    shape: parameter.shape,
    data: typedArrayOf(parameter.dtype, await readParameterBytes(parameter)),
  };
}
