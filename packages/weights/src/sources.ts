/** Names under a prefix, for example one network of a checkpoint that holds several. */
import type { ParameterSource } from "@foley-control/core";

/**
 * The parameters under a prefix, without it: with `prefixSource(source, "model.")` the parameter `model.weight` is `weight`.
 *
 * @param source - all parameters
 * @param prefix - what the names begin with
 */
export function prefixSource(source: ParameterSource, prefix: string): ParameterSource {
  return {
    names: () => source.names().flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])),
    get: (name) => source.get(prefix + name),
  };
}
