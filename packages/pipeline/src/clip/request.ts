/** What can be said of a request before there is a model. */
import type { MediaInfo } from "@foley-control/media";
import { SOLVERS } from "@foley-control/sampler";
import type { GenerateOptions } from "../options.js";
import { wrong } from "../wrong.js";
import { resolveSpan } from "./span.js";

/**
 * Checks a request as far as it can be checked without a model: that some model knows the solver, and that the clip has the stretch. How long
 * a stretch may be is the model's to say.
 *
 * @param info - the clip; without it the stretch is not looked at
 * @throws FoleyError as `Foley.generate` would
 */
export function checkRequest(options: Pick<GenerateOptions<unknown>, "solver" | "start" | "duration">, info?: MediaInfo): void {
  const { solver } = options;
  if (solver !== undefined && !Object.hasOwn(SOLVERS, solver))
    throw wrong("solver", solver, `one of ${Object.keys(SOLVERS).join(", ")}`, "Leave it out for the model's own.");
  if (info) resolveSpan(options, info);
}
