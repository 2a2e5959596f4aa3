/** The runtime of a page. */
import { FoleyError, type ProgressListener } from "@foley-control/core";
import { checkPrecision, type Precision } from "@foley-control/graph";
import { makeCanary, makeFloat16Canary } from "../shared/canary.js";
import { directChannel, Engine } from "../shared/engine.js";
import { type DisposableRuntime, hostRuntime, type StartEngine, startOnce } from "../shared/host.js";
import type { Ort } from "../shared/ort-tensor.js";
import type { Channel, DownloadNews } from "../shared/protocol.js";
import { Queue } from "../shared/queue.js";
import { workerChannel } from "../shared/worker-channel.js";
import { type Build, buildsFor, startFirst, suspends } from "./builds.js";
import { engineBytes } from "./downloads.js";
import { watchLifeLock } from "./life.js";
import { type Patience, startPatiently } from "./patience.js";
import { type Builds, mayShare, webPlatform } from "./platform.js";

/** Options of {@link webRuntime}; the defaults are {@link defaultWebRuntimeOptions}. */
export interface WebRuntimeOptions {
  /**
   * Where to compute. `"auto"`: WebGPU where there is a hardware adapter that passes the self-test, else wasm. `"webgpu"`: an adapter must exist
   * (otherwise `device-unavailable`), a software one will do; when it computes wrong numbers wasm is taken, and `capabilities()` says so. Default `"auto"`.
   */
  readonly device?: "auto" | "wasm" | "webgpu";
  /**
   * What networks with weights are computed in; their inputs and outputs keep their types. `"float16"` halves the weights on devices that
   * compute in it (WebGPU, CUDA). `"int8"` has large matrices in 8 bits, quantised when they are loaded, everything else in float32; it
   * is smaller to download to the device. Default `"float32"`.
   */
  readonly precision?: Precision | undefined;
  /** Threads of wasm. Default: as many as the machine has, at most 8; always 1 where the page is not cross-origin isolated. */
  readonly threads?: number | undefined;
  /** Where ONNX Runtime's `.wasm` (and `.mjs`) files lie: a prefix, or an address for each. Default: where the bundler put them. */
  readonly wasmPaths?: string | { readonly wasm?: string; readonly mjs?: string } | undefined;
  /**
   * Whether ONNX Runtime lives in a worker, so that a run does not block the page, or how to start that worker, whose script is
   * `@foley-control/runtime/web-worker` for wasm and `@foley-control/runtime/web-worker-webgpu` for WebGPU, or
   * `@foley-control/runtime/web-worker-jspi`, which is smaller, where the browser has `WebAssembly.Suspending`. Default true.
   */
  readonly worker?: boolean | ((device: "wasm" | "webgpu") => Worker);
  /**
   * Seconds without a sign of the worker's engine after which it is ended and started again on one thread, which `capabilities()` tells; bytes
   * of it that arrive are a sign. Without a worker there is no limit: nothing can end what runs in the page. Default 30.
   */
  readonly startTimeout?: number | undefined;
  /** Hears `download-progress` of the engine's code, in bytes; only with a worker. */
  readonly onProgress?: ProgressListener | undefined;
}

/** Defaults of {@link webRuntime}. */
export const defaultWebRuntimeOptions = Object.freeze({
  device: "auto",
  precision: "float32",
  worker: true,
  startTimeout: 30,
} as const);

/**
 * A runtime on `onnxruntime-web`. Starts at first use.
 *
 * @param options - device, precision, threads, where the wasm files lie, worker
 * @throws FoleyError `invalid-argument` for options that make no sense; when first used `missing-dependency` or `device-unavailable`
 * @example
 * ```ts
 * const runtime = webRuntime();
 * const executable = await runtime.load(graph, weights);
 * const { y } = await executable.run({ x });
 * ```
 */
