/** Stable Audio Open as it is released; names and licences are those of its model cards. */
import type { PublishedModel, Release } from "@foley-control/weights";

const published = (name: string, title: string): PublishedModel => ({
  id: `stabilityai/${name}`,
  title,
  parts: {
    "model.": "diffusion transformer",
    "pretransform.model.encoder.": "codec, encoder",
    "pretransform.model.decoder.": "codec, decoder",
    "conditioner.": "conditioners",
  },
  licence: "Stability AI Community License",
  gated: true,
  page: `https://huggingface.co/stabilityai/${name}`,
});

/** The layout of diffusers, its text encoder included. */
const diffusers = [
  ...["transformer", "vae", "projection_model"].flatMap((part) => [
    `${part}/diffusion_pytorch_model.safetensors`,
    `${part}/config.json`,
  ]),
  "text_encoder/model.safetensors",
  "text_encoder/config.json",
  "tokenizer/tokenizer.json",
  "tokenizer/tokenizer_config.json",
];

/** Stable Audio Open 1.0, Small, and what is trained from them, in the layouts of stable-audio-tools and of diffusers. */
export const STABLE_AUDIO_RELEASE: Release = {
  looks: "the folder of a Stable Audio Open, with model_config.json or transformer/config.json",
  recognises: ({ files }) => files.includes("model_config.json") || files.includes("transformer/config.json"),
  layouts: () => [
    { needs: ["model.safetensors", "model_config.json"] },
    { needs: ["model.ckpt", "model_config.json"] },
    { needs: diffusers },
  ],
  needs: (there) => (there.includes("model_config.json") ? ["google-t5/t5-base"] : []),
  published: [
    published("stable-audio-open-1.0", "Stable Audio Open 1.0"),
    published("stable-audio-open-small", "Stable Audio Open Small"),
  ],
};
