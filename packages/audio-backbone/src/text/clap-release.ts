/** LAION-CLAP as the hub has it; its text tower is an encoder. */
import { type Release, safetensorsFiles } from "@foley-control/weights";

/** A CLAP with its tokeniser, from Hugging Face. */
export const CLAP_RELEASE: Release = {
  looks: "the folder of a CLAP from Hugging Face, with config.json, tokenizer.json and model.safetensors",
  recognises: async ({ files, json }) =>
    files.includes("config.json") && ((await json("config.json")) as { model_type?: unknown } | null)?.model_type === "clap",
  layouts: (there) =>
    safetensorsFiles("model", there).map((weights) => ({ needs: [...weights, "config.json", "tokenizer.json"] })),
  published: [
    {
      id: "laion/clap-htsat-unfused",
      title: "LAION-CLAP, HTS-AT unfused",
      parts: { "text_model.": "text tower", "text_projection.": "text projection", audio_: "audio tower (not used)" },
      licence: "Apache-2.0",
      gated: false,
      page: "https://huggingface.co/laion/clap-htsat-unfused",
    },
  ],
};
