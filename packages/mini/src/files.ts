/** What the three files of a small model say about themselves, and how parts are built from them. */
import { type SmallBackboneConfig, smallBackbone } from "@foley-control/audio-backbone";
import { type BridgeConfig, createBridge } from "@foley-control/bridge";
import { type AudioBackbone, type Bridge, FoleyError, type ParameterSource, type VideoEncoder } from "@foley-control/core";
import { smallVideoEncoder, type VisionTransformerConfig } from "@foley-control/video-encoder";

/** File names of a small model, all in one folder. */
export const MINI_FILES = {
  backbone: "backbone.safetensors",
  encoder: "video-encoder.safetensors",
  bridge: "bridge.safetensors",
} as const;

/** One part of a small model. */
export type MiniPart = keyof typeof MINI_FILES;

/** `format` in the metadata of each file; another version is refused. */
export const MINI_FORMATS: Readonly<Record<MiniPart, string>> = {
  backbone: "foley-control/small-backbone@1",
  encoder: "foley-control/small-video-encoder@1",
  bridge: "foley-control/bridge@1",
};

/** A parameter source with the strings that its file carries. */
export interface MiniSource extends ParameterSource {
  /** The `__metadata__` strings. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is known about a small model besides its parts. */
export interface MiniCard {
  /** Words that the text encoder knows, in the order of their ids. */
  readonly vocabulary: readonly string[];
  /** Numbers in each file. */
  readonly parameters: Readonly<Record<MiniPart, number>>;
  /** SHA-256 of the files that the bridge was packed with, hexadecimal. */
  readonly digests: Readonly<Record<"backbone" | "encoder", string>>;
  /** How it was trained: steps and last loss per stage, as the log of the training has them. */
  readonly training: Readonly<Record<string, { readonly steps: number; readonly loss: number }>>;
}

/** The three parts of a small model, ready for a pipeline. */
export interface MiniModel {
  /** Text encoder, denoiser and codec: 24 kHz mono. */
  readonly backbone: AudioBackbone;
  /** Frames to video tokens: 16 fps, 64×64 pixels. */
  readonly encoder: VideoEncoder;
  /** The trained video cross-attention between the two. */
  readonly bridge: Bridge;
  /** Facts about the model. */
  readonly card: MiniCard;
}

/**
 * Joins three opened files to a model.
 *
 * @throws FoleyError `bad-weights` when a file is of another kind or version, lacks a part of its metadata, or the bridge
 * was made for another backbone or encoder.
 */
export function miniFromSources(sources: Readonly<Record<MiniPart, MiniSource>>): MiniModel {
  for (const part of Object.keys(MINI_FILES) as MiniPart[]) {
    const found = sources[part].metadata["format"];
    if (found !== MINI_FORMATS[part]) {
      throw new FoleyError(
        "bad-weights",
        `The file ${MINI_FILES[part]} has the format ${JSON.stringify(found ?? "")}; "${MINI_FORMATS[part]}" was expected.`,
        {
          hint: "Pack the model again, or install matching versions.",
        },
      );
    }
  }
  const config = metadataJson<SmallBackboneConfig>(sources, "backbone", "config");
  const backbone = smallBackbone(sources.backbone, config, {
    trainedSeconds: metadataJson<number>(sources, "bridge", "trainedSeconds"),
  });
  const encoder = smallVideoEncoder(sources.encoder, metadataJson<VisionTransformerConfig>(sources, "encoder", "config"));
  const bridgeConfig = metadataJson<BridgeConfig>(sources, "bridge", "config");
  if (bridgeConfig.backbone !== backbone.id || bridgeConfig.encoder !== encoder.id) {
    throw new FoleyError(
      "bad-weights",
      `The bridge joins "${bridgeConfig.encoder}" to "${bridgeConfig.backbone}", but the other files hold "${encoder.id}" and "${backbone.id}".`,
      { hint: "Take all three files from one training." },
    );
  }
  return {
    backbone,
    encoder,
    bridge: createBridge(bridgeConfig, sources.bridge),
    card: {
      vocabulary: config.text.vocabulary,
      parameters: { backbone: countOf(sources.backbone), encoder: countOf(sources.encoder), bridge: countOf(sources.bridge) },
      digests: metadataJson(sources, "bridge", "digests"),
      training: metadataJson(sources, "bridge", "training"),
    },
  };
}

function metadataJson<T>(sources: Readonly<Record<MiniPart, MiniSource>>, part: MiniPart, key: string): T {
  const text = sources[part].metadata[key];
  try {
    return JSON.parse(text ?? "") as T;
  } catch (cause) {
    throw new FoleyError(
      "bad-weights",
      `The file ${MINI_FILES[part]} has ${text === undefined ? "no" : "a damaged"} "${key}" in its metadata.`,
      {
        hint: "Pack the model again.",
        cause,
      },
    );
  }
}

function countOf(source: ParameterSource): number {
  return source
    .names()
    .reduce((total, name) => total + (source.get(name)?.shape ?? []).reduce((product, size) => product * size, 1), 0);
}
