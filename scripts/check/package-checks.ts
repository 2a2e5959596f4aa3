/** What a user's npm, bundler and compiler would find in the packages as they are published: packed, linted, weighed. */
import { checkCommand } from "./command.js";
import { packPackages } from "./pack.js";
import { type Counts, report, sum } from "./step.js";
import { lintTarball, wrongTypes } from "./tarballs.js";

/** Checks the packed packages, one after the other: nothing here waits. */
async function checkTarballs(): Promise<Counts> {
  const { packages, problem } = await packPackages();
  if (problem !== undefined) return report("pnpm pack", [problem]);
  const counts: Counts[] = [];
  for (const { manifest, entries, tarball } of packages) {
    if (tarball === undefined) {
      counts.push(report(`pack ${manifest.name}`, [`no tarball of version ${manifest.version} was made`]));
      continue;
    }
    counts.push(report(`publint ${manifest.name}`, await lintTarball(tarball)));
    // An app has no types to resolve.
    if (entries.size > 0) counts.push(report(`types ${manifest.name}`, await wrongTypes(tarball)));
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
