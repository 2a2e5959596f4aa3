/** What a user's npm, bundler and compiler would find in the packages as they are published: packed, linted, weighed. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkCommand, outputFolder, root, runCommand } from "./command.js";
import { type Counts, report, sum } from "./step.js";
import { readWorkspace } from "./workspace.js";

/** Packs every package as publishing would and checks the tarballs with publint and "are the types wrong?". */
async function checkTarballs(): Promise<Counts> {
  const folder = join(outputFolder, "packages");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const filters = ["--filter", "./packages/*", "--filter", "./apps/*"];
  const packed = await runCommand(["pnpm", "-r", ...filters, "pack", "--pack-destination", folder]);
  if (packed.code !== 0) return report("pnpm pack", [packed.output]);
  const counts: Counts[] = [];
  for (const item of readWorkspace(root)) {
    if (item.manifest.private) continue;
    const tarball = `${item.manifest.name.replace("@", "").replace("/", "-")}-${item.manifest.version}.tgz`;
    if (!readdirSync(folder).includes(tarball)) {
      counts.push(report(`pack ${item.manifest.name}`, [`${tarball} was not made`]));
      continue;
    }
    counts.push(await checkCommand(`publint ${item.manifest.name}`, ["publint", "run", "--strict", join(folder, tarball)]));
    if (item.entries.size === 0) continue; // An app has no types to resolve.
    counts.push(
      await checkCommand(`types ${item.manifest.name}`, [
        "attw",
        "--profile",
        "esm-only",
        "--format",
        "ascii",
        "--no-emoji",
        join(folder, tarball),
      ]),
    );
  }
  return sum(counts);
}

/** All package checks; they read the builds, so the build step comes first. */
export async function checkPackages(): Promise<Counts> {
  return sum([
    await checkTarballs(),
    await checkCommand("knip (unused files, exports, dependencies)", ["knip", "--no-progress", "--no-config-hints"]),
    await checkCommand("sherif (workspace manifests)", ["sherif"]),
    await checkCommand("size-limit (bytes per entry)", ["size-limit"]),
  ]);
}
