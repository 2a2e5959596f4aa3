/**
 * The contracts that make parts swappable. Each carries a `specificationVersion`; each has a conformance suite in
 * `@foley-control/core/testing`.
 */
import type { Graph, GraphValue } from "./graph-value.js";
import type { DType, Shape, TensorData } from "./tensor.js";

/** A tensor without axis names: what crosses the boundary to a runtime or a weights file. */
export interface PlainTensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: TensorData[D];
}

/** Where the bytes of one parameter lie. */
export type ParameterBytes =
  | { readonly kind: "memory"; readonly bytes: Uint8Array }
  | { readonly kind: "file"; readonly path: string; readonly offset: number; readonly length: number };

/** One stored parameter: little-endian, row-major. */
export interface StoredParameter {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly bytes: ParameterBytes;
}

/** Parameters by name, read in place. The names are those of the checkpoint and of the graph. */
export interface ParameterSource {
  /** All names, in file order. */
  names(): readonly string[];
  /** The stored parameter, or `undefined` when there is none of that name. */
  get(name: string): StoredParameter | undefined;
}

/** Frames → video tokens. */
export interface VideoEncoder {
  readonly specificationVersion: "v1";
  readonly kind: "video-encoder";
  /** Stable identifier, written into bridge files. */
  readonly id: string;
  /** Frames per second it wants, e.g. 16. */
  readonly frameRate: number;
  /** Frames per segment, e.g. 64; every segment restarts at time 0. */
  readonly window: number;
  /** Pixels `[height, width]`. */
  readonly imageSize: readonly [number, number];
  /** Per-channel mean and standard deviation on the 0..1 scale, RGB. */
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** Pooled tokens per second, e.g. 8. */
  readonly tokenRate: number;
  /** Width of one token. */
  readonly tokenWidth: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
  /** Input `pixels` [batch, frames, 3, height, width] float32, normalised; output `tokens` [batch, frames·tokenRate/frameRate, tokenWidth]. */
  graph(options: { readonly frames: number; readonly batch?: number }): Graph;
}

/** Text → tokens. */
export interface TextEncoder {
  readonly specificationVersion: "v1";
  readonly kind: "text-encoder";
  readonly id: string;
  /** Number of token rows, padding included. */
  readonly length: number;
  readonly tokenWidth: number;
  readonly weights: ParameterSource;
  /** Text → ids and mask (1 for real tokens), both of `length` entries. Over-long text is cut, never an error. */
  tokenise(text: string): { readonly ids: BigInt64Array; readonly mask: Float32Array };
  /** Inputs `ids` int64 [batch, length], `mask` float32 [batch, length]; output `tokens` [batch, length, tokenWidth], padding rows exactly zero. */
  graph(options?: { readonly batch?: number }): Graph;
}

/** Latents ↔ waveform. */
export interface AudioCodec {
  readonly specificationVersion: "v1";
  readonly kind: "audio-codec";
  readonly id: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples per latent. */
  readonly hop: number;
  /** Latents per second = sampleRate / hop. */
  readonly latentRate: number;
  readonly latentChannels: number;
  /** Latents of context on each side that make a chunked decode exact; `undefined` when a decode must be whole. */
  readonly decodeContext: number | undefined;
  readonly weights: ParameterSource;
  /** Input `audio` [batch, channels, frames·hop]; output `latents` [batch, latentChannels, frames]. */
  encodeGraph(options: { readonly frames: number; readonly batch?: number }): Graph;
  /** Input `latents` [batch, latentChannels, frames]; output `audio` [batch, channels, frames·hop]. */
  decodeGraph(options: { readonly frames: number; readonly batch?: number }): Graph;
}

/** The place in a denoiser block where a bridge is inserted: after the text cross-attention, before the feed-forward. */
export interface BridgeSite {
  /** Block index from 0. */
  readonly block: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Heads of the block's self-attention. */
  readonly heads: number;
  /** Width of one head. */
  readonly headWidth: number;
  /** Rows at the front that are no latents (Stable Audio's global token); they pass unchanged. */
  readonly prefixTokens: number;
  /** Position in seconds of every row after the prefix. */
  readonly seconds: readonly number[];
}

/** What a denoiser calls at each site; the value returned replaces `x` for both of its consumers. */
export type BlockHook = (x: GraphValue, site: BridgeSite) => GraphValue;

