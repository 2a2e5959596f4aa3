/** What differs between Node and the web, seen from the engine. */
import type { InferenceSession } from "onnxruntime-common";
import type { Ort } from "./ort-tensor.js";
import type { Device, DeviceReport, EngineSettings } from "./protocol.js";

/** ONNX Runtime ready for one device. */
export interface Prepared {
  readonly ort: Ort;
  /** Threads it will use. */
  readonly threads: number;
  /** Options of every session on this device. */
  readonly session: InferenceSession.SessionOptions;
  /** Options of sessions whose weights all stay in their files. Default: the same. */
  readonly mapped?: InferenceSession.SessionOptions;
  /** True when outputs come as GPU buffers, to be read with `getData`. */
  readonly onGpu: boolean;
  /** The same device with fewer features, to be tried when the self-test fails. */
  simpler?(): Promise<Prepared>;
  /** Frees the device. */
  release?(): void;
}

/** One platform. */
export interface Platform {
  /** Name of the package that computes on a device. */
  runtime(device: Device): string;
  /** Which of that package's builds computes, where it has several; known once something was prepared. */
  build?(): string;
  /** Its version, known once something was prepared. */
  version(ort: Ort): string;
  /** Devices tried for a request, best first; the last is what a failed self-test ends on. */
  order(requested: EngineSettings["device"]): readonly Device[];
  /**
   * Makes a device ready.
   *
   * @throws FoleyError `device-unavailable` or `missing-dependency` that says what is missing
   */
  prepare(device: Device, settings: EngineSettings): Promise<Prepared>;
  /** Every device of the platform, with the reason where it is not available. */
  devices(settings: EngineSettings): Promise<readonly DeviceReport[]>;
  /** Reads a range of a file into fresh memory; absent where there are no files. */
  readFile?(path: string, offset: number, length: number): Promise<Uint8Array>;
}
