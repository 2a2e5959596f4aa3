/**
 * The floor rule (docs/architecture.md): a package imports only from lower floors, declares what it imports, and keeps
 * its `.` and `./web` entries free of Node and of what no page should load. Floors are numbers in each package.json under `foley.floor`.
 */
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, relative, sep } from "node:path";
import { readReferences, resolveRelative } from "./references.js";
import { type Manifest, readWorkspace, sourceFiles, type WorkspacePackage } from "./workspace.js";

/** Modules that run in Node alone, besides its built-ins and every `@foley-control/NAME/node`. */
const nodeOnlyPackages = new Set(["onnxruntime-node", "node-av", "@mediabunny/server"]);

/** Too large for pages, and what to take there. */
const heavyModules: Readonly<Record<string, string>> = { zod: "zod/mini" };

/** `@scope/name/sub` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || builtinModules.includes(packageOf(specifier));
}

/**
 * The files that the entries (or an app's main file) reach. The rest are tests and what only tests use; none of it runs at
 * a user's, so it may reach up and use development dependencies.
 */
function shippedFiles(item: WorkspacePackage): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path) || !existsSync(path)) return;
    reached.add(path);
    for (const { specifier } of readReferences(path)) {
      const next = specifier.startsWith(".") ? resolveRelative(path, specifier) : undefined;
      if (next) visit(next);
    }
  };
  for (const entry of item.entries.size > 0 ? item.entries.values() : [join(item.folder, "src", "main.ts")]) visit(entry);
  return reached;
}

/** Imports that break the floor rule or are not declared. */
function checkImports(checkout: string, item: WorkspacePackage, floors: ReadonlyMap<string, number>): readonly string[] {
  const { manifest } = item;
  const floor = manifest.foley?.floor;
  if (floor === undefined) return [`${item.path}/package.json:1 has no "foley": { "floor": N }`];
  const shipped = new Set([
    manifest.name,
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  const rootManifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
    devDependencies?: Record<string, string>;
  };
  const development = new Set([
    ...Object.keys(manifest.devDependencies ?? {}),
    ...Object.keys(rootManifest.devDependencies ?? {}),
  ]);
  const reached = shippedFiles(item);
  const failures: string[] = [];
  for (const path of sourceFiles(join(item.folder, "src"))) {
    const test = !reached.has(path);
    for (const { specifier, line } of readReferences(path)) {
      if (specifier.startsWith(".") || isBuiltin(specifier)) continue;
      const at = `${relative(checkout, path)}:${line}`;
      const name = packageOf(specifier);
      if (!shipped.has(name) && !(test && development.has(name))) {
        failures.push(`${at} imports "${specifier}", which ${item.path}/package.json does not declare`);
        continue;
      }
      const other = floors.get(name);
      if (test || other === undefined || name === manifest.name || other < floor) continue;
      failures.push(`${at} (floor ${floor}) imports "${specifier}" (floor ${other}); only lower floors may be imported`);
    }
  }
  return failures;
}

/** Roads from a browser entry to Node or to what is too large, one per import. */
function checkBrowserEntry(checkout: string, item: WorkspacePackage, subpath: string, entry: string): readonly string[] {
  const failures: string[] = [];
  const seen = new Set<string>();
  const visit = (path: string, road: readonly string[]): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const reference of readReferences(path)) {
      if (reference.typeOnly) continue;
      if (reference.specifier.startsWith(".")) {
        const next = resolveRelative(path, reference.specifier);
        if (next) visit(next, [...road, relative(item.folder, next)]);
      } else if (Object.hasOwn(heavyModules, reference.specifier)) {
        failures.push(
          `${relative(checkout, path)}:${reference.line} imports "${reference.specifier}", which is too large for a page; take "${heavyModules[reference.specifier]}" (${road.join(" → ")})`,
        );
      } else if (
        isBuiltin(reference.specifier) ||
        nodeOnlyPackages.has(packageOf(reference.specifier)) ||
        /^@foley-control\/[^/]+\/node$/.test(reference.specifier)
      ) {
        const name = subpath === "." ? item.manifest.name : `${item.manifest.name}/${subpath.slice(2)}`;
        failures.push(
          `${relative(checkout, path)}:${reference.line} imports "${reference.specifier}", but "${name}" must run in a browser (${road.join(" → ")})`,
        );
      }
    }
  };
  visit(entry, [relative(item.folder, entry)]);
  return failures;
}

/** Private workspaces beside the packages, which use them as any project would. */
const PRIVATE = ["bench", "parity"];

/** Imports of a private workspace that are not by name or not declared; what only tests of a package hold has no name. */
function checkPrivate(checkout: string, name: string): readonly string[] {
  const folder = join(checkout, name);
  if (!existsSync(join(folder, "package.json"))) return [];
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const { devDependencies: tools } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as Manifest;
  const shared = Object.keys(tools ?? {}).filter((tool) => !tool.startsWith("@foley-control/"));
  const declared = new Set([...shared, ...Object.keys({ ...dependencies, ...devDependencies })]);
  return sourceFiles(folder).flatMap((path) =>
    readReferences(path).flatMap(({ specifier, line }) => {
      const target = specifier.startsWith(".") ? resolveRelative(path, specifier) : undefined;
      const at = `${relative(checkout, path)}:${line} imports "${specifier}"`;
      if (target !== undefined)
        return target.startsWith(`${folder}${sep}`) || /\.test-support\.ts$|[\\/]fixtures[\\/]/.test(target)
          ? []
          : [`${at}; ${name} imports packages by name`];
      if (specifier.startsWith(".") || isBuiltin(specifier) || declared.has(packageOf(specifier))) return [];
      return [`${at}, which ${name}/package.json does not declare`];
    }),
  );
}

/** Checks a checkout; each result is one broken rule as `file:line …`. Empty means all is well. */
export function checkFloors(checkout: string): readonly string[] {
  const workspace = readWorkspace(checkout);
  const floors = new Map(workspace.map((item) => [item.manifest.name, item.manifest.foley?.floor ?? Number.NaN]));
  return [
    ...workspace.flatMap((item) => [
      ...checkImports(checkout, item, floors),
      ...[...item.entries].flatMap(([subpath, entry]) =>
        subpath === "." || subpath === "./web" ? checkBrowserEntry(checkout, item, subpath, entry) : [],
      ),
    ]),
    ...PRIVATE.flatMap((name) => checkPrivate(checkout, name)),
  ];
}
