/** A runtime that remembers the latents that were decoded: the last numbers before sound, compared between Node and the page. */
import type { PlainTensor, Runtime } from "@foley-control/core";

/** What both sides ask for. */
export const request = { prompt: "a ball bouncing on wood", seed: 7, steps: 12 } as const;

/** What Node hands to the page. */
export interface FromNode {
  /** The clip as base64. */
  readonly clip: string;
  readonly latents: readonly number[];
  readonly audio: readonly number[];
  /** Onsets of the sound, seconds. */
  readonly events: readonly number[];
}

/** Wraps a runtime; `latents` is what the codec's decoder was given last. */
export function recording(runtime: Runtime): { readonly runtime: Runtime; latents(): Float32Array } {
  let last = new Float32Array(0);
  return {
    latents: () => last,
    runtime: {
      ...runtime,
      async load(graph, weights, options) {
        const executable = await runtime.load(graph, weights, options);
        if (!("audio" in graph.outputs)) return executable;
        return {
          ...executable,
          run: async (inputs, more) => {
            const latents = inputs["latents"];
            if (latents !== undefined)
              last = ((("data" in latents ? latents : await latents.read()) as PlainTensor).data as Float32Array).slice();
            return executable.run(inputs, more);
          },
        };
      },
    },
  };
}
