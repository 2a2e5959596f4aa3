/** Metrics, presets and benchmarks are asked for by name. */
import { FoleyError } from "@foley-control/core";

/**
 * The one of an id.
 *
 * @param what - What they are, for people
 * @throws FoleyError `invalid-argument` for an unknown one; the message lists all.
 */
export function byId<Named extends { readonly id: string }>(what: string, all: readonly Named[], id: string): Named {
  const found = all.find((one) => one.id === id);
  if (found) return found;
  throw new FoleyError("invalid-argument", `There is no ${what} "${id}".`, {
    hint: `Choose of ${all.map((one) => one.id).join(", ")}.`,
  });
}
