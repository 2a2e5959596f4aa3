/** The one error for options: what was given, what was expected. Apart from the checks, which know the solvers: a page needs it before they are loaded. */
import { FoleyError, shown } from "@foley-control/core";

/** The error for an option of the wrong kind or size. */
export function wrong(option: string, given: unknown, expected: string, hint = HINT): FoleyError {
  return new FoleyError("invalid-argument", `options.${option} is ${shown(given)}; ${expected} was expected.`, { hint });
}

/** What can be done about any option. */
const HINT = "Correct it, or leave it out.";
