/** CLIP, SigLIP and DINO as transformers has them. */
import { type PublishedModel, type Release, safetensorsFiles } from "@foley-control/weights";
import { isPictureNetwork } from "./layouts.js";

const onHub = (id: string, title: string, licence: string, gated = false): PublishedModel => ({
  id,
  title,
  parts: { "vision_model.": "image tower", "encoder.": "encoder", "layer.": "encoder", "text_model.": "text tower (not used)" },
  licence,
  gated,
  page: `https://huggingface.co/${id}`,
});

/** A folder of Hugging Face whose `config.json` says one of these networks. */
export const PICTURE_RELEASE: Release = {
  looks: "the folder of a CLIP, a SigLIP or a DINOv2 from Hugging Face, with config.json",
  recognises: async ({ files, json }) => files.includes("config.json") && isPictureNetwork(await json("config.json")),
  layouts: (there) => safetensorsFiles("model", there).map((weights) => ({ needs: [...weights, "config.json"] })),
  published: [
    onHub("openai/clip-vit-large-patch14", "CLIP ViT-L/14", "MIT (code repository)"),
    onHub("google/siglip2-base-patch16-224", "SigLIP 2 B/16, 224 px", "Apache-2.0"),
    onHub("google/siglip2-so400m-patch14-224", "SigLIP 2 So400m/14, 224 px", "Apache-2.0"),
    onHub("google/siglip2-base-patch16-naflex", "SigLIP 2 B/16 of any shape", "Apache-2.0"),
    onHub("facebook/dinov2-base", "DINOv2 ViT-B/14", "Apache-2.0"),
    onHub("facebook/dinov2-with-registers-base", "DINOv2 ViT-B/14 with registers", "Apache-2.0"),
    onHub("facebook/dinov3-vitb16-pretrain-lvd1689m", "DINOv3 ViT-B/16", "DINOv3 License", true),
  ],
};
