/**
 * What the host (the side a program talks to) and the engine (the side that holds ONNX Runtime) say to each other. Plain
 * data only, so that the engine may live in a worker.
 */
import type { DType, Quantisation, RuntimeCapabilities, Shape } from "@foley-control/core";

/** Device names of the contract. */
export type Device = RuntimeCapabilities["device"];

/** A tensor on its way; `data` is of the typed array that belongs to `dtype`. */
export interface WireTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: ArrayBufferView;
}

/** A tensor that stays in the engine. */
export interface WireHandle {
  readonly handle: number;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** How stored bytes become what the graph declares. */
export type Conversion =
  | "none"
  | "float16-to-float32"
  | "float32-to-float16"
  | { readonly quantise: Quantisation; readonly dtype: DType; readonly shape: Shape };

/** One parameter: bytes at hand, or where a file holds them. */
export interface WireParameter {
  /** Location written into the model's external data. */
  readonly location: string;
  readonly conversion: Conversion;
  readonly bytes:
    | Uint8Array
    | { readonly path: string; readonly offset: number; readonly length: number }
    | { readonly blob: Blob; readonly bfloat16: boolean };
}

/** A small network with known results, see `canary.ts`. */
export interface Canary {
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, WireTensor>>;
  /** Exact numbers per output. */
  readonly expected: Readonly<Record<string, Float64Array>>;
  /** Largest |difference| that passes. */
  readonly tolerance: number;
}

/** What every engine is started with. */
export interface EngineSettings {
  readonly device: "auto" | Device;
  /** `undefined`: as many as the machine offers, see the platform. */
  readonly threads: number | undefined;
  /** Number of the GPU among several; CUDA only. */
  readonly gpu?: number | undefined;
  readonly canary: Canary;
  /** Computes in float16; that it runs tells that the device can. */
  readonly float16Canary: Canary;
  /** Web only: where the wasm files lie. */
  readonly wasmPaths?: string | { readonly wasm?: string; readonly mjs?: string } | undefined;
}

/** What the engine reports after its self-test. */
export type EngineReport = Omit<RuntimeCapabilities, "devices">;

/** One line of `capabilities().devices`. */
export type DeviceReport = NonNullable<RuntimeCapabilities["devices"]>[number];

/** How much of an engine's own code has come. */
export interface DownloadNews {
  readonly type: "download";
  /** Name of the file. */
  readonly file: string;
  /** Bytes. */
  readonly done: number;
  /** Bytes; absent where the server does not say. */
  readonly total?: number;
}

/** What an engine says without being asked: of its code, that it holds a lock for as long as it lives, or that its device is gone. */
export type EngineNews =
  | DownloadNews
  | { readonly type: "alive"; readonly lock: string }
  | { readonly type: "lost"; readonly reason: string };

/** Requests and their answers. */
export interface Requests {
  start: { ask: EngineSettings; answer: EngineReport };
  devices: { ask: null; answer: readonly DeviceReport[] };
  load: {
    ask: { readonly name: string; readonly model: Uint8Array; readonly parameters: readonly WireParameter[] };
    answer: number;
  };
  run: {
    ask: { readonly session: number; readonly inputs: Readonly<Record<string, WireTensor | number>>; readonly keep: boolean };
    answer: Record<string, WireTensor | WireHandle>;
  };
  read: { ask: number; answer: WireTensor };
  free: { ask: number; answer: null };
  unload: { ask: number; answer: null };
  stop: { ask: null; answer: null };
}

/** Name of a request. */
export type RequestName = keyof Requests;

/** A way to an engine: in this thread or in a worker. */
export interface Channel {
  /** True when `transfer` costs nothing and the sender loses the buffers; false when both sides share them. */
  readonly separate: boolean;
  request<N extends RequestName>(
    name: N,
    ask: Requests[N]["ask"],
    transfer?: readonly ArrayBuffer[],
  ): Promise<Requests[N]["answer"]>;
  /** Memory for what is transferred, of any content; what came back from the engine is used again. */
  memory(bytes: number): ArrayBuffer;
  /** Ends the engine; requests still open are rejected. */
  close(): Promise<void>;
}
