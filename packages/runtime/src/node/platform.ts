/**
 * ONNX Runtime in Node: CPU and WebGPU come inside `onnxruntime-node`, CUDA is two libraries to be put beside it. Where it cannot be had,
 * the WebAssembly build computes, several times slower, and says why.
 */
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import type { InferenceSession } from "onnxruntime-common";
import type { Ort } from "../shared/ort-tensor.js";
import type { Platform, Prepared } from "../shared/platform.js";
import type { Device, DeviceReport, EngineSettings } from "../shared/protocol.js";
import { tryDevice } from "./devices.js";
import { externalRoot } from "./in-place.js";
import { importNative, importWasm, nativeHint } from "./modules.js";

/** Most threads taken when none are asked for; more rarely help networks of this size. */
export const maximumDefaultThreads = 16;

/** As {@link maximumDefaultThreads}, of WebAssembly. */
const maximumWasmThreads = 8;

/**
 * The platform of this process.
 *
 * @param injected - a copy of onnxruntime-node to use instead of the one that resolves from here
 */
export function nodePlatform(injected?: Ort): Platform {
  let loading: Promise<Ort> | undefined;
  const ort = () => (loading ??= injected ? Promise.resolve(injected) : importNative());
  const sessionOptions = (
    device: Device,
    threads: number,
    { gpu }: Pick<EngineSettings, "gpu">,
  ): InferenceSession.SessionOptions => ({
    executionProviders: [device === "cuda" && gpu !== undefined ? { name: device, deviceId: gpu } : device],
    graphOptimizationLevel: "all",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
    // A plan of the memory of a run is laid beside what the first run took: up to half as much again, and no faster. An arena keeps what a run
    // took at its most, of every network for itself: with the embedded model 130 MB more than what runs at a time, for 2 % of the time.
    ...(device === "cpu" && { enableMemPattern: false, enableCpuMemArena: false }),
    extra: { session: { model_external_initializers_file_folder_path: externalRoot } },
  });
  return {
    runtime: (device) => (device === "wasm" ? "onnxruntime-web" : "onnxruntime-node"),
    version: ({ env }) => env.versions.node ?? env.versions.web ?? env.versions.common,
    order: (requested) => {
      if (requested === "auto") return cudaMissing() === undefined ? ["cuda", "cpu", "wasm"] : ["cpu", "wasm"];
      return requested === "cpu" || requested === "wasm" ? [requested] : [requested, "cpu"];
    },
    async prepare(device, settings) {
      if (device === "wasm") return prepareWasm(settings);
      const loaded = await ort();
      const threads = settings.threads ?? Math.min(availableParallelism(), maximumDefaultThreads);
      const session = sessionOptions(device, threads, settings);
      if (device !== "cpu") await probe(loaded, device, session, settings);
      return { ort: loaded, threads, session, ...(device === "cpu" && { mapped: lean(session) }), onGpu: false };
    },
    devices: async (settings) => [
      await reportOf("cpu", ort()),
      await tryDevice("webgpu", settings),
      cudaMissing() === undefined ? await tryDevice("cuda", settings) : await reportOf("cuda", Promise.reject(cudaMissing())),
      await reportOf("wasm", importWasm()),
    ],
    readFile,
  };
}

/**
 * For sessions whose weights stay in their files. Matrices are not packed ahead, which would copy each of them into memory, slowly, and
 * make products of a hundred rows and more hardly faster. They keep their arena: without it one of them, SigLIP 2, took no less.
 */
const lean = (session: InferenceSession.SessionOptions): InferenceSession.SessionOptions => ({
  ...session,
  enableCpuMemArena: true,
  extra: { session: { ...(session.extra?.["session"] as object), disable_prepacking: "1" } },
});

const reportOf = (device: Device, found: Promise<unknown>): Promise<DeviceReport> =>
  found.then(
    () => ({ device, available: true }),
    (error: Error) => ({ device, available: false, reason: error.message }),
  );

/** WebAssembly on the processor; threads are those of the first engine of a process. */
async function prepareWasm(settings: EngineSettings): Promise<Prepared> {
  const ort = await importWasm();
  ort.env.wasm.numThreads = settings.threads ?? Math.min(availableParallelism(), maximumWasmThreads);
  return {
    ort,
    threads: ort.env.wasm.numThreads,
    onGpu: false,
    session: { executionProviders: ["wasm"], logSeverityLevel: 3 },
  };
}

/** Opens and closes a session on the device. Execution providers in Node throw when they are not there. */
async function probe(ort: Ort, device: Device, session: InferenceSession.SessionOptions, settings: EngineSettings) {
  if (device === "cuda") {
    const missing = cudaMissing();
    if (missing !== undefined) throw missing;
  }
  try {
    await (await ort.InferenceSession.create(settings.canary.model, session)).release();
  } catch (cause) {
    const hint =
      device === "cuda"
        ? "It needs an NVIDIA driver, the CUDA 12 runtime and cuDNN 9 on the library path."
        : "It needs a graphics driver with Vulkan, Metal or Direct3D 12.";
    const what = `The device "${device}" is not available: ${plain((cause as Error).message)}.`;
    throw new FoleyError("device-unavailable", what, { hint, cause });
  }
}

/** ONNX Runtime's message without the place in its source that it begins with. */
function plain(message: string): string {
  return message
    .replace(/^\/\S+:\d+ .*? was false\.\s*/s, "")
    .trim()
    .replace(/\.$/, "");
}

/** Why CUDA cannot work, judged by the files alone; `undefined` when they are all there. */
function cudaMissing(): FoleyError | undefined {
  const { platform, arch } = process;
  if ((platform !== "linux" && platform !== "win32") || arch !== "x64") {
    return new FoleyError("device-unavailable", `The device "cuda" does not exist on ${platform} ${arch}.`, {
      hint: 'Use "auto" or "cpu".',
    });
  }
  let folder: string;
  try {
    const entry = createRequire(import.meta.url).resolve("onnxruntime-node");
    folder = join(dirname(entry), "..", "bin", "napi-v6", platform, arch);
  } catch (cause) {
    return new FoleyError("missing-dependency", "The package onnxruntime-node is not installed.", { hint: nativeHint, cause });
  }
  const library = (name: string): string =>
    platform === "win32" ? `onnxruntime_providers_${name}.dll` : `libonnxruntime_providers_${name}.so`;
  const absent = [library("shared"), library("cuda")].filter((file) => !existsSync(join(folder, file)));
  if (absent.length === 0) return undefined;
  const source = platform === "win32" ? "Microsoft.ML.OnnxRuntime.Gpu.Windows" : "Microsoft.ML.OnnxRuntime.Gpu.Linux";
  return new FoleyError(
    "device-unavailable",
    `The device "cuda" is not available: ${absent.join(" and ")} ${absent.length > 1 ? "are" : "is"} not in ${folder}.`,
    {
      hint: `The npm package does not contain ${absent.length > 1 ? "them" : "it"}: put the libraries of the NuGet package ${source} 1.30.0 there, or run ONNXRUNTIME_NODE_INSTALL=true npm rebuild onnxruntime-node.`,
    },
  );
}

async function readFile(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    throw new FoleyError("bad-file", `The weights file ${path} cannot be opened (${cause.code}).`, { cause });
  });
  try {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, Math.min(length - done, 1 << 30), offset + done);
      if (bytesRead === 0)
        throw new FoleyError("bad-file", `The weights file ${path} ends at ${offset + done}, expected ${offset + length} bytes.`);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
