/** Which networks a command works with: the embedded model, a small one of one's own, or releases with a bridge. */
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { bridgeFromSource } from "@foley-control/bridge";
import type { NodeFoleyOptions } from "@foley-control/pipeline/node";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { openSafetensors } from "@foley-control/weights/node";
import { UsageError } from "../io.js";

/** Flags that name networks. */
export interface PartsFlags {
  readonly model?: string;
  readonly backbone?: string;
  readonly t5?: string;
  readonly encoder?: string;
  readonly bridge?: string;
}

/** Opens what the flags name; nothing is read but headers. */
export async function openParts(flags: PartsFlags): Promise<Pick<NodeFoleyOptions, "model" | "backbone" | "encoder" | "bridge">> {
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
  const sound = await stableAudioOpen(backbone, { t5 });
  if (encoder === undefined || bridge === undefined) return { backbone: sound };
  const file = await openSafetensors(bridge);
  return { backbone: sound, encoder: await vjepa2(encoder), bridge: bridgeFromSource(file, file.metadata) };
}
