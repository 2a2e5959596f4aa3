/** Which networks a command works with: releases that its flags name, and those of a small model for what they do not. */
import { openOnnxBackbone, stableAudioOpen } from "@foley-control/audio-backbone/node";
import { bridgeFromSource } from "@foley-control/bridge";
import type { AudioBackbone, Bridge, VideoEncoder } from "@foley-control/core";
import { loadMini } from "@foley-control/mini/node";
import type { NodeFoleyOptions } from "@foley-control/pipeline/node";
import type { FeatureParts } from "@foley-control/train/node";
import { POOLING_SIDES, type Pooling } from "@foley-control/video-encoder";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { openSafetensors } from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { obtain } from "../models/obtain.js";
import type { PartsFlags } from "./options.js";

/** Opens what the flags name, fetching what is not here; nothing is read but headers. */
export async function openParts(
  flags: PartsFlags,
  io: Io,
): Promise<Pick<NodeFoleyOptions, "model" | "backbone" | "encoder" | "bridge">> {
  const { model, backbone, encoder, bridge } = flags;
  assertOneBackbone(flags);
  if (encoder !== undefined && bridge === undefined) {
    if (backbone === undefined) throw new UsageError("--encoder was given without --backbone. Name the text-to-audio model too.");
    throw new UsageError("--encoder was given alone. Give --encoder and --bridge, or neither: then the prompt alone decides.");
  }
  assertTextHasBackbone(flags);
  if (backbone === undefined && bridge === undefined) return { model };
  // Small ones first: whatever is wrong with them is found before gigabytes are fetched.
  const file = bridge === undefined ? undefined : await openSafetensors((await obtain(bridge, "bridge", flags, io)).path);
  const trained = file && bridgeFromSource(file, file.metadata);
  const seeing = trained && (await openEncoder({ ...flags, pooling: poolingOf(trained) }, io));
  if (backbone !== undefined) return { backbone: await openBackbone(flags, io), encoder: seeing, bridge: trained };
  const small = await openSmall(model);
  return { backbone: small.backbone, encoder: seeing, bridge: trained };
}

/** The text-to-audio model that the flags name; without any that of a small model. */
export async function openBackbone(flags: PartsFlags, io: Io): Promise<AudioBackbone> {
  assertTextHasBackbone(flags);
  const { backbone } = flags;
  if (backbone === undefined) return (await openSmall(flags.model)).backbone;
  if (isOnnx(backbone)) {
    const { path } = await obtain(backbone, "audio-backbone", flags, io);
    return openOnnxBackbone(path, { base: (await openSmall(flags.model)).backbone, sites: flags.sites });
  }
  if (flags.sites !== undefined) throw new UsageError("--sites was given without a .onnx. The sites of a release are known.");
  const text = flags.textEncoder === undefined ? undefined : (await obtain(flags.textEncoder, "text-encoder", flags, io)).path;
  const { path, files } = await obtain(backbone, "audio-backbone", flags, io);
  // In the cache nothing lies beside a release, so its T5 is fetched as well, unless it has one of its own.
  const needsText = text === undefined && files?.includes("model_config.json");
  return stableAudioOpen(path, { t5: needsText ? (await obtain(DEFAULT_T5, "text-encoder", flags, io)).path : text });
}

/** The video encoder that the flags name; without any that of a small model. */
export async function openEncoder({ encoder, pooling, ...flags }: PartsFlags, io: Io): Promise<VideoEncoder> {
  if (encoder !== undefined) return vjepa2((await obtain(encoder, "video-encoder", flags, io)).path, { pooling });
  return (await openSmall(flags.model)).encoder;
}

/** Opens what makes features to train on. */
export async function openFeatureParts(flags: PartsFlags, io: Io): Promise<FeatureParts> {
  if (flags.pooling !== undefined && flags.encoder === undefined)
    throw new UsageError("--pooling was given without --encoder. The small encoder has one token per time step.");
  return { encoder: await openEncoder(flags, io), backbone: await openBackbone(flags, io) };
}

/** What Stable Audio Open 1.0 and Small were trained with. */
const DEFAULT_T5 = "google-t5/t5-base";

const openSmall = (model: string | undefined) => loadMini(model === undefined ? {} : { directory: model });

function assertTextHasBackbone({ textEncoder, backbone }: PartsFlags): void {
  if (textEncoder !== undefined && backbone === undefined)
    throw new UsageError("--text-encoder was given without --backbone. Name the text-to-audio model too.");
}

/** A small model is of no use beside a release, but a denoiser of one's own takes its text encoder and codec. */
export function assertOneBackbone({ model, backbone }: PartsFlags): void {
  if (model !== undefined && backbone !== undefined && !isOnnx(backbone))
    throw new UsageError("--model and --backbone were both given. Give one of them.");
}

const isOnnx = (backbone: string): boolean => backbone.toLowerCase().endsWith(".onnx");

/** How the tokens that a bridge was trained on were pooled. */
export const poolingOf = ({ config }: Bridge): Pooling | undefined =>
  (Object.keys(POOLING_SIDES) as Pooling[]).find((name) => POOLING_SIDES[name] ** 2 === config["tokensPerStep"]);
