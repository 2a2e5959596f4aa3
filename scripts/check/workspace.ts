/** Reads the packages of the workspace: their manifests, floors and entry files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly foley?: { readonly floor?: number };
}

/** One package or app. */
export interface WorkspacePackage {
  /** Absolute folder. */
  readonly folder: string;
  /** Folder relative to the checkout, for example `packages/core`. */
  readonly path: string;
  readonly manifest: Manifest;
  /** Export subpath (`.`, `./node` …) → absolute source file. */
  readonly entries: ReadonlyMap<string, string>;
}

/** The condition under which packages resolve to their sources. */
export const sourceCondition = "@foley-control/source";

/** Every package under `packages/` and `apps/` of a checkout, by path. */
export function readWorkspace(checkout: string): readonly WorkspacePackage[] {
  const found: WorkspacePackage[] = [];
  for (const group of ["packages", "apps"]) {
    const groupFolder = join(checkout, group);
    if (!existsSync(groupFolder)) continue;
    for (const name of readdirSync(groupFolder).sort((a, b) => (a < b ? -1 : 1))) {
      const folder = join(groupFolder, name);
      const file = join(folder, "package.json");
      if (!existsSync(file)) continue;
      const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
      const entries = new Map<string, string>();
      for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
        const source = typeof target === "string" ? undefined : target[sourceCondition];
        if (source) entries.set(subpath, join(folder, source));
      }
      found.push({ folder, path: `${group}/${name}`, manifest, entries });
    }
  }
  return found;
}

/** Every TypeScript source file below a folder, sorted; build outputs, dependencies and fixtures left out. */
export function sourceFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["node_modules", "dist", "fixtures"].includes(entry.name)) files.push(...sourceFiles(path));
    } else if (/\.(ts|tsx|mts)$/.test(entry.name) && !entry.name.endsWith(".d.ts")) {
      files.push(path);
    }
  }
  return files.sort((a, b) => (a < b ? -1 : 1));
}
