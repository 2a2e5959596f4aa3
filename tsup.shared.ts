import { defineConfig, type Options } from "tsup";

/** One build rule for every package: ESM, ES2022, declarations, source maps. */
export const library = (entry: string[], more: Options = {}) =>
  defineConfig({
    entry,
    format: ["esm"],
    target: "es2022",
    // FOLEY_DECLARATIONS=0 leaves them out: `npm run demo` needs none, and they take most of the time.
    // Declarations are made from the built declarations of lower packages, not from their sources (hence no source condition);
    // tsup still sets `baseUrl`, which TypeScript 6 deprecates.
    dts:
      process.env["FOLEY_DECLARATIONS"] === "0"
        ? false
        : { entry: typed(more.entry ?? entry), compilerOptions: { ignoreDeprecations: "6.0", customConditions: [] } },
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    ...more,
  });

/** Entries in plain JavaScript are started, never imported: they need no declarations. */
function typed(entry: NonNullable<Options["entry"]>): NonNullable<Options["entry"]> {
  if (Array.isArray(entry)) return entry.filter((path) => path.endsWith(".ts"));
  return Object.fromEntries(Object.entries(entry).filter(([, path]) => path.endsWith(".ts")));
}
