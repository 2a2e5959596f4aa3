/**
 * The two builds of ONNX Runtime that compute in Node. `onnxruntime-node` is the fast one, and an installation may lack it: on Linux its
 * install script fetches more from another host, and not every system runs its binary. The WebAssembly one lies in this package, so that
 * there is always something to compute with; in a checkout it is that of `onnxruntime-web`.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import type { Ort } from "../shared/ort-tensor.js";

/** How to come by the native build, where its install script has failed too. */
export const nativeHint =
  "Install it with `npm install onnxruntime-node@1.30.0`, and with the environment variable ONNXRUNTIME_NODE_INSTALL=skip where only the registry can be reached.";

/**
 * @throws FoleyError `missing-dependency` when it is not installed or has no binary that works here
 */
export async function importNative(): Promise<Ort> {
  try {
    const ort = unwrap(await import("onnxruntime-node"));
    // Only errors: it would write about graphics cards that it cannot find.
    ort.env.logLevel = "error";
    return ort;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
      throw new FoleyError("missing-dependency", "The package onnxruntime-node is not installed.", { hint: nativeHint, cause });
    }
    const what = `onnxruntime-node has no working binary for ${process.platform} ${process.arch}`;
    throw new FoleyError("missing-dependency", `${what}: ${(cause as Error).message}`, { cause });
  }
}

const ownCopy = new URL("./wasm/ort.node.min.mjs", import.meta.url);

/**
 * @throws FoleyError `missing-dependency` when there is none
 */
export async function importWasm(): Promise<Ort> {
  try {
    const ort = unwrap(existsSync(fileURLToPath(ownCopy)) ? await import(ownCopy.href) : await import("onnxruntime-web"));
    ort.env.logLevel = "error";
    return ort;
  } catch (cause) {
    const what = "Neither onnxruntime-node nor the WebAssembly build of ONNX Runtime is here.";
    throw new FoleyError("missing-dependency", what, { hint: nativeHint, cause });
  }
}

const unwrap = (loaded: Ort & { readonly default?: Ort }): Ort => loaded.default ?? loaded;
