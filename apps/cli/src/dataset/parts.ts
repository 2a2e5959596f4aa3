/** Which parts make features: those of releases, and of a small model for what is not named. */
import type { FeatureParts } from "@foley-control/train/node";
import type { Pooling } from "@foley-control/video-encoder";
import { openBackbone, openEncoder, type PartsFlags } from "../commands/parts.js";
import { type Io, UsageError } from "../io.js";

/** Flags that name parts. */
export type FeaturePartsFlags = Omit<PartsFlags, "bridge"> & { readonly pooling?: Pooling | undefined };

/** Opens what the flags name, fetching what is not here. */
export async function openFeatureParts(flags: FeaturePartsFlags, io: Io): Promise<FeatureParts> {
  if (flags.pooling !== undefined && flags.encoder === undefined)
    throw new UsageError("--pooling was given without --encoder. The small encoder has one token per time step.");
  return { encoder: await openEncoder(flags, io), backbone: await openBackbone(flags, io) };
}
