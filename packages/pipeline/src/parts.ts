/** What a pipeline is joined of: networks, and a platform. */
import type { AudioBackbone, Bridge, Runtime, VideoEncoder } from "@foley-control/core";
import type { MediaFile } from "@foley-control/media";
import type { ReadWeights } from "./kept/digest.js";
import type { SoundScratch } from "./scratch.js";
import type { Take, TakeSource } from "./take.js";

/** The networks of a pipeline; any that keep the contracts of `@foley-control/core`. */
export interface FoleyParts {
  /** Text encoder, denoiser and codec. */
  readonly backbone: AudioBackbone;
  /** Frames to the video tokens of the bridge. Without the two only a backbone with streams of its own sees the picture. */
  readonly encoder?: VideoEncoder | undefined;
  /** Further encoders that the bridge was trained with, in its order: their tokens stand beside those of the first. */
  readonly beside?: readonly VideoEncoder[] | undefined;
  /** The trained bridge between the two. */
  readonly bridge?: Bridge | undefined;
}

/** What joins parts to a platform. */
export interface FoleyHost<Source, M extends MediaFile, T extends Take> {
  /** Computes. */
  readonly runtime: Runtime;
  /** Whether the pipeline disposes the runtime when it is disposed. */
  readonly ownsRuntime: boolean;
  /** Has the function called with the share of the engine's code that has come, 0 to 1, until another is given; absent where it lies on the machine. */
  readonly onEngine?: (listener: (share: number) => void) => void;
  /** Loads what writes files, where that comes when it is used. */
  readonly loadEncoders?: () => Promise<void>;
  /** Where long sounds lie while they are made; absent where that is memory. */
  readonly scratch?: SoundScratch;
  /** Reads weights that lie in files; absent where there are none. */
  readonly readWeights?: ReadWeights;
  /** Opens a clip. */
  readonly open: (
    source: Source,
    options: { readonly onError?: "throw" | "hold" | undefined; readonly signal?: AbortSignal | undefined },
  ) => Promise<M>;
  /** Makes what `generate` returns. */
  readonly take: (
    source: Omit<TakeSource, "open"> & { readonly open: (() => Promise<M>) | undefined; readonly clip: Source | undefined },
  ) => T | Promise<T>;
}