/** The diffusion network. */
export interface Denoiser {
  readonly specificationVersion: "v1";
  readonly kind: "denoiser";
  readonly id: string;
  /** What the network predicts: v = α·ε − σ·x₀ with α = cos(πt/2), or rectified flow's ε − x₀. */
  readonly prediction: "v" | "flow";
  readonly latentChannels: number;
  readonly blocks: number;
  readonly weights: ParameterSource;
  /** The sites for a given number of latent frames, one per block. */
  sites(frames: number): readonly BridgeSite[];
  /**
   * Inputs `latents` [batch, latentChannels, frames], `time` [batch] in 0..1, `context` [batch, rows, width],
   * `global` [batch, width]; output `prediction` [batch, latentChannels, frames].
   */
  graph(options: {
    readonly frames: number;
    readonly batch?: number;
    readonly hook?: BlockHook | undefined;
    /** Further inputs that the hook reads, e.g. the video tokens. */
    readonly extraInputs?: readonly GraphValue[];
  }): Graph;
}

/** Text encoder + denoiser + codec, and how text and duration condition them. */
export interface AudioBackbone {
  readonly specificationVersion: "v1";
  readonly kind: "audio-backbone";
  readonly id: string;
  readonly text: TextEncoder;
  readonly denoiser: Denoiser;
  readonly codec: AudioCodec;
  readonly weights: ParameterSource;
  /**
   * Inputs `tokens` [batch, length, tokenWidth], `secondsStart` [batch], `secondsTotal` [batch];
   * outputs `context` and `global` of the denoiser. "No text" is a context of zeros.
   */
  conditionGraph(options?: { readonly batch?: number }): Graph;
}

/** The trained part: video cross-attention for every site of one backbone. */
export interface Bridge {
  readonly specificationVersion: "v1";
  readonly kind: "bridge";
  /** Everything needed to rebuild it; stored in the file's metadata. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names and shapes of exactly the trainable parameters. */
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
  readonly weights: ParameterSource;
  /** A hook that lets every site attend to `videoTokens` [batch, time, tokenWidth]. Zero tokens contribute exactly zero. */
  hook(videoTokens: GraphValue): BlockHook;
}

/** A number about sound, possibly against a reference. */
export interface Metric<Input = unknown> {
  readonly specificationVersion: "v1";
  readonly kind: "metric";
  readonly id: string;
  readonly unit: string;
  /** Which way is better. */
  readonly direction: "higher" | "lower";
  /** Features it consumes. */
  readonly needs: readonly string[];
  compute(inputs: readonly Input[]): number;
}

/** A tensor that lives where a runtime keeps it until it is read. */
export interface DeviceTensor<D extends DType = DType> {
  readonly location: "device";
  readonly dtype: D;
  readonly shape: Shape;
  /** Copies to the CPU. */
  read(): Promise<PlainTensor<D>>;
  /** Frees it; idempotent. */
  dispose(): void;
}

/** A loaded graph. */
export interface Executable {
  /** Runs once. Throws `signal.reason` when aborted before the run starts; one run is the granularity. */
  run(
    inputs: Readonly<Record<string, PlainTensor | DeviceTensor>>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Record<string, PlainTensor>>;
  /** As `run`, but the outputs stay on the device. */
  runOnDevice(
    inputs: Readonly<Record<string, PlainTensor | DeviceTensor>>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Record<string, DeviceTensor>>;
  /** Releases the session; idempotent. */
  dispose(): Promise<void>;
}

/** What a runtime found on this machine. */
export interface RuntimeCapabilities {
  readonly runtime: string;
  readonly version: string;
  /** The device in use. */
  readonly device: "cpu" | "wasm" | "webgpu" | "cuda";
  /** Every device that could be asked for, with the reason where it is not available. */
  readonly devices: readonly { readonly device: string; readonly available: boolean; readonly reason?: string }[];
  readonly threads: number;
  readonly float16: boolean;
  /** What the numeric self-test found, and what was fallen back to. */
  readonly selfTest: { readonly passed: boolean; readonly maxError: number; readonly fellBackFrom?: string; readonly reason?: string };
}

/** Loads graphs onto a device. */
export interface Runtime {
  readonly specificationVersion: "v1";
  readonly kind: "runtime";
  load(
    graph: Graph,
    weights?: ParameterSource,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Executable>;
  capabilities(): Promise<RuntimeCapabilities>;
  dispose(): Promise<void>;
}
