/**
 * Configuration files from elsewhere, checked where they come in: what is wrong is named by its field. With `zod/mini`, of which a page gets
 * what it calls; `zod` is 450 kB. Schemas are made when they are asked for, so that a page that reads no such file has none of it.
 */
import { FoleyError } from "@foley-control/core";
import { en } from "zod/locales";
import * as z from "zod/mini";

/** A number of channels or samples, no larger than any model has, so that a wrong file does not ask for all the memory there is. */
export const size = () => upTo(1 << 24);

/** A number from 1 to `most`. */
export const upTo = (most: number) => z.int().check(z.positive(), z.maximum(most));

/** Most problems that one error names. */
const MAX_NAMED = 5;

/** Most characters of each: keys and values are a stranger's. */
const MAX_CHARACTERS = 200;

/**
 * The value a schema makes of a parsed configuration file.
 *
 * @param schema - Makes the schema.
 * @param label - What to call the file in errors, e.g. `"model_config.json"`.
 * @throws FoleyError `bad-file` naming each field that is wrong.
 */
export function checkedConfig<T extends z.ZodMiniType>(schema: () => T, value: unknown, label: string): z.output<T> {
  const result = z.safeParse(schema(), value, { error: en().localeError });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`.slice(0, MAX_CHARACTERS),
  );
  const more = problems.length > MAX_NAMED ? `; and ${problems.length - MAX_NAMED} more` : "";
  const what = `${label} does not describe a model that is known here: ${problems.slice(0, MAX_NAMED).join("; ")}${more}.`;
  const hint = "Check that the file belongs to this kind of model.";
  throw new FoleyError("bad-file", what, { hint, cause: result.error });
}
