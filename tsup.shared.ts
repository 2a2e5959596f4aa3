import { defineConfig, type Options } from "tsup";

/** One build rule for every package: ESM, ES2022, declarations, source maps. */
export const library = (entry: string[], more: Options = {}) =>
  defineConfig({ entry, format: ["esm"], target: "es2022", dts: true, sourcemap: true, clean: true, splitting: true, treeshake: true, ...more });
