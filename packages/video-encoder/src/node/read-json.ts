/** JSON files of a release. */
import { readFile, stat } from "node:fs/promises";
import { FoleyError } from "@foley-control/core";

/** Largest JSON file that is read, bytes. */
const MOST_JSON = 1 << 20;

/**
 * Reads a JSON file.
 *
 * @returns `undefined` when there is no such file
 * @throws FoleyError `bad-file` when it is too large or no JSON
 */
export async function readJsonFile(path: string): Promise<unknown> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  if (found.size > MOST_JSON) throw new FoleyError("bad-file", `${path} has ${found.size} bytes; at most ${MOST_JSON} are read.`);
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new FoleyError("bad-file", `${path} is no JSON: ${(cause as Error).message}.`, {
      hint: "Download the file again.",
      cause,
    });
  }
}
