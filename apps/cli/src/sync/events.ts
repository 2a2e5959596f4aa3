/** True event times from a JSON file, in the forms that people and programs write them. */
import { FoleyError } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";

/** Kinds of scene events whose sound begins slowly: there is no onset to compare with. */
const soft = new Set(["stroke", "start", "peak", "stop"]);

/** Whether an event of this kind starts sharply; events without a kind do. */
export const hasSharpOnset = (kind: unknown): boolean => !(typeof kind === "string" && soft.has(kind));

/**
 * Times in seconds from `[0.5, 1.2]`, `[{ "time": 0.5 }]` or `{ "events": [{ "time": 0.5, "kind": "hit" }] }`.
 *
 * @throws FoleyError `bad-file` when the file is missing or has another form.
 */
export async function readEvents(path: string): Promise<readonly number[]> {
  const hint = "Give a list of seconds, or the .json that `foley scenes` writes.";
  const value = await readJsonFile(path, { hint });
  const list = Array.isArray(value) ? value : (value as { events?: unknown } | null)?.events;
  if (!Array.isArray(list)) throw new FoleyError("bad-file", `"${path}" holds no list of events.`, { hint });
  return list.flatMap((entry: unknown, index) => {
    const time = typeof entry === "number" ? entry : (entry as { time?: unknown } | null)?.time;
    if (typeof time !== "number" || !Number.isFinite(time))
      throw new FoleyError("bad-file", `Event ${index} in "${path}" has no time in seconds.`);
    return hasSharpOnset((entry as { kind?: unknown } | null)?.kind) ? [time] : [];
  });
}
