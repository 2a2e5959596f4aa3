/** Configuration files from elsewhere, checked where they come in: what is wrong is named by its field. */
import { FoleyError } from "@foley-control/core";
import type { z } from "zod";

/** Most problems that one error names. */
const MAX_NAMED = 5;

/**
 * The value a schema makes of a parsed configuration file.
 *
 * @param label - What to call the file in errors, e.g. `"model_config.json"`.
 * @throws FoleyError `bad-file` naming each field that is wrong.
 */
export function checkedConfig<T extends z.ZodType>(schema: T, value: unknown, label: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`);
  const more = problems.length > MAX_NAMED ? `; and ${problems.length - MAX_NAMED} more` : "";
  throw new FoleyError(
    "bad-file",
    `${label} does not describe a model that is known here: ${problems.slice(0, MAX_NAMED).join("; ")}${more}.`,
    {
      hint: "Check that the file belongs to this kind of model.",
      cause: result.error,
    },
  );
}
