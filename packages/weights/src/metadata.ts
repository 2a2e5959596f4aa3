/** What a file of weights says of itself in its metadata. */
import { FoleyError, type JsonCheck, parseJson, shown } from "@foley-control/core";

/** Which file it is, for the words of an error, and the format that it must have. */
export interface ExpectedFile {
  /** Name of the file. */
  readonly file: string;
  /** `format` in its metadata; another one is refused. Default: any. */
  readonly format?: string;
  /** What the value must be; what a network is built of is checked before it is. */
  readonly check: JsonCheck;
}

/**
 * A value that stands as JSON in the metadata of a file of weights.
 *
 * @throws FoleyError `bad-weights` for another format, a missing value, one that is no JSON, and one that is not what it must be
 */
export function metadataJson<T>(metadata: Readonly<Record<string, string>>, key: string, expected: ExpectedFile): T {
  const { file, format, check } = expected;
  const found = metadata["format"] ?? "";
  if (format !== undefined && found !== format)
    throw new FoleyError("bad-weights", `The file ${file} has the format ${shown(found)}; "${format}" was expected.`, {
      hint: "Pack the model again, or install matching versions.",
    });
  const hint = "Pack the model again.";
  const text = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (text === undefined) throw new FoleyError("bad-weights", `The file ${file} has no "${key}" in its metadata.`, { hint });
  const value = parseJson(text, { what: `"${key}" in the metadata of ${file}`, code: "bad-weights", hint });
  const problem = check(value, "");
  if (problem) throw new FoleyError("bad-weights", `"${key}" in the metadata of ${file} is not usable: ${problem}.`, { hint });
  return value as T;
}
