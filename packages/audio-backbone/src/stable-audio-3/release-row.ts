/** Stable Audio 3 as it is released; names and licences are those of its model cards. */
import type { PublishedModel, Release } from "@foley-control/weights";

const published = (name: string, title: string): PublishedModel => ({
  id: `stabilityai/stable-audio-3-${name}`,
  title,
  parts: {
    "model.model.": "diffusion transformer",
    "pretransform.model.encoder.": "codec, encoder",
    "pretransform.model.decoder.": "codec, decoder",
    "conditioner.": "conditioners",
  },
  licence: "Stability AI Community License; its text encoder: Gemma Terms of Use",
  gated: true,
  page: `https://huggingface.co/stabilityai/stable-audio-3-${name}`,
});

/** Folder of the text encoder in all releases. */
export const T5GEMMA_FOLDER = "t5gemma-b-b-ul2";

/** Whether a parsed `model_config.json` is of this kind. */
export const isStableAudio3Config = (json: unknown): boolean =>
  (json as { readonly model_type?: unknown } | null)?.model_type === "diffusion_cond_inpaint";

/** Stable Audio 3 small, for sound effects and for music, base and post-trained, with the text encoder in it. */
export const STABLE_AUDIO_3_RELEASE: Release = {
  looks: "the folder of a Stable Audio 3 small, with model_config.json and t5gemma-b-b-ul2",
  recognises: async ({ files, json }) =>
    files.includes("model_config.json") && isStableAudio3Config(await json("model_config.json")),
  layouts: () => [
    {
      needs: [
        "model.safetensors",
        "model_config.json",
        `${T5GEMMA_FOLDER}/model.safetensors`,
        `${T5GEMMA_FOLDER}/config.json`,
        `${T5GEMMA_FOLDER}/tokenizer.json`,
      ],
    },
  ],
  published: [
    published("small-sfx", "Stable Audio 3 small, sound effects"),
    published("small-sfx-base", "Stable Audio 3 small, sound effects, base"),
    published("small-music", "Stable Audio 3 small, music"),
    published("small-music-base", "Stable Audio 3 small, music, base"),
  ],
};
