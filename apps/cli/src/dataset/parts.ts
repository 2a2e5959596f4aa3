/** Which parts make features: those of the embedded model, of a small one of one's own, or of releases. */
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { loadMini } from "@foley-control/mini/node";
import type { FeatureParts } from "@foley-control/train/node";
import type { Pooling } from "@foley-control/video-encoder";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { type Io, UsageError } from "../io.js";
import { obtain } from "../models/obtain.js";

/** Flags that name parts. */
export interface FeaturePartsFlags {
  readonly model?: string;
  readonly backbone?: string;
  readonly t5?: string;
  readonly encoder?: string;
  readonly pooling?: Pooling;
  readonly quiet?: boolean;
}

/** What Stable Audio Open 1.0 and Small were trained with. */
const DEFAULT_T5 = "google-t5/t5-base";

/** Opens what the flags name, fetching what is not here. A part that is not named is that of the small model. */
export async function openFeatureParts(flags: FeaturePartsFlags, io: Io): Promise<FeatureParts> {
  const { model, backbone, t5, encoder, pooling } = flags;
  if (t5 !== undefined && backbone === undefined) throw new UsageError("--t5 was given without --backbone. Name its model too.");
  if (pooling !== undefined && encoder === undefined)
    throw new UsageError("--pooling was given without --encoder. The small encoder has one token per time step.");
  const seeing =
    encoder === undefined ? undefined : await vjepa2((await obtain(encoder, "video-encoder", flags, io)).path, { pooling });
  const sounding = backbone === undefined ? undefined : await openBackbone(backbone, flags, io);
  const small = seeing && sounding ? undefined : await loadMini(model === undefined ? {} : { directory: model });
  return {
    encoder: seeing ?? (small as NonNullable<typeof small>).encoder,
    backbone: sounding ?? (small as NonNullable<typeof small>).backbone,
  };
}

async function openBackbone(backbone: string, flags: FeaturePartsFlags, io: Io) {
  const text = flags.t5 && (await obtain(flags.t5, "text-encoder", flags, io)).path;
  const { path, files } = await obtain(backbone, "audio-backbone", flags, io);
  // In the cache nothing lies beside a release, so its T5 is fetched as well, unless it has one of its own.
  const needsText = flags.t5 === undefined && files?.includes("model_config.json");
  return stableAudioOpen(path, { t5: needsText ? (await obtain(DEFAULT_T5, "text-encoder", flags, io)).path : text });
}
