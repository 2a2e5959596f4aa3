/** A bridge as a part: its parameters, their start, and the hook that inserts it. */
import {
  assertHas,
  type Bridge,
  createRandom,
  elementCount,
  FoleyError,
  memoryParameters,
  type ParameterSource,
  type PlainTensor,
  type Shape,
  sameShape,
} from "@foley-control/core";
import { type BridgeConfig, tokenSources } from "./config.js";
import { bridgeSublayer, sourceName } from "./hook.js";

/** Names and shapes of exactly the trainable parameters, block by block. */
export function bridgeParameters(config: BridgeConfig): readonly { readonly name: string; readonly shape: Shape }[] {
  const { width, adapterHidden } = config;
  const sources = tokenSources(config);
  const each = (
    block: string,
    of: (name: string, tokenWidth: number) => readonly { readonly name: string; readonly shape: Shape }[],
  ) => sources.flatMap(({ tokenWidth }, place) => of(sourceName(block, place), tokenWidth));
  const adapters = (block: string) =>
    each(block, (name, tokenWidth) => [
      { name: `${name}adapter.0.weight`, shape: [adapterHidden, tokenWidth] },
      { name: `${name}adapter.2.weight`, shape: [tokenWidth, adapterHidden] },
    ]);
  const blocks = Array.from({ length: config.blocks }, (_, block) => {
    const name = `blocks.${block}`;
    return [
      ...(config.adapter === "per-block" ? adapters(name) : []),
      { name: `${name}.norm.weight`, shape: [width] },
      ...each(name, (part, tokenWidth) => [{ name: `${part}video_norm.weight`, shape: [tokenWidth] }]),
      { name: `${name}.query_anchor`, shape: [width] },
      { name: `${name}.key_anchor`, shape: [width] },
      { name: `${name}.to_q.weight`, shape: [width, width] },
      ...each(name, (part, tokenWidth) => [{ name: `${part}to_kv.weight`, shape: [2 * width, tokenWidth] }]),
      { name: `${name}.to_out.weight`, shape: [width, width] },
    ];
  });
  return [...(config.adapter === "shared" ? adapters("") : []), ...blocks.flat()];
}

/** Start of the anchors: with it a query attends mostly to what is seen within about a quarter of a second of its own time. */
const ANCHOR = 2;

/**
 * The start: norms 1, W_o = 0 (the backbone is left bit-identical), anchors that point the same way in every head, the rest
 * Xavier-uniform (Glorot & Bengio 2010).
 */
export function initialiseBridge(config: BridgeConfig, seed: number): Record<string, PlainTensor<"float32">> {
  const { headWidth } = config;
  return Object.fromEntries(
    bridgeParameters(config).map(({ name, shape }) => {
      const data = new Float32Array(elementCount(shape));
      if (name.endsWith("_anchor")) data.set(data.map((_, i) => (i % headWidth < headWidth / 2 ? ANCHOR : 0)));
      else if (shape.length === 1) data.fill(1);
      else if (!name.endsWith("to_out.weight")) {
        const limit = Math.sqrt(6 / ((shape[0] as number) + (shape[1] as number)));
        const random = createRandom(seed, "bridge", name);
        for (let i = 0; i < data.length; i++) data[i] = random.range(-limit, limit);
      }
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}

/** A bridge with the given weights; missing or mis-shaped ones are an error that names them. */
export function createBridge(config: BridgeConfig, weights: ParameterSource): Bridge {
  const parameters = bridgeParameters(config);
  for (const { name, shape } of parameters) {
    const found = weights.get(name);
    if (!found)
      throw new FoleyError("bad-weights", `The bridge has no parameter "${name}".`, {
        hint: "Its file is incomplete or belongs to another configuration.",
      });
    if (!sameShape(found.shape, shape)) {
      const what = `The bridge's parameter "${name}" has the shape [${found.shape}]`;
      throw new FoleyError("bad-weights", `${what}, [${shape}] was expected.`);
    }
  }
  return {
    specificationVersion: "v1",
    kind: "bridge",
    config: { ...config },
    parameters,
    weights,
    hook: (videoTokens) => (x, site) => bridgeSublayer(x, site, videoTokens, config),
  };
}

/** A fresh bridge. */
export function freshBridge(config: BridgeConfig, seed: number): Bridge {
  assertHas("config", config, "headWidth", "a configuration of a bridge", "Pass bridgeConfig(backbone, encoder), then the seed.");
  return createBridge(config, memoryParameters(initialiseBridge(config, seed)));
}
