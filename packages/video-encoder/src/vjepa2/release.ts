/**
 * V-JEPA 2 and 2.1 as they are released. Names are from the papers' repository and model cards; licences are those of the weights, in a
 * word: the card decides.
 */
import { type PublishedModel, type Release, safetensorsFiles } from "@foley-control/weights";

/** What is looked at of a `config.json`. */
type Named = { readonly model_type?: unknown } | null;

const onHub = (name: string, title: string): PublishedModel => ({
  id: `facebook/${name}`,
  title,
  parts: { "encoder.": "encoder", "predictor.": "predictor (not used)" },
  licence: "MIT (code repository) or Apache-2.0 (model card)",
  gated: false,
  page: `https://huggingface.co/facebook/${name}`,
});

/** A checkpoint of the code repository; the state dictionary to load is not the same for all (`target_encoder`, `ema_encoder`). */
const checkpoint = (file: string, title: string): PublishedModel => ({
  id: file,
  title,
  parts: {
    "encoder.": "encoder",
    "target_encoder.": "target encoder",
    "ema_encoder.": "averaged encoder",
    "predictor.": "predictor (not used)",
  },
  licence: "MIT (code repository)",
  gated: false,
  page: "https://github.com/facebookresearch/vjepa2",
  url: `https://dl.fbaipublicfiles.com/vjepa2/${file}`,
});

/** V-JEPA 2 and 2.1: a folder of Hugging Face, a checkpoint of Meta, or its tensors in one file. */
export const VJEPA2_RELEASE: Release = {
  looks: "the folder of a V-JEPA 2 from Hugging Face, with config.json, or Meta's .pt file",
  recognises: async ({ file, files, json }) =>
    file === undefined
      ? files.includes("config.json") && ((await json("config.json")) as Named)?.model_type === "vjepa2"
      : /\.(?:pt|pth|safetensors)$/i.test(file),
  layouts: (there) =>
    safetensorsFiles("model", there).map((weights) => ({
      needs: [...weights, "config.json"],
      takes: ["video_preprocessor_config.json"],
    })),
  published: [
    onHub("vjepa2-vitl-fpc64-256", "V-JEPA 2 ViT-L, 256 px"),
    onHub("vjepa2-vith-fpc64-256", "V-JEPA 2 ViT-H, 256 px"),
    onHub("vjepa2-vitg-fpc64-256", "V-JEPA 2 ViT-g, 256 px"),
    onHub("vjepa2-vitg-fpc64-384", "V-JEPA 2 ViT-g, 384 px"),
    checkpoint("vitl.pt", "V-JEPA 2 ViT-L, 256 px, checkpoint"),
    checkpoint("vith.pt", "V-JEPA 2 ViT-H, 256 px, checkpoint"),
    checkpoint("vitg.pt", "V-JEPA 2 ViT-g, 256 px, checkpoint"),
    checkpoint("vitg-384.pt", "V-JEPA 2 ViT-g, 384 px, checkpoint"),
    checkpoint("vjepa2_1_vitb_dist_vitG_384.pt", "V-JEPA 2.1 ViT-B, 384 px, checkpoint"),
    checkpoint("vjepa2_1_vitl_dist_vitG_384.pt", "V-JEPA 2.1 ViT-L, 384 px, checkpoint"),
    checkpoint("vjepa2_1_vitg_384.pt", "V-JEPA 2.1 ViT-g, 384 px, checkpoint"),
    checkpoint("vjepa2_1_vitG_384.pt", "V-JEPA 2.1 ViT-G, 384 px, checkpoint"),
  ],
};
