/**
 * Models that Foley Control has a part for, as data. Names are from the papers' repositories and model cards; licences are
 * those of the weights, in a word — the card decides.
 */
import type { ModelKind } from "./layouts.js";

/** A published model that fits one of the contracts. */
export interface KnownModel {
  /** `org/name` on the hub, or the file name of a checkpoint that is published elsewhere. */
  readonly id: string;
  /** Name for people. */
  readonly title: string;
  /** The contract that it fills. */
  readonly kind: Exclude<ModelKind, "bridge">;
  /** Prefixes of parameter names → the part that they belong to. */
  readonly parts: Readonly<Record<string, string>>;
  /** Licence of the weights. */
  readonly licence: string;
  /** Whether its page asks to accept conditions before the files are served. */
  readonly gated: boolean;
  /** Where it is described. */
  readonly page: string;
  /** Where the one file is, for a checkpoint that is not on the hub. */
  readonly url?: string;
  /** Other models that it needs, by id. */
  readonly needs: readonly string[];
}

const stableAudioParts = {
  "model.": "diffusion transformer",
  "pretransform.model.encoder.": "codec, encoder",
  "pretransform.model.decoder.": "codec, decoder",
  "conditioner.": "conditioners",
} as const;

const stableAudio = (name: string, title: string): KnownModel => ({
  id: `stabilityai/${name}`,
  title,
  kind: "audio-backbone",
  parts: stableAudioParts,
  licence: "Stability AI Community License",
  gated: true,
  page: `https://huggingface.co/stabilityai/${name}`,
  needs: ["google-t5/t5-base"],
});

const videoParts = { "encoder.": "encoder", "predictor.": "predictor (not used)" } as const;

const videoEncoder = (name: string, title: string): KnownModel => ({
  id: `facebook/${name}`,
  title,
  kind: "video-encoder",
  parts: videoParts,
  licence: "MIT (code repository) or Apache-2.0 (model card)",
  gated: false,
  page: `https://huggingface.co/facebook/${name}`,
  needs: [],
});

/** A checkpoint of the code repository; the state dictionary to load is not the same for all (`target_encoder`, `ema_encoder`). */
const checkpoint = (file: string, title: string): KnownModel => ({
  id: file,
  title,
  kind: "video-encoder",
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
  needs: [],
});

/** Every model that is known by name. */
export const KNOWN_MODELS: readonly KnownModel[] = Object.freeze([
  stableAudio("stable-audio-open-1.0", "Stable Audio Open 1.0"),
  stableAudio("stable-audio-open-small", "Stable Audio Open Small"),
  {
    id: "google-t5/t5-base",
    title: "T5 base",
    kind: "text-encoder",
    parts: { "shared.": "embeddings", "encoder.": "encoder", "decoder.": "decoder (not used)" },
    licence: "Apache-2.0",
    gated: false,
    page: "https://huggingface.co/google-t5/t5-base",
    needs: [],
  },
  videoEncoder("vjepa2-vitl-fpc64-256", "V-JEPA 2 ViT-L, 256 px"),
  videoEncoder("vjepa2-vith-fpc64-256", "V-JEPA 2 ViT-H, 256 px"),
  videoEncoder("vjepa2-vitg-fpc64-256", "V-JEPA 2 ViT-g, 256 px"),
  videoEncoder("vjepa2-vitg-fpc64-384", "V-JEPA 2 ViT-g, 384 px"),
  checkpoint("vitl.pt", "V-JEPA 2 ViT-L, 256 px, checkpoint"),
  checkpoint("vith.pt", "V-JEPA 2 ViT-H, 256 px, checkpoint"),
  checkpoint("vitg.pt", "V-JEPA 2 ViT-g, 256 px, checkpoint"),
  checkpoint("vitg-384.pt", "V-JEPA 2 ViT-g, 384 px, checkpoint"),
  checkpoint("vjepa2_1_vitb_dist_vitG_384.pt", "V-JEPA 2.1 ViT-B, 384 px, checkpoint"),
  checkpoint("vjepa2_1_vitl_dist_vitG_384.pt", "V-JEPA 2.1 ViT-L, 384 px, checkpoint"),
  checkpoint("vjepa2_1_vitg_384.pt", "V-JEPA 2.1 ViT-g, 384 px, checkpoint"),
  checkpoint("vjepa2_1_vitG_384.pt", "V-JEPA 2.1 ViT-G, 384 px, checkpoint"),
]);

/** The known model of an id, or of the name of a checkpoint; names differ in case (`vitg`, `vitG`). */
export function knownModel(id: string): KnownModel | undefined {
  return KNOWN_MODELS.find((model) => model.id === id);
}
