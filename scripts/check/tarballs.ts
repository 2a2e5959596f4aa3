/**
 * What publint and "are the types wrong?" say of packed packages. Asked in this process: their commands read a compiler each time they are started,
 * which takes ten times as long as looking at a package.
 */
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { problemKindInfo } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** Ways of resolving that our packages do not serve: they are modules, and name their entries in `exports`. */
const NOT_SERVED: readonly unknown[] = ["node10", "node16-cjs"];

/** What publint finds in a tarball, suggestions left out. */
export async function lintTarball(tarball: string): Promise<readonly string[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball);
  const content = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const { messages, pkg } = await publint({ pack: { tarball: content }, strict: true });
  return messages.flatMap((message) =>
    message.type === "suggestion" ? [] : [formatMessage(message, pkg, { color: false }) ?? message.code],
  );
}

/** What is wrong with the types of a tarball, for those who import it as a module. */
export async function wrongTypes(tarball: string): Promise<readonly string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
  if (!analysis.types) return ["it has no types"];
  return analysis.problems
    .filter((problem) => !("resolutionKind" in problem && NOT_SERVED.includes(problem.resolutionKind)))
    .map(describeProblem);
}

/** What the problem is and where it is, without each file that was looked for. */
const describeProblem = (problem: Problem): string => {
  const { title, description } = problemKindInfo[problem.kind];
  return `${title}: ${description}\n${JSON.stringify(problem, (key, value: unknown) => (key === "trace" ? undefined : value))}`;
};
