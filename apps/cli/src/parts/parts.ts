/** Which networks a command works with: releases that its flags name, and those of a small model for what they do not. */
import { existsSync } from "node:fs";
import { isOnnxDenoiser } from "@foley-control/audio-backbone";
import { type AudioBackbone, FoleyError, type VideoEncoder } from "@foley-control/core";
import { loadMini } from "@foley-control/mini/node";
import { KNOWN_MODELS, NAMED_MODELS } from "@foley-control/models";
import {
  isReleasedBackbone,
  openNamedBackbone,
  openNamedVideoEncoders,
  openParts,
  type PartOptions,
} from "@foley-control/models/node";
import type { NodeFoleyOptions } from "@foley-control/pipeline/node";
import type { FeatureParts } from "@foley-control/train/node";
import { type Io, UsageError } from "../io.js";
import { withModels } from "../models/with-models.js";
import type { PartsFlags } from "./options.js";

/** Opens what makes the sound of clips, fetching what is not here; nothing is read but headers. */
export async function openFoleyParts(
  flags: PartsFlags,
  io: Io,
): Promise<Pick<NodeFoleyOptions, "model" | "backbone" | "encoder" | "beside" | "bridge">> {
  assertOneBackbone(flags);
  const { model } = flags;
  const isReleased = model !== undefined && flags.backbone === undefined && (await isReleasedBackbone(model));
  if (model !== undefined && !isReleased && !existsSync(model)) throw noSuchModel(model);
  const names = isReleased ? { ...flags, model: undefined, backbone: model } : flags;
  const isNamed = [names.backbone, names.textEncoder, names.encoder, names.bridge].some((name) => name !== undefined);
  return isNamed ? withNamed(names, io, (options) => openParts(names, options)) : { model };
}

/** The text-to-audio model that the flags name; without any that of a small model. */
export const openBackbone = (flags: PartsFlags, io: Io): Promise<AudioBackbone> =>
  withNamed(flags, io, (options) => openNamedBackbone(flags, options));

/** The video encoders that the flags name, in their order; without any that of a small model. */
export const openEncoders = (flags: PartsFlags, io: Io): Promise<readonly [VideoEncoder, ...VideoEncoder[]]> =>
  withNamed(flags, io, (options) => openNamedVideoEncoders(flags, options));

/** Opens what makes features to train on. */
export async function openFeatureParts(flags: PartsFlags, io: Io): Promise<FeatureParts> {
  if (flags.pooling !== undefined && flags.encoder === undefined)
    throw new UsageError("--pooling was given without --encoder. The small encoder has one token per time step.");
  const [encoder, ...beside] = await openEncoders(flags, io);
  return { encoder, beside, backbone: await openBackbone(flags, io) };
}

/** Says which words there are, those first that the given one may mean. */
function noSuchModel(model: string): FoleyError {
  const words = [...NAMED_MODELS.map(({ name, kind }) => ({ id: name, kind })), ...KNOWN_MODELS]
    .filter(({ kind }) => kind === "audio-backbone")
    .map(({ id }) => id);
  const meant = words.filter((word) => word.includes(model.toLowerCase()));
  return new FoleyError("not-found", `"${model}" is neither a folder nor the name of a released model.`, {
    hint:
      meant.length > 0
        ? `Did you mean ${meant.join(", or ")}?`
        : `Give the folder of a model, or one of ${words.join(", ")}; another of the hub is named with --backbone.`,
  });
}

/** A small model is of no use beside a release, but a denoiser of one's own takes its text encoder and codec. */
export function assertOneBackbone({ model, backbone }: PartsFlags): void {
  if (model !== undefined && backbone !== undefined && !isOnnxDenoiser(backbone))
    throw new UsageError("--model and --backbone were both given. Give one of them.");
}

const openSmall = (model: string | undefined) => loadMini(model === undefined ? {} : { directory: model });

const withNamed = <T>(flags: PartsFlags, io: Io, work: (options: PartOptions) => Promise<T>): Promise<T> =>
  withModels(flags, io, (options) => work({ ...options, base: () => openSmall(flags.model) }));
