/** What tells a model by the names of its files; apart from what reads one, which comes when it is wanted. */
import type { SmallModelFiles } from "../engine/engine.js";

/** Names of the files, as the package of the small model has them. */
export const NAMES = {
  backbone: "backbone.safetensors",
  encoder: "video-encoder.safetensors",
  bridge: "bridge.safetensors",
} as const satisfies Readonly<Record<keyof SmallModelFiles, string>>;

/** What tells a release from outside; what it is, and whether it is whole, is found out when it is opened. */
export const RELEASED = /^(?:model_config\.json|mmaudio_[a-z0-9_]+\.(?:pth|safetensors))$/;

/** How files of weights end. */
const WEIGHTS = /\.(?:safetensors|ckpt|pth|pt)$/i;

/**
 * Whether files that were dropped are meant as a model, by their names alone; what they lack is said when they are opened. A model's own files are, whatever
 * lies beside them; other weights where no `videos` do.
 */
export const looksLikeModel = (names: readonly string[], { videos }: { readonly videos: boolean }): boolean => {
  const own: readonly string[] = Object.values(NAMES);
  return names.some((name) => own.includes(name) || RELEASED.test(name) || (!videos && WEIGHTS.test(name)));
};
