/** Plans as JSON files: what they leave out stays as it is. */
import { FoleyError } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";

/**
 * The object in a plan file; empty without a file.
 *
 * @param known - entries that it may have
 */
export async function readPlanFile(
  path: string | undefined,
  known: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  if (path === undefined) return {};
  const hint = `Give an object with some of: ${known.join(", ")}.`;
  const changes = await readJsonFile(path, { what: `The plan "${path}"`, hint });
  if (typeof changes !== "object" || changes === null || Array.isArray(changes))
    throw new FoleyError("bad-file", `The plan "${path}" is no JSON object.`, { hint });
  const unknown = Object.keys(changes).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new FoleyError("invalid-argument", `The plan "${path}" has the entry "${unknown}".`, {
      hint: `Known are ${known.join(", ")}.`,
    });
  return changes as Readonly<Record<string, unknown>>;
}
