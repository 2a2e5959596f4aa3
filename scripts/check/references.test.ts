import { expect, it } from "vitest";
import { parseReferences } from "./references.js";

it("tells types from values and finds every form of import", () => {
  const text = [
    `import type { A } from "a";`,
    `import { type B } from "b";`,
    `import { type C, c } from "c";`,
    `export * from "d";`,
    `type E = import("e").E;`,
    `await import("f");`,
    `new URL("./g.js", import.meta.url);`,
    `new URL("./picture.png", import.meta.url);`,
    `import "h";`,
  ].join("\n");
  expect(parseReferences("x.ts", text)).toEqual([
    { specifier: "a", line: 1, typeOnly: true, isUrl: false },
    { specifier: "b", line: 2, typeOnly: true, isUrl: false },
    { specifier: "c", line: 3, typeOnly: false, isUrl: false },
    { specifier: "d", line: 4, typeOnly: false, isUrl: false },
    { specifier: "e", line: 5, typeOnly: true, isUrl: false },
    { specifier: "f", line: 6, typeOnly: false, isUrl: false },
    { specifier: "./g.js", line: 7, typeOnly: false, isUrl: true },
    { specifier: "h", line: 9, typeOnly: false, isUrl: false },
  ]);
});
