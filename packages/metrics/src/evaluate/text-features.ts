/** From a caption to what sounds are compared with. */
import { type Executable, FoleyError, type PlainTensor, type Runtime } from "@foley-control/core";
import type { TokenRows } from "../networks/byte-pairs.js";
import { LAION_CLAP_TOKENS } from "../networks/laion-clap.js";
import { MS_CLAP_TOKENS } from "../networks/ms-clap.js";
import type { MetricNetwork } from "../networks/release.js";
import type { NamedRows } from "./sound-features.js";

/** Makes some features of captions. */
export interface TextFeatures {
  /** What made them: features of equal ids are interchangeable, and are cached under it. */
  readonly id: string;
  /** Names of the features, without the side. */
  readonly makes: readonly string[];
  /** What the network reads of a caption, as text: the same for captions that it cannot tell apart, and another with another tokeniser. */
  digest(text: string): string;
  /**
   * Features of one caption.
   *
   * @throws FoleyError `shape-mismatch` when the tokeniser was made for another number of rows.
   */
  compute(text: string): Promise<NamedRows>;
  /** Frees the loaded graph; idempotent. */
  dispose(): Promise<void>;
}

/** A network that reads, and what turns a text into its rows. */
export interface TextNetwork {
  /** Takes `ids`, and `mask` when it has such an input; gives `embedding`. */
  readonly network: MetricNetwork<{ readonly batch?: number }>;
  /** The tokeniser of the network. */
  readonly tokenise: (text: string) => TokenRows;
}

/** Networks that read; each is left out or given. */
export interface TextNetworks {
  /** `laionClapText(weights)` and `robertaTokeniser(json, LAION_CLAP_TOKENS)`. */
  readonly laionClap?: TextNetwork;
  /** `msClapText(weights)` and `gpt2Tokeniser(json, MS_CLAP_TOKENS)`. */
  readonly msClap?: TextNetwork;
}

/** Everything that the given networks say about captions. */
export function textFeatures(runtime: Runtime, { laionClap, msClap }: TextNetworks): readonly TextFeatures[] {
  return [
    ...(laionClap ? [featuresOf(runtime, "laion-clap", laionClap, LAION_CLAP_TOKENS)] : []),
    ...(msClap ? [featuresOf(runtime, "ms-clap", msClap, MS_CLAP_TOKENS)] : []),
  ];
}

function featuresOf(runtime: Runtime, name: string, { network, tokenise }: TextNetwork, length: number): TextFeatures {
  const plan = network.graph({});
  const wanted = new Set(plan.inputs.map((input) => input.name));
  let loaded: Promise<Executable> | undefined;
  return {
    id: network.id,
    makes: [name],
    digest(text) {
      const { ids, mask } = tokenise(text);
      return `ids:${ids.join()} mask:${mask.join()}`;
    },
    async compute(text) {
      const { ids, mask } = tokenise(text);
      if (ids.length !== length)
        throw new FoleyError("shape-mismatch", `The tokeniser made ${ids.length} rows; expected ${length}.`, {
          hint: `Make it for ${length} rows.`,
        });
      loaded ??= runtime.load(plan, network.weights);
      const shape = [1, length];
      const found = await (await loaded).run({
        ids: { dtype: "int64", shape, data: ids },
        ...(wanted.has("mask") && { mask: { dtype: "float32" as const, shape, data: mask } }),
      });
      const { data } = found["embedding"] as PlainTensor<"float32">;
      return { [name]: { count: 1, width: data.length, data } };
    },
    async dispose() {
      const last = loaded;
      loaded = undefined;
      if (last) await (await last).dispose();
    },
  };
}
