/**
 * What a library says is for whoever calls it: a program, a server, a page. So its texts name its own options and functions, and no flag or
 * command of an app; the command line puts its own words in their place (apps/cli/src/errors.ts).
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readWorkspace, sourceFiles } from "./workspace.js";

/** A command of the app, a flag, or the place where both are typed; not a property of CSS, nor what Node itself is given. */
const OF_AN_APP =
  /\bfoley [a-z]+|\bcommand line\b|(?<=^|[\s(`"'])--(?!conditions=|max-semi-space-size=)[a-z][a-z-]*(?![a-z-]*[:)])/;

/** Lines of the libraries of a checkout that name an app, as `file:line …`; comments and tests are free to. Empty means all is well. */
export function checkMessages(checkout: string): readonly string[] {
  return readWorkspace(checkout)
    .filter(({ path }) => path.startsWith("packages/"))
    .flatMap(({ folder }) => sourceFiles(join(folder, "src")))
    .filter((path) => !/\.test(-\w+)?\.ts$/.test(path))
    .flatMap((path) =>
      readFileSync(path, "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const found = /^\s*(\*|\/\/|\/\*)/.test(line) ? null : OF_AN_APP.exec(line);
          return found ? [`${relative(checkout, path)}:${index + 1} says "${found[0]}", which is an app's word`] : [];
        }),
    );
}
