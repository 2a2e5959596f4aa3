/** What could compute on this machine, and why something cannot, in words. Asks the browser alone; whether WebGPU computes right is seen when it starts. */
import { text } from "../strings/text.js";
import type { EngineChoice } from "./engine.js";

/** The part of `navigator.gpu` that is asked. */
interface Gpu {
  requestAdapter(options: {
    readonly powerPreference: "high-performance";
  }): Promise<{ readonly info: { readonly isFallbackAdapter: boolean } } | null>;
}

/** What a browser says of itself. */
export interface Machine {
  readonly gpu: Gpu | undefined;
  readonly isolated: boolean;
  readonly processors: number;
}

/** This browser. */
export const thisMachine = (): Machine => ({
  gpu: (navigator as { readonly gpu?: Gpu }).gpu,
  isolated: globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== "undefined",
  processors: navigator.hardwareConcurrency,
});

/** Asks what can compute, fastest first. A software adapter may be chosen but is never the best. */
export async function engineChoices(machine: Machine = thisMachine()): Promise<readonly (EngineChoice & { best: boolean })[]> {
  const gpu = await gpuReason(machine);
  const threads = threadsReason(machine);
  const choices = [
    { kind: "webgpu", usable: gpu.usable, reason: gpu.reason },
    { kind: "wasm-threads", usable: threads === undefined, reason: threads },
    { kind: "wasm", usable: true, reason: undefined },
  ] as const;
  const best = choices.find(({ usable, reason }) => usable && reason === undefined);
  return choices.map((choice) => ({ ...choice, best: choice === best }));
}

async function gpuReason({ gpu }: Machine): Promise<{ usable: boolean; reason: string | undefined }> {
  if (gpu === undefined) return { usable: false, reason: text("engine.reason.noGpu") };
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (adapter === null) return { usable: false, reason: text("engine.reason.noAdapter") };
  if (adapter.info.isFallbackAdapter) return { usable: false, reason: text("engine.reason.software") };
  return { usable: true, reason: undefined };
}

function threadsReason({ isolated, processors }: Machine): string | undefined {
  if (!isolated) return text("engine.reason.notIsolated");
  return processors > 1 ? undefined : text("engine.reason.oneProcessor");
}