export function webRuntime(options: WebRuntimeOptions = {}): DisposableRuntime {
  const { device, worker } = { ...defaultWebRuntimeOptions, ...options };
  const { threads, wasmPaths, onProgress } = options;
  const { precision = defaultWebRuntimeOptions.precision, startTimeout = defaultWebRuntimeOptions.startTimeout } = options;
  const devices: readonly string[] = ["auto", "wasm", "webgpu"];
  if (!devices.includes(device))
    throw new FoleyError("invalid-argument", `device is ${JSON.stringify(device)}, expected one of ${devices.join(", ")}.`);
  checkPrecision("precision", precision);
  if (threads !== undefined && (!Number.isSafeInteger(threads) || threads < 1 || threads > 1024)) {
    throw new FoleyError("invalid-argument", `threads is ${threads}, expected a whole number from 1 to 1024.`);
  }
  if (!(startTimeout > 0)) throw new FoleyError("invalid-argument", `startTimeout is ${startTimeout}, expected seconds above 0.`);
  const settings = () => ({ device, threads, wasmPaths, canary: makeCanary(), float16Canary: makeFloat16Canary() });
  if (worker === false)
    return hostRuntime(
      startOnce(async () => pageChannel()),
      settings,
      { precision },
    );
  let sign = (): void => undefined;
  const open = async (build: Build): Promise<Channel> =>
    startWorker(build, worker === true ? undefined : worker, ({ file, done, total = engineBytes[build] }) => {
      sign();
      onProgress?.({ type: "download-progress", file, done, total: Math.max(done, total) });
    });
  const patience: Patience = {
    seconds: startTimeout,
    mayShare: mayShare(),
    onSign: (listener) => {
      sign = listener;
    },
  };
  const start: StartEngine = async (asked) => {
    // A script has one build; whoever brings the script has chosen it.
    const builds = await buildsFor(device, worker === true && suspends());
    return startFirst(builds, (build) => startPatiently(() => open(build), asked, patience));
  };
  return hostRuntime(start, settings, { precision });
}

/** ONNX Runtime is one per page and not re-entrant: runtimes without a worker take turns. */
const pageQueue = new Queue();

/** One build per page: once that for WebGPU is here, its wasm part is used too. */
let gpuBuild: Promise<Ort> | undefined;
const pageBuilds: Builds = {
  get name() {
    return gpuBuild ? "webgpu" : "wasm";
  },
  wasm: () => gpuBuild ?? import("onnxruntime-web/wasm"),
  webgpu: () => (gpuBuild ??= import("onnxruntime-web/webgpu")),
};

function pageChannel(): Channel {
  const direct = directChannel(new Engine(webPlatform(pageBuilds)));
  return {
    ...direct,
    request: (name, ask) => pageQueue.run(() => direct.request(name, ask)),
    close: () => pageQueue.run(() => direct.close()),
  };
}

function startWorker(
  build: Build,
  make: ((device: "wasm" | "webgpu") => Worker) | undefined,
  onDownload: (news: DownloadNews) => void,
): Channel {
  if (make === undefined && typeof Worker === "undefined") {
    throw new FoleyError("device-unavailable", "There are no workers here.", {
      hint: "webRuntime is for pages; in Node use @foley-control/runtime/node.",
    });
  }
  const worker = make?.(build === "wasm" ? "wasm" : "webgpu") ?? ownWorker[build]();
  const { channel, onMessage, onDeath } = workerChannel({
    post: (message, transfer) => worker.postMessage(message, transfer as ArrayBuffer[]),
    terminate: async () => worker.terminate(),
    news: (said) => {
      if (said.type === "download") onDownload(said);
      else if (said.type === "alive") watchLifeLock(said.lock, onDeath);
      else onDeath(deviceLost(said.reason));
    },
  });
  worker.addEventListener("message", (event) => onMessage(event.data));
  worker.addEventListener("error", (event) => {
    onDeath(
      new FoleyError("device-unavailable", `The runtime's worker failed: ${event.message || "its script cannot be loaded"}.`, {
        hint: "Check that the bundler emits worker.js and worker-webgpu.js beside the code that starts them, or give `worker: () => new Worker(…)`.",
      }),
    );
  });
  return channel;
}

const deviceLost = (reason: string): FoleyError =>
  new FoleyError("device-unavailable", `The GPU device was lost: ${reason || "the browser does not say why"}.`, {
    hint: "Make a new runtime; after a second time, one on wasm.",
  });

/** Written out, because that is how bundlers find the scripts. */
const ownWorker = {
  wasm: () => new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "foley-control-runtime" }),
  webgpu: () => new Worker(new URL("./worker-webgpu.js", import.meta.url), { type: "module", name: "foley-control-runtime" }),
  jspi: () => new Worker(new URL("./worker-jspi.js", import.meta.url), { type: "module", name: "foley-control-runtime" }),
};
