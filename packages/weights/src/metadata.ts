/** What a file of weights says of itself in its metadata. */
import { FoleyError } from "@foley-control/core";

/** Which file it is, for the words of an error, and the format that it must have. */
export interface ExpectedFile {
  /** Name of the file. */
  readonly file: string;
  /** `format` in its metadata; another one is refused. Default: any. */
  readonly format?: string;
}

/**
 * A value that stands as JSON in the metadata of a file of weights.
 *
 * @throws FoleyError `bad-weights` for another format, a missing value, or one that is no JSON
 */
export function metadataJson<T>(metadata: Readonly<Record<string, string>>, key: string, { file, format }: ExpectedFile): T {
  const found = metadata["format"] ?? "";
  if (format !== undefined && found !== format)
    throw new FoleyError("bad-weights", `The file ${file} has the format ${JSON.stringify(found)}; "${format}" was expected.`, {
      hint: "Pack the model again, or install matching versions.",
    });
  try {
    return JSON.parse(metadata[key] ?? "") as T;
  } catch (cause) {
    throw new FoleyError(
      "bad-weights",
      `The file ${file} has ${metadata[key] === undefined ? "no" : "a damaged"} "${key}" in its metadata.`,
      { hint: "Pack the model again.", cause },
    );
  }
}
