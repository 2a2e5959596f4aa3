/**
 * Which build of ONNX Runtime a page starts: that for wasm where there is no adapter; on WebGPU the one that has the browser suspend WebAssembly (`jspi`,
 * 16.8 MB) where it can, else the one that was rewritten to suspend itself (26.8 MB), which also takes over where the first does not start or compute right.
 */
import type { StartedEngine } from "../shared/host.js";
import { adapterOf } from "./gpu.js";

/** A build, by the name of its entry in `onnxruntime-web`. */
export type Build = "wasm" | "webgpu" | "jspi";

/** Whether this browser suspends WebAssembly while it waits for a promise. */
export const suspends = (wasm: object = WebAssembly): boolean =>
  typeof (wasm as { readonly Suspending?: unknown }).Suspending === "function";

/** The builds for a device, in the order in which they are tried. */
export async function buildsFor(device: "auto" | "wasm" | "webgpu", canSuspend: boolean = suspends()): Promise<readonly Build[]> {
  const onGpu =
    device === "auto"
      ? await adapterOf(false).then(
          () => true,
          () => false,
        )
      : device === "webgpu";
  if (!onGpu) return ["wasm"];
  return canSuspend ? ["jspi", "webgpu"] : ["webgpu"];
}

/** Starts the first build that computes on WebGPU, or else the last. */
export async function startFirst(
  builds: readonly Build[],
  start: (build: Build) => Promise<StartedEngine>,
): Promise<StartedEngine> {
  const [build, ...others] = builds as readonly [Build, ...Build[]];
  if (others.length === 0) return start(build);
  const started = await start(build).catch(() => undefined);
  if (started?.report.device === "webgpu") return started;
  await started?.channel.close();
  return startFirst(others, start);
}
