/** One sentence for people whose networks are computed in WebAssembly because the native runtime could not be had. */
import type { RuntimeCapabilities } from "@foley-control/core";

/**
 * Says that this machine could be faster, and how.
 *
 * @param capabilities - what a runtime found
 * @returns `undefined` where the native runtime computes, in a page, and where WebAssembly was asked for
 */
export function slownessOf({ device, selfTest }: RuntimeCapabilities): string | undefined {
  if (device !== "wasm" || selfTest.fellBackFrom !== "cpu") return undefined;
  return `Networks are computed in WebAssembly, which is several times slower. ${selfTest.reason ?? ""}`.trimEnd();
}
