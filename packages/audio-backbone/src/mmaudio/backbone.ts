/**
 * MMAudio (Cheng et al. 2024) as a backbone: video and words to sound without a bridge. Its encoders are any that give rows of the widths it was trained with; the released
 * ones are CLIP (DFN5B ViT-H/14) and Synchformer.
 */
import { type AudioBackbone, FoleyError, type TextEncoder, type VideoEncoder } from "@foley-control/core";
import { type MmaudioCodecParts, mmaudioCodec } from "./codec.js";
import type { MmaudioConfig } from "./config.js";
import { mmaudioConditionGraph, mmaudioDenoiser, type PictureRows } from "./denoiser.js";
import { MMAUDIO_RATES, mmaudioClipRows, mmaudioLatents, mmaudioSyncRows } from "./lengths.js";
import { MEL_MODES } from "./mel.js";

/** Parts of the backbone. */
export interface MmaudioParts extends MmaudioCodecParts {
  /** What shapes the flow network, see `readMmaudioConfig`. */
  readonly config: MmaudioConfig;
  /** CLIP's words, each row of length 1. */
  readonly text: TextEncoder;
  /** Synchformer: 8 rows for each 16 pictures of 25 per second, every 8th. */
  readonly sync: VideoEncoder;
  /**
   * CLIP's pictures, 8 per second. Without, learned rows stand in for them: about a quarter of the work, and what the reference offers as an
   * option, but off what the network was trained with, where both encoders were left out together.
   */
  readonly clip?: VideoEncoder | undefined;
  /** Stable identifier. Default: version, rate and size. */
  readonly id?: string | undefined;
}

/** What the authors trained on, and about as far as sound stays good; longer films are made in windows. Seconds. */
const SECONDS = { minimum: 0.64, trained: 8, maximum: 12 } as const;

/** As the authors' demonstration samples: even steps. */
const SAMPLING = {
  solver: "euler",
  steps: 25,
  guidanceScale: 4.5,
  levels: (steps: number) => Float32Array.from({ length: steps + 1 }, (_, i) => 1 - i / steps),
} as const;

/**
 * Joins the parts.
 *
 * @throws FoleyError `invalid-argument` when an encoder gives rows of another width
 */
export function mmaudio(parts: MmaudioParts): AudioBackbone {
  const { config, text, sync, clip, network, sampleRate } = parts;
  for (const [name, encoder, width] of [
    ["text", text, config.textWidth],
    ["sync", sync, config.syncWidth],
    ["clip", clip, config.clipWidth],
  ] as const)
    if (encoder && encoder.tokenWidth !== width)
      throw new FoleyError(
        "invalid-argument",
        `${name} ("${encoder.id}") gives rows of ${encoder.tokenWidth}; MMAudio reads ${width}.`,
        {
          hint: "Give the encoder that it was trained with.",
        },
      );
  const codec = mmaudioCodec(parts);
  const { hop } = MEL_MODES[sampleRate];
  const rows: PictureRows = {
    clip: ({ frames, rows = {} }) => rows["clip"] ?? Math.max(1, Math.trunc((frames / codec.latentRate) * MMAUDIO_RATES.clip)),
    sync: ({ frames, rows = {} }) => rows["sync"] ?? Math.max(8, mmaudioSyncRows(frames / codec.latentRate)),
  };
  const id = parts.id ?? `mmaudio/${config.version}-${sampleRate}-${config.jointBlocks}+${config.fusedBlocks}x${config.width}`;
  return {
    specificationVersion: "v1",
    kind: "audio-backbone",
    id,
    text,
    codec,
    denoiser: mmaudioDenoiser(config, { id, weights: network, rows }),
    weights: network,
    seconds: SECONDS,
    streams: [
      ...(clip ? [{ name: "clip", encoder: clip, rows: mmaudioClipRows }] : []),
      { name: "sync", encoder: sync, rows: mmaudioSyncRows },
    ],
    frames: (seconds) => mmaudioLatents(seconds, { sampleRate, hop }),
    sampling: () => SAMPLING,
    conditionGraph: (size) => mmaudioConditionGraph(config, size, { rows, seesClip: clip !== undefined }),
  };
}
