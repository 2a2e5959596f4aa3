/**
 * ONNX Runtime in a page. `onnxruntime-web/webgpu` (the native WebGPU backend) where there is an adapter, `onnxruntime-web/wasm` (half the download)
 * where there is none; never the bare entry, whose older backend computes silent zeros on some adapters.
 */
import { FoleyError } from "@foley-control/core";
import type { Ort } from "../shared/ort-tensor.js";
import type { Platform, Prepared } from "../shared/platform.js";
import type { DeviceReport, EngineSettings } from "../shared/protocol.js";
import type { Build } from "./builds.js";
import { adapterOf, openDevice } from "./gpu.js";

/** Most threads taken when none are asked for; wasm gains little beyond. */
export const maximumDefaultThreads = 8;

/** The builds of ONNX Runtime at hand: a page may load either, a worker has the one that lies in its script. */
export interface Builds {
  /** The one that is at hand. */
  readonly name: Build;
  readonly wasm: () => Promise<Ort>;
  /** Absent where the script of a worker computes on wasm alone. */
  readonly webgpu?: () => Promise<Ort>;
}

/** What {@link webPlatform} tells. */
export interface WebPlatformOptions {
  /** Hears why the GPU device in use is gone. */
  readonly onLost?: (reason: string) => void;
}

/** The platform of this page or worker. */
export function webPlatform(builds: Builds, { onLost }: WebPlatformOptions = {}): Platform {
  return {
    runtime: () => "onnxruntime-web",
    build: () => builds.name,
    version: ({ env }) => env.versions.web ?? env.versions.common,
    order: (requested) => {
      if (requested === "cpu" || requested === "cuda") {
        throw new FoleyError("device-unavailable", `The device "${requested}" is not for pages.`, {
          hint: 'Use "auto", "wasm" or "webgpu".',
        });
      }
      return requested === "wasm" ? ["wasm"] : ["webgpu", "wasm"];
    },
    prepare: (device, settings) => (device === "webgpu" ? prepareGpu(builds, settings, onLost) : prepareWasm(builds, settings)),
    async devices(settings): Promise<readonly DeviceReport[]> {
      const webgpu = await adapterOf(settings.device === "webgpu").then(
        () => ({ device: "webgpu", available: true }),
        (error: Error) => ({ device: "webgpu", available: false, reason: error.message }),
      );
      return [{ device: "wasm", available: true }, webgpu];
    },
  };
}

async function prepareWasm(builds: Builds, settings: EngineSettings): Promise<Prepared> {
  const ort = await loadOrt(builds.wasm, settings);
  return {
    ort,
    threads: ort.env.wasm.numThreads ?? 1,
    onGpu: false,
    session: { executionProviders: ["wasm"], logSeverityLevel: 3 },
  };
}

async function prepareGpu(
  { webgpu }: Builds,
  settings: EngineSettings,
  onLost: ((reason: string) => void) | undefined,
): Promise<Prepared> {
  const adapter = await adapterOf(settings.device === "webgpu");
  if (webgpu === undefined) {
    throw new FoleyError("device-unavailable", 'The device "webgpu" is not available: the script of this worker is for wasm.', {
      hint: "Start the worker with @foley-control/runtime/web-worker-webgpu where the function `worker` is called with webgpu.",
    });
  }
  const ort = await loadOrt(webgpu, settings);
  const prepare = async (subgroups: boolean): Promise<Prepared> => {
    const opened = await openDevice(adapter, subgroups);
    // One that is destroyed is one that was let go of.
    void opened.device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") onLost?.(message);
    });
    return {
      ort,
      threads: ort.env.wasm.numThreads ?? 1,
      onGpu: true,
      // The device must come with the provider: the one in `env` is not the one that sessions use.
      session: {
        executionProviders: [{ name: "webgpu", device: opened.device } as never],
        preferredOutputLocation: "gpu-buffer",
        logSeverityLevel: 3,
      },
      release: () => opened.device.destroy(),
      ...(opened.subgroups ? { simpler: () => prepare(false) } : {}),
    };
  };
  return prepare(true);
}

/** Whether this realm may share memory between threads: where the page is cross-origin isolated. */
export const mayShare = (): boolean => typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated;

async function loadOrt(load: () => Promise<Ort>, settings: EngineSettings): Promise<Ort> {
  let ort: Ort;
  try {
    ort = await load();
  } catch (cause) {
    throw new FoleyError("missing-dependency", `onnxruntime-web cannot be loaded: ${(cause as Error).message}`, {
      hint: "Install it with `npm install onnxruntime-web@1.30.0` and bundle it.",
      cause,
    });
  }
  const { wasm } = ort.env;
  wasm.numThreads = mayShare() ? (settings.threads ?? Math.min(navigator.hardwareConcurrency, maximumDefaultThreads)) : 1;
  if (settings.wasmPaths !== undefined) wasm.wasmPaths = settings.wasmPaths as NonNullable<typeof wasm.wasmPaths>;
  ort.env.logLevel = "error";
  return ort;
}
