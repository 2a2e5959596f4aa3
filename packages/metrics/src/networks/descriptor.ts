/**
 * One network that metrics look through, described once: everything else of this package and of its users loops over a list of these.
 */
import type { ParameterSource } from "@foley-control/core";
import type { PairFeatures, PictureFeatures, SoundFeatures, TextFeatures } from "../features/makers.js";
import type { NetworkHeads } from "./network.js";
import type { NetworkRelease } from "./release.js";
import type { OpenSense } from "./senses.js";

/** What a network makes features of: sounds, videos, captions, or what was made of the picture and the sound of a clip. */
export interface Senses {
  /** Of sounds: `reference/…` and `generated/…`. */
  readonly sound?: OpenSense<SoundFeatures>;
  /** Of videos: `video/…`. */
  readonly video?: OpenSense<PictureFeatures>;
  /** Of captions: `text/…`. */
  readonly text?: OpenSense<TextFeatures>;
  /** Of picture and sound: `pair/…`. */
  readonly pair?: OpenSense<PairFeatures>;
}

/** What a network is opened from. */
export interface NetworkSource {
  /** Weights, opened as the release says. */
  readonly weights: ParameterSource;
  /** Settings that the release states beside its tensors; see `NetworkRelease.statedIn`. Default: those of the release. */
  readonly stated?: unknown;
  /** Parsed `tokenizer.json`. Without it captions are not read. */
  readonly tokeniser?: unknown;
  /** Default: as released. */
  readonly heads?: NetworkHeads | undefined;
}

/** The file that captions are read through. All are called `tokenizer.json`, and told apart by their tokens. */
export interface TokeniserFile {
  /** Repository of the hub that publishes it. */
  readonly repository: string;
  /** Whether a vocabulary is this one, by token. */
  fits(vocabulary: object): boolean;
}

/** What a network says of itself. */
export interface NetworkDescription {
  /** What it is called by in a list of files, and in reports. */
  readonly name: string;
  /** Where its weights are published; those of the first are used unless a file has the name of another's. */
  readonly releases: readonly [NetworkRelease, ...NetworkRelease[]];
  /** Numbers of each feature's rows as released, by what it is made of. Names are those of features, without the side. */
  readonly gives: Readonly<Partial<Record<keyof Senses, Readonly<Record<string, number>>>>>;
  /** What captions are read through, for networks that read. */
  readonly tokeniser?: TokeniserFile;
  /**
   * Checks the weights; nothing is loaded yet. `settings` are those that a score depends on besides the weights.
   *
   * @throws FoleyError `bad-weights` when these are other weights
   */
  open(source: NetworkSource): Senses & { readonly settings?: Readonly<Record<string, unknown>> };
}

/** A network whose weights are at hand. */
export interface OpenedNetwork extends ReturnType<NetworkDescription["open"]> {
  /** Which one. */
  readonly network: NetworkDescriptor;
  /** Its weights. */
  readonly weights: ParameterSource;
}

/** One network that metrics look through. Another one is an argument more wherever a list of these is taken. */
export interface NetworkDescriptor extends NetworkDescription {
  /**
   * Opens it; nothing but shapes is looked at.
   *
   * @throws FoleyError `bad-weights` when these are other weights, `invalid-argument` when the heads do not divide the width
   */
  open(source: NetworkSource): OpenedNetwork;
}

/** A descriptor from what a network says of itself. */
export function describeNetwork(description: NetworkDescription): NetworkDescriptor {
  const network: NetworkDescriptor = {
    ...description,
    open: (source) => ({ ...description.open(source), network, weights: source.weights }),
  };
  return network;
}
