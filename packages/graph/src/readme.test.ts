/** The code of the README runs as it stands there. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as api from "./index.js";

it("runs every block of code in the README and gives the results that it states", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  // One program, as a reader would type it: later blocks use what earlier ones made.
  const body = blocks
    .join("\n")
    .replace(/^import .*$/gm, "")
    .replace(/^console\.log\((.*)\); \/\/ (.*)$/gm, "results.push([$1, $2]);");
  // oxlint-disable-next-line typescript/no-implied-eval -- the code under test is the README of this package
  const run = new Function(...Object.keys(api), `const results = []; ${body}; return results;`);
  const results = run(...Object.values(api)) as readonly (readonly [unknown, unknown])[];
  expect(results).toHaveLength(7);
  for (const [found, stated] of results) expect(found).toEqual(stated);
});
