/**
 * The contracts that make parts swappable. Each carries a `specificationVersion`; each has a conformance suite in
 * `@foley-control/core/testing`.
 */
import type { Graph, GraphValue } from "./graph-value.js";
import type { DType, Shape, TensorData } from "./tensor.js";

/** A tensor without axis names: what crosses the boundary to a runtime or a weights file. */
export interface PlainTensor<D extends DType = DType> {
  /** Element type. */
  readonly dtype: D;
  /** Sizes per axis. */
  readonly shape: Shape;
  /** The elements, row-major. */
  readonly data: TensorData[D];
}

/** Where the bytes of one parameter lie, or what they are made of when they are loaded. */
export type ParameterBytes =
  | { readonly kind: "memory"; readonly bytes: Uint8Array }
  | { readonly kind: "file"; readonly path: string; readonly offset: number; readonly length: number }
  | { readonly kind: "quantised"; readonly of: StoredParameter; readonly how: Quantisation };

/** One half of a matrix of parameters in int8 blocks, see `quantiseBlocks`. */
export interface Quantisation {
  /** The bytes (uint8 [rows, blocks, blockSize]), or their scales (float32 [rows, blocks]). */
  readonly part: "values" | "scales";
  /** Numbers that share a scale. */
  readonly blockSize: number;
  /** Rows of the result. */
  readonly rows: number;
  /** Numbers of a row. */
  readonly columns: number;
  /** Whether the stored matrix is [columns, rows]. */
  readonly transposed: boolean;
}

/** One stored parameter: little-endian, row-major. */
export interface StoredParameter {
  /** Element type as stored. */
  readonly dtype: DType;
  /** Sizes per axis. */
  readonly shape: Shape;
  /** Where the elements lie. */
  readonly bytes: ParameterBytes;
}

/** Parameters by name, read in place. The names are those of the checkpoint and of the graph. */
export interface ParameterSource {
  /** All names, in file order. */
  names(): readonly string[];
  /** The stored parameter, or `undefined` when there is none of that name. */
  get(name: string): StoredParameter | undefined;
}

/** An RGB picture of bytes. */
export interface Picture {
  /** [height, width, 3]. */
  readonly rgb: Uint8Array;
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
}

/** Frames → video tokens. */
export interface VideoEncoder {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
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
  /**
   * A frame → its pixels [3, height, width], for encoders that want something else than the whole picture stretched over `imageSize`
   * by exact area and normalised. Default: that.
   */
  readonly preprocess?: ((frame: Picture) => Float32Array) | undefined;
  /** Time steps of tokens per second, e.g. 8. */
  readonly tokenRate: number;
  /** Tokens of one time step, e.g. 64 for a grid of 8×8 over the picture; they share its time. Default 1. */
  readonly tokensPerStep?: number | undefined;
  /** Width of one token. */
  readonly tokenWidth: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
  /**
   * Input `pixels` [batch, frames, 3, height, width] float32, normalised; output `tokens`
   * [batch, frames·tokenRate/frameRate·tokensPerStep, tokenWidth], step by step.
   */
  graph(options: { readonly frames: number; readonly batch?: number }): Graph;
}

/** Text → tokens. */
export interface TextEncoder {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "text-encoder";
  /** Stable identifier, e.g. `"foley-control/small-text-encoder@1"`. */
  readonly id: string;
  /** Number of token rows, padding included. */
  readonly length: number;
  /** Width of one token row. */
  readonly tokenWidth: number;
  /** Weights of the graph. */
  readonly weights: ParameterSource;
  /** Text → ids and mask (1 for real tokens), both of `length` entries. Over-long text is cut, never an error. */
  tokenise(text: string): { readonly ids: BigInt64Array; readonly mask: Float32Array };
  /** Inputs `ids` int64 [batch, length], `mask` float32 [batch, length]; output `tokens` [batch, length, tokenWidth], padding rows exactly zero. */
  graph(options?: { readonly batch?: number }): Graph;
}

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
  /** Latents of context on each side that make a chunked decode exact; `undefined` when a decode must be whole. */
  readonly decodeContext: number | undefined;
  /**
   * Latents, context included, that one run should decode at most so that no buffer is larger than every device grants; longer clips are
   * decoded in chunks. Read only with a `decodeContext`. Default: no limit.
   */
  readonly decodeChunk?: number | undefined;
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
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "denoiser";
  /** Stable identifier, written into bridge files. */
  readonly id: string;
  /** What the network predicts: v = α·ε − σ·x₀ with α = cos(πt/2), or rectified flow's ε − x₀. */
  readonly prediction: "v" | "flow";
  /** Channels of one latent. */
  readonly latentChannels: number;
  /** Number of blocks, so of bridge sites. */
  readonly blocks: number;
  /** Weights of the graph. */
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

