/** One sentence for people whose networks could be computed faster: on the native runtime, or on more threads. */
import type { RuntimeCapabilities } from "@foley-control/core";

/**
 * Says that this machine could be faster, and how.
 *
 * @param capabilities - what a runtime found
 * @returns `undefined` where the native runtime computes, where all threads do in a page, and where WebAssembly was asked for
 */
export function slownessOf({ device, selfTest, threadsReason }: RuntimeCapabilities): string | undefined {
  if (device !== "wasm") return undefined;
  if (threadsReason !== undefined) return `Networks are computed on one thread. ${threadsReason}`;
  if (selfTest.fellBackFrom !== "cpu") return undefined;
  return `Networks are computed in WebAssembly, which is several times slower. ${selfTest.reason ?? ""}`.trimEnd();
}
