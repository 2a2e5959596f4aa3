/** T5 as it is released. */
import { type PublishedModel, type Release, safetensorsFiles } from "@foley-control/weights";

const published = (id: string, title: string): PublishedModel => ({
  id,
  title,
  parts: { "shared.": "embeddings", "encoder.": "encoder", "decoder.": "decoder (not used)" },
  licence: "Apache-2.0",
  gated: false,
  page: `https://huggingface.co/${id}`,
});

/** A T5 with its tokeniser, from Hugging Face. */
export const T5_RELEASE: Release = {
  looks: "the folder of a T5 from Hugging Face, with config.json, tokenizer.json and model.safetensors",
  recognises: async ({ files, json }) =>
    files.includes("config.json") && ((await json("config.json")) as { model_type?: unknown } | null)?.model_type === "t5",
  layouts: (there) =>
    safetensorsFiles("model", there).map((weights) => ({ needs: [...weights, "config.json", "tokenizer.json"] })),
  published: [
    published("google-t5/t5-base", "T5 base"),
    // What TangoFlux reads with; it holds the encoder itself and takes the tokeniser.
    published("google/flan-t5-large", "FLAN-T5 large"),
  ],
};
