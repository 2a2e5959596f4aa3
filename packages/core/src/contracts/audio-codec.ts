/** Latents ↔ waveform. */
import type { Graph } from "../graph-value.js";
import type { ParameterSource } from "./parameters.js";

/** Latents ↔ waveform. */
export interface AudioCodec {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "audio-codec";
  /** Stable identifier; latents of one codec mean nothing to another. */
  readonly id: string;
  /** Hz. */
  readonly sampleRate: number;
  /** Channels of the waveform: 1 or 2. */
  readonly channels: number;
  /** Samples per latent. */
  readonly hop: number;
  /** Latents per second = sampleRate / hop. */
  readonly latentRate: number;
  /** Channels of one latent. */
  readonly latentChannels: number;
  /**
   * Latents of context on each side that make a chunked decode exact, with `decodeStages` one of the second stage; `undefined` when a decode
   * must be whole.
   */
  readonly decodeContext: number | undefined;
  /**
   * Latents, context included, that one run should decode at most so that no buffer is larger than every device grants; longer clips are
   * decoded in chunks. Read only with a `decodeContext`. Default: no limit.
   */
  readonly decodeChunk?: number | undefined;
  /** A chunk begins at a multiple of so many latents. Read only with a `decodeContext`. Default 1. */
  readonly decodeAlign?: number | undefined;
  /** Weights of both graphs. */
  readonly weights: ParameterSource;
  /** Input `audio` [batch, channels, frames·hop]; output `latents` [batch, latentChannels, frames]. */
  encodeGraph(options: { readonly frames: number; readonly batch?: number }): Graph;
  /**
   * As `encodeGraph`, for codecs whose encoder says a normal distribution: `latents` are its means, and a second output `std` of their
   * shape its standard deviations, from which training may draw. Default: the codec knows no deviation.
   */
  readonly posteriorGraph?: ((options: { readonly frames: number; readonly batch?: number }) => Graph) | undefined;
  /** Input `latents` [batch, latentChannels, frames]; output `audio` [batch, channels, frames·hop]. */
  decodeGraph(options: { readonly frames: number; readonly batch?: number }): Graph;
  /** The two halves of a decoder that sees a whole clip first and makes its sound piece by piece then. Default: all of it can run in pieces. */
  readonly decodeStages?: DecodeStages | undefined;
}

/** A decoder in two halves; one after the other they are `decodeGraph`. */
export interface DecodeStages {
  /** Input `latents` [batch, latentChannels, frames]; output `features` [batch, any width, frames], a column for each latent. */
  whole(options: { readonly frames: number; readonly batch?: number }): Graph;
  /** Input `features`, as `whole` gives them or some columns of them; output `audio` [batch, channels, frames·hop]. */
  piece(options: { readonly frames: number; readonly batch?: number }): Graph;
}
