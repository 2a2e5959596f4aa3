/** The TypeScript compiler. What it found is kept (`tsBuildInfoFile` in tsconfig.json), so that the next time asks only about what has changed since. */
import { join } from "node:path";
import { checkCommand, root } from "./command.js";
import type { Counts } from "./step.js";

const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

/** Checks the project of a folder; errors that an earlier call found and nobody has mended are found again. */
export function checkTypes(folder: string): Promise<Counts> {
  return checkCommand("tsc", [process.execPath, compiler, "--noEmit", "--pretty", "false", "-p", "tsconfig.json"], {
    cwd: folder,
  });
}
