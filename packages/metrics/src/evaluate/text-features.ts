/** From a caption to what sounds are compared with. */
import { type Executable, FoleyError, type PlainTensor, type Runtime } from "@foley-control/core";
import { LAION_CLAP_TOKENS, type LaionClapOptions } from "../networks/laion-clap.js";
import type { MetricNetwork } from "../networks/release.js";
import type { TokenRows } from "../networks/roberta-tokeniser.js";
import type { NamedRows } from "./sound-features.js";

/** Makes some features of captions. */
export interface TextFeatures {
  /** What made them: features of equal ids are interchangeable, and are cached under it. */
  readonly id: string;
  /** Names of the features, without the side. */
  readonly makes: readonly string[];
  /** Features of one caption. */
  compute(text: string): Promise<NamedRows>;
  /** Frees the loaded graph; idempotent. */
  dispose(): Promise<void>;
}

/** Networks that read; each is left out or given. */
export interface TextNetworks {
  /** `laionClapText(weights)` and `robertaTokeniser(json, LAION_CLAP_TOKENS)`. */
  readonly laionClap?: {
    readonly network: MetricNetwork<LaionClapOptions>;
    readonly tokenise: (text: string) => TokenRows;
  };
}

/** Everything that the given networks say about captions. */
export function textFeatures(runtime: Runtime, { laionClap }: TextNetworks): readonly TextFeatures[] {
  if (!laionClap) return [];
  const { network, tokenise } = laionClap;
  let loaded: Promise<Executable> | undefined;
  return [
    {
      id: network.id,
      makes: ["laion-clap"],
      async compute(text) {
        const { ids, mask } = tokenise(text);
        if (ids.length !== LAION_CLAP_TOKENS)
          throw new FoleyError("shape-mismatch", `The tokeniser made ${ids.length} rows; expected ${LAION_CLAP_TOKENS}.`, {
            hint: "Make it with robertaTokeniser(json, LAION_CLAP_TOKENS).",
          });
        loaded ??= runtime.load(network.graph({}), network.weights);
        const shape = [1, LAION_CLAP_TOKENS];
        const found = await (await loaded).run({
          ids: { dtype: "int64", shape, data: ids },
          mask: { dtype: "float32", shape, data: mask },
        });
        const { data } = found["embedding"] as PlainTensor<"float32">;
        return { "laion-clap": { count: 1, width: data.length, data } };
      },
      async dispose() {
        const last = loaded;
        loaded = undefined;
        if (last) await (await last).dispose();
      },
    },
  ];
}
