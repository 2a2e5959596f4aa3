/** Packs every package as publishing would; once, however many steps read the tarballs. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { outputFolder, root, runCommand } from "./command.js";
import { readWorkspace, type WorkspacePackage } from "./workspace.js";

/** A package that is published, and what became of packing it. */
export interface PackedPackage extends WorkspacePackage {
  /** Absolute path of the tarball; `undefined` when none was made. */
  readonly tarball: string | undefined;
}

/** What packing gave. */
export interface Packed {
  /** Every package and app that is not private. */
  readonly packages: readonly PackedPackage[];
  /** What `pnpm pack` printed when it failed. */
  readonly problem: string | undefined;
}

let packed: Promise<Packed> | undefined;

/** Packs, or hands over what was packed before. Reads the builds, so the build step comes first. */
export function packPackages(): Promise<Packed> {
  return (packed ??= pack());
}

async function pack(): Promise<Packed> {
  const folder = join(outputFolder, "packages");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const published = readWorkspace(root).filter(({ manifest }) => !manifest.private);
  const filters = published.flatMap(({ manifest }) => ["--filter", manifest.name]);
  const result = await runCommand(["pnpm", "-r", ...filters, "pack", "--pack-destination", folder]);
  const made = new Set(readdirSync(folder));
  const packages = published.map((item) => {
    const { name, version } = item.manifest;
    const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
    return { ...item, tarball: made.has(file) ? join(folder, file) : undefined };
  });
  return { packages, problem: result.code === 0 ? undefined : result.output };
}
