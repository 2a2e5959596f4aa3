/** What the three files of a small model say about themselves, and how parts are built from them. */
import {
  SMALL_BACKBONE_FILE,
  SMALL_BACKBONE_FORMAT,
  type SmallBackboneConfig,
  smallBackboneCheck,
  smallBackboneFromSource,
  trainedSecondsCheck,
} from "@foley-control/audio-backbone";
import { BRIDGE_FORMAT, type BridgeConfig, bridgeConfigCheck, createBridge } from "@foley-control/bridge";
import {
  type AudioBackbone,
  type Bridge,
  elementCount,
  FoleyError,
  type JsonCheck,
  json,
  type ParameterSource,
  type VideoEncoder,
} from "@foley-control/core";
import { SMALL_VIDEO_ENCODER_FILE, SMALL_VIDEO_ENCODER_FORMAT, smallVideoEncoderFromSource } from "@foley-control/video-encoder";
import { metadataJson } from "@foley-control/weights";

/** File names of a small model, all in one folder. */
export const MINI_FILES = {
  backbone: SMALL_BACKBONE_FILE,
  encoder: SMALL_VIDEO_ENCODER_FILE,
  bridge: "bridge.safetensors",
} as const;

/** One part of a small model. */
export type MiniPart = keyof typeof MINI_FILES;

/** `format` in the metadata of each file; another version is refused. */
export const MINI_FORMATS: Readonly<Record<MiniPart, string>> = {
  backbone: SMALL_BACKBONE_FORMAT,
  encoder: SMALL_VIDEO_ENCODER_FORMAT,
  bridge: BRIDGE_FORMAT,
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
  /** Frames to video tokens: 32 frames per second of 64×64 pixels, 16 tokens. */
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
  const stated = <T>(part: MiniPart, key: string, check: JsonCheck): T =>
    metadataJson<T>(sources[part].metadata, key, { file: MINI_FILES[part], format: MINI_FORMATS[part], check });
  const encoder = smallVideoEncoderFromSource(sources.encoder, sources.encoder.metadata);
  const backbone = smallBackboneFromSource(sources.backbone, sources.backbone.metadata, {
    trainedSeconds: stated<number>("bridge", "trainedSeconds", trainedSecondsCheck),
  });
  const bridgeConfig = stated<BridgeConfig>("bridge", "config", bridgeConfigCheck);
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
      vocabulary: stated<SmallBackboneConfig>("backbone", "config", smallBackboneCheck).text.vocabulary,
      parameters: { backbone: countOf(sources.backbone), encoder: countOf(sources.encoder), bridge: countOf(sources.bridge) },
      digests: stated("bridge", "digests", json.object({ backbone: json.text(), encoder: json.text() })),
      training: stated(
        "bridge",
        "training",
        json.record(json.object({ steps: json.number(0, 1e12), loss: json.number(-1e12, 1e12) }), 100),
      ),
    },
  };
}

function countOf(source: ParameterSource): number {
  return source.names().reduce((total, name) => total + elementCount(source.get(name)?.shape ?? []), 0);
}
