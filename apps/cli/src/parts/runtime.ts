/** The runtime of a command that computes by itself, and a note where it is a slow one. */
import type { RuntimeCapabilities } from "@foley-control/core";
import { slownessOf } from "@foley-control/runtime";
import { nodeRuntime } from "@foley-control/runtime/node";
import type { Io } from "../io.js";
import type { ComputeFlags } from "./options.js";

/** Starts it. The caller disposes of it. */
export async function openRuntime(
  flags: ComputeFlags & { readonly quiet?: boolean },
  io: Io,
): Promise<ReturnType<typeof nodeRuntime>> {
  const runtime = nodeRuntime({ device: flags.device, threads: flags.threads });
  saySlowness(await runtime.capabilities(), flags, io);
  return runtime;
}

/** Tells people whose networks are computed in WebAssembly, for want of the native runtime, what to do about it. */
export function saySlowness(capabilities: RuntimeCapabilities, flags: { readonly quiet?: boolean }, io: Io): void {
  const slowness = slownessOf(capabilities);
  if (slowness !== undefined && flags.quiet !== true) io.err(`Note: ${slowness}\n`);
}
