/** What a user's npm, bundler and compiler would find in the packages as they are published: packed, linted, weighed. */
import { inParallel } from "../jobs.js";
import { checkCommand } from "./command.js";
import { type PackedPackage, packPackages } from "./pack.js";
import { type Counts, report, sum } from "./step.js";

/** Checks the packed packages with publint and "are the types wrong?". */
async function checkTarballs(): Promise<Counts> {
  const { packages, problem } = await packPackages();
  if (problem !== undefined) return report("pnpm pack", [problem]);
  const check = async ({ manifest, entries, tarball }: PackedPackage): Promise<Counts> => {
    if (tarball === undefined) return report(`pack ${manifest.name}`, [`no tarball of version ${manifest.version} was made`]);
    const lint = await checkCommand(`publint ${manifest.name}`, ["publint", "run", "--strict", tarball]);
    if (entries.size === 0) return lint; // An app has no types to resolve.
    const attw = ["attw", "--profile", "esm-only", "--format", "ascii", "--no-emoji", tarball];
    return sum([lint, await checkCommand(`types ${manifest.name}`, attw)]);
  };
  return sum(await inParallel(packages, check));
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
