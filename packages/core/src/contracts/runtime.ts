/** What loads graphs onto a device and runs them. */
import type { Graph } from "../graph-value.js";
import type { DType, Shape } from "../tensor.js";
import type { ParameterSource, PlainTensor } from "./parameters.js";

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
  /**
   * There where a run loads what it needs and lets it go again: runs once on each of the inputs, as `run` does, and loads once for all of
   * them. What stands between the parts of the network is held for each.
   */
  runEach?(
    inputs: readonly Readonly<Record<string, PlainTensor | DeviceTensor>>[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly Record<string, PlainTensor>[]>;
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
  /** Which of that package's builds, where it has several: in a page `"wasm"`, `"webgpu"` or `"jspi"`. */
  readonly build?: string;
  /** The device in use. */
  readonly device: "cpu" | "wasm" | "webgpu" | "cuda";
  /**
   * Every device that could be asked for, with the reason where it is not available, and with what its drivers wrote where that is known.
   * There when they were asked for.
   */
  readonly devices?: readonly {
    readonly device: string;
    readonly available: boolean;
    readonly reason?: string;
    readonly said?: string;
  }[];
  /** Threads that one run uses. */
  readonly threads: number;
  /** Why it is one thread where more were wanted; absent where it is not. */
  readonly threadsReason?: string;
  /** What networks are computed in. Default "float32". */
  readonly precision?: "float32" | "float16" | "int8";
  /** Whether the device computes in float16. */
  readonly float16: boolean;
  /** What the numeric self-test found, and what was fallen back to. */
  readonly selfTest: {
    readonly passed: boolean;
    readonly maxError: number;
    readonly fellBackFrom?: string;
    readonly reason?: string;
    /**
     * Of what `reason` tells: the device is not there or does not start, its numbers are wrong, or the test ended with an error. For sentences in
     * other languages.
     */
    readonly cause?: "missing" | "wrong" | "stopped";
  };
}

/** Options of `Runtime.capabilities`. */
export interface CapabilitiesOptions {
  /** Whether every device is tried, not the one in use alone, which starts the drivers of each. Default false. */
  readonly devices?: boolean;
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
  capabilities(options?: CapabilitiesOptions): Promise<RuntimeCapabilities>;
  /** Releases every session and the worker; idempotent. */
  dispose(): Promise<void>;
}