/** How the authors of a backbone sample it: what is done when nothing else is asked. */
export interface SamplingDefaults {
  /** Name of the solver. */
  readonly solver: string;
  /** Sampler steps. */
  readonly steps: number;
  /** How strongly the prompt is followed; 1 is as trained. */
  readonly guidanceScale: number;
  /** Lowest noise level of solvers on sigmas. */
  readonly sigmaMin?: number | undefined;
  /** Highest noise level: a sigma for solvers on sigmas. */
  readonly sigmaMax?: number | undefined;
}

/** Text encoder + denoiser + codec, and how text and duration condition them. */
export interface AudioBackbone {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "audio-backbone";
  /** Stable identifier; a bridge fits the backbone it was trained for. */
  readonly id: string;
  /** Prompt → text tokens. */
  readonly text: TextEncoder;
  /** The diffusion network with its bridge sites. */
  readonly denoiser: Denoiser;
  /** Latents ↔ waveform. */
  readonly codec: AudioCodec;
  /** Weights of the conditioning graph. */
  readonly weights: ParameterSource;
  /** How its authors sample it. Default: the caller's own choice. */
  readonly sampling?: SamplingDefaults | undefined;
  /**
   * Inputs `tokens` [batch, length, tokenWidth], `secondsStart` [batch], `secondsTotal` [batch];
   * outputs `context` and `global` of the denoiser. "No text" is a context of zeros.
   */
  conditionGraph(options?: { readonly batch?: number }): Graph;
}

/** The trained part: video cross-attention for every site of one backbone. */
export interface Bridge {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "bridge";
  /** Everything needed to rebuild it; stored in the file's metadata. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names and shapes of exactly the trainable parameters. */
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
  /** Values of `parameters`. */
  readonly weights: ParameterSource;
  /** A hook that lets every site attend to `videoTokens` [batch, time, tokenWidth]. Zero tokens contribute exactly zero. */
  hook(videoTokens: GraphValue): BlockHook;
}

/** A number about sound, possibly against a reference. */
export interface Metric<Input = unknown> {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "metric";
  /** Stable identifier, e.g. `"onset-f1"`. */
  readonly id: string;
  /** Unit of the number, e.g. `"ms"`; `"1"` for a ratio. */
  readonly unit: string;
  /** Which way is better. */
  readonly direction: "higher" | "lower";
  /** Features it consumes. */
  readonly needs: readonly string[];
  /** The number for a set of inputs. */
  compute(inputs: readonly Input[]): number;
}

/** A tensor that lives where a runtime keeps it until it is read. */
export interface DeviceTensor<D extends DType = DType> {
  /** Tells it from a {@link PlainTensor}. */
  readonly location: "device";
  /** Element type. */
  readonly dtype: D;
  /** Sizes per axis. */
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
  /** Bytes of the weights that stay with it, mapped or in memory; absent where they are not counted. */
  readonly weightBytes?: number;
  /** Releases the session; idempotent. */
  dispose(): Promise<void>;
}

/** What a runtime found on this machine. */
export interface RuntimeCapabilities {
  /** Name of the package that runs graphs, e.g. `"onnxruntime-node"`. */
  readonly runtime: string;
  /** Version of that package. */
  readonly version: string;
  /** The device in use. */
  readonly device: "cpu" | "wasm" | "webgpu" | "cuda";
  /** Every device that could be asked for, with the reason where it is not available. */
  readonly devices: readonly { readonly device: string; readonly available: boolean; readonly reason?: string }[];
  /** Threads that one run uses. */
  readonly threads: number;
  /** Whether the device computes in float16. */
  readonly float16: boolean;
  /** What the numeric self-test found, and what was fallen back to. */
  readonly selfTest: {
    readonly passed: boolean;
    readonly maxError: number;
    readonly fellBackFrom?: string;
    readonly reason?: string;
  };
}

/** Options of `Runtime.load`. */
export interface LoadOptions {
  /** Aborts before the session is made. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Parameters that stay float32, with what is computed from them, in a runtime that works in less: the trained part, say, when it was
   * trained in float32. Default: none.
   */
  readonly keepFloat32?: ((parameter: string) => boolean) | undefined;
}

/** Loads graphs onto a device. */
export interface Runtime {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "runtime";
  /** Makes a session for one graph; every parameter of the graph must be in `weights`. Throws `signal.reason` when aborted. */
  load(graph: Graph, weights?: ParameterSource, options?: LoadOptions): Promise<Executable>;
  /** What is available here, after the numeric self-test. */
  capabilities(): Promise<RuntimeCapabilities>;
  /** Releases every session and the worker; idempotent. */
  dispose(): Promise<void>;
}
