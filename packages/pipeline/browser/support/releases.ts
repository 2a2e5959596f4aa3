/** Narrow releases of others, as both sides have them: where each file of the folder is from, what is asked for, and what Node hands to the page. */

import { letters } from "../../src/letters.test-support.js";

/** A file of a release: a golden file, or a text; `formula` writes weights by a golden model's table. */
export type From = { readonly golden: string } | { readonly formula: string } | { readonly text: string };

const golden = (path: string): From => ({ golden: path });
const text = "t5gemma-b-b-ul2";

/** Files by their paths below the folder. */
export const RELEASES = {
  mmaudio: {
    "weights/mmaudio_small_16k.pth": golden("mmaudio/mmaudio-tiny-16k/weights/mmaudio_small_16k.pth"),
    "ext_weights/v1-16.pth": golden("mmaudio/mmaudio-tiny-16k/ext_weights/v1-16.pth"),
    "ext_weights/best_netG.pt": golden("mmaudio/mmaudio-tiny-16k/ext_weights/best_netG.pt"),
    "ext_weights/synchformer_state_dict.pth": golden("mmaudio/mmaudio-tiny-encoders/synchformer_state_dict.pth"),
    "clip/open_clip_pytorch_model.bin": golden("mmaudio/mmaudio-tiny-encoders/open_clip_pytorch_model.bin"),
    "clip/open_clip_config.json": golden("mmaudio/mmaudio-tiny-encoders/open_clip_config.json"),
    "clip/tokenizer.json": { text: JSON.stringify(letters) },
  },
  stableAudio3: {
    "model_config.json": golden("sa3/sa3-tiny/model_config.json"),
    "model.safetensors": { formula: "sa3/sa3-tiny/model.formula.json" },
    [`${text}/config.json`]: golden(`sa3/sa3-tiny/${text}/config.json`),
    [`${text}/tokenizer.json`]: golden(`sa3/sa3-tiny/${text}/tokenizer.json`),
    [`${text}/model.safetensors`]: golden(`sa3/sa3-tiny/${text}/model.safetensors`),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, From>>>>;

/** Heads of the narrow networks, which no file says. */
export const HEADS = { mmaudio: 2, synchformer: 3 } as const;

/** What both sides ask for. */
export const REQUESTS = {
  mmaudio: { prompt: "a ball", seed: 5, steps: 2, duration: 1.6 },
  stableAudio3: { prompt: "A dog barks twice", seed: 7, steps: 2, duration: 1.5 },
} as const;

/** What Node hands to the page. */
export interface FromNode {
  /** The clip as base64; empty where there is none. */
  readonly clip: string;
  readonly latents: readonly number[];
  readonly audio: readonly number[];
}
