import { defineConfig, type Options } from "tsup";

/** One build rule for every package: ESM, ES2022, declarations, source maps. */
export const library = (entry: string[], more: Options = {}) =>
  defineConfig({
    entry,
    format: ["esm"],
    target: "es2022",
    // Declarations are made from the built declarations of lower packages, not from their sources (hence no source condition);
    // tsup still sets `baseUrl`, which TypeScript 6 deprecates.
    dts: { compilerOptions: { ignoreDeprecations: "6.0", customConditions: [] } },
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    ...more,
  });
