/** Which networks a command works with: the embedded model, a small one of one's own, or releases with a bridge. */
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { bridgeFromSource } from "@foley-control/bridge";
import type { NodeFoleyOptions } from "@foley-control/pipeline/node";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { openSafetensors } from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { obtain } from "../models/obtain.js";

/** Flags that name networks. */
export interface PartsFlags {
  readonly model?: string;
  readonly backbone?: string;
  readonly t5?: string;
  readonly encoder?: string;
  readonly bridge?: string;
}

/** Opens what the flags name, fetching what is not here; nothing is read but headers. */
export async function openParts(
  flags: PartsFlags & { readonly quiet?: boolean },
  io: Io,
): Promise<Pick<NodeFoleyOptions, "model" | "backbone" | "encoder" | "bridge">> {
  const { model, backbone, t5, encoder, bridge } = flags;
  if (backbone === undefined) {
    const lonely = Object.entries({ t5, encoder, bridge }).find(([, value]) => value !== undefined);
    if (lonely) throw new UsageError(`--${lonely[0]} was given without --backbone. Name the text-to-audio model too.`);
    return { model };
  }
  if (model !== undefined) throw new UsageError("--model and --backbone were both given. Give one of them.");
  if ((encoder === undefined) !== (bridge === undefined))
    throw new UsageError(
      `--${encoder === undefined ? "bridge" : "encoder"} was given alone. Give --encoder and --bridge, or neither: then the prompt alone decides.`,
    );
  // Small ones first: whatever is wrong with them is found before gigabytes are fetched.
  const bridgePath = bridge && (await obtain(bridge, "bridge", flags, io)).path;
  const textPath = t5 && (await obtain(t5, "text-encoder", flags, io)).path;
  const seeing = encoder && (await vjepa2((await obtain(encoder, "video-encoder", flags, io)).path));
  const { path, files } = await obtain(backbone, "audio-backbone", flags, io);
  // In the cache nothing lies beside a release, so its T5 is fetched as well, unless it has one of its own.
  const needsText = t5 === undefined && files?.includes("model_config.json");
  const sound = await stableAudioOpen(path, {
    t5: needsText ? (await obtain(DEFAULT_T5, "text-encoder", flags, io)).path : textPath,
  });
  if (!seeing || !bridgePath) return { backbone: sound };
  const file = await openSafetensors(bridgePath);
  return { backbone: sound, encoder: seeing, bridge: bridgeFromSource(file, file.metadata) };
}

/** What Stable Audio Open 1.0 and Small were trained with. */
const DEFAULT_T5 = "google-t5/t5-base";
