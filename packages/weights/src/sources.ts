/** Sources of parameters made of other things: tensors in memory, several files, names under a prefix. */
import { FoleyError, type ParameterSource, type StoredParameter } from "@foley-control/core";
import { inMemory } from "./read.js";
import type { NamedTensors } from "./write.js";

/**
 * Parameters from tensors in memory; nothing is copied.
 *
 * @param tensors - tensors by name
 */
export function memorySource(tensors: NamedTensors): ParameterSource {
  const list = Symbol.iterator in tensors ? (tensors as Iterable<readonly [string, Parameters<typeof inMemory>[0]]>) : Object.entries(tensors);
  const stored = new Map<string, StoredParameter>();
  for (const [name, tensor] of list) stored.set(name, inMemory(tensor));
  return { names: () => [...stored.keys()], get: (name) => stored.get(name) };
}

/**
 * The parameters of several sources as one.
 *
 * @param sources - sources without a name in common
 * @throws FoleyError `bad-weights` naming a parameter that two of them have
 */
export function combineSources(...sources: readonly ParameterSource[]): ParameterSource {
  const owner = new Map<string, ParameterSource>();
  for (const source of sources) {
    for (const name of source.names()) {
      if (owner.has(name)) throw new FoleyError("bad-weights", `Two of the combined sources have a parameter ${JSON.stringify(name)}.`);
      owner.set(name, source);
    }
  }
  return { names: () => [...owner.keys()], get: (name) => owner.get(name)?.get(name) };
}

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
