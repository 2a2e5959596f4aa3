import { describe, expect, it } from "vitest";
import { checkFloors } from "./floors.js";
import { manifest, writeCheckout } from "./temporary-checkout.test-support.js";

describe("checkFloors", () => {
  it("accepts imports from lower floors, Node behind /node, and tests that reach up", () => {
    const checkout = writeCheckout({
      "packages/low/package.json": manifest("low", 0),
      "packages/low/src/index.ts": `export const low = 1;`,
      "packages/low/src/index.test.ts": `import { it } from "vitest";\nimport { low } from "./index.js";`,
      "packages/high/package.json": manifest("high", 1, ["@foley-control/low"], [".", "./node"]),
      "packages/high/src/index.ts": `import type { Stats } from "node:fs";\nimport { low } from "@foley-control/low";\nexport { low };`,
      "packages/high/src/node.ts": `import { readFileSync } from "node:fs";\nexport const read = readFileSync;`,
    });
    expect(checkFloors(checkout)).toEqual([]);
  });

  it("names file and line of an import from the same or a higher floor", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 3, ["@foley-control/b", "@foley-control/c"]),
      "packages/a/src/index.ts": `// first\nimport { b } from "@foley-control/b";\nexport type { C } from "@foley-control/c/node";`,
      "packages/b/package.json": manifest("b", 3),
      "packages/b/src/index.ts": `export const b = 1;`,
      "packages/c/package.json": manifest("c", 4, [], [".", "./node"]),
      "packages/c/src/index.ts": `export const c = 1;`,
      "packages/c/src/node.ts": `export type C = 1;`,
    });
    expect(checkFloors(checkout)).toEqual([
      'packages/a/src/index.ts:2 (floor 3) imports "@foley-control/b" (floor 3); only lower floors may be imported',
      'packages/a/src/index.ts:3 (floor 3) imports "@foley-control/c/node" (floor 4); only lower floors may be imported',
    ]);
  });

  it("asks private workspaces to import packages by name, and to declare them; test material has no name", () => {
    const checkout = writeCheckout({
      "package.json": { devDependencies: { "@foley-control/a": "workspace:*", vitest: "1" } },
      "bench/package.json": { dependencies: { "@foley-control/b": "workspace:*" } },
      "bench/main.ts": `import "./part.js";\nimport "@foley-control/b";\nimport "@foley-control/a";\nimport "../packages/a/src/index.js";`,
      "bench/part.ts": `import "vitest";\nimport "../packages/a/src/tiny.test-support.js";`,
      "packages/a/package.json": manifest("a", 0),
      "packages/a/src/index.ts": "export {};",
      "packages/a/src/tiny.test-support.ts": "export {};",
    });
    expect(checkFloors(checkout)).toEqual([
      'bench/main.ts:3 imports "@foley-control/a", which bench/package.json does not declare',
      'bench/main.ts:4 imports "../packages/a/src/index.js"; bench imports packages by name',
    ]);
  });

  it("finds undeclared dependencies, in tests too, and packages without a floor", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0),
      "packages/a/src/index.ts": `const zod = await import("zod/mini");`,
      "packages/a/src/index.test.ts": `import "vitest";\nimport "left-pad";`,
      "packages/b/package.json": manifest("b", undefined),
      "packages/b/src/index.ts": `export {};`,
    });
    expect(checkFloors(checkout)).toEqual([
      'packages/a/src/index.test.ts:2 imports "left-pad", which packages/a/package.json does not declare',
      'packages/a/src/index.ts:1 imports "zod/mini", which packages/a/package.json does not declare',
      'packages/b/package.json:1 has no "foley": { "floor": N }',
    ]);
  });

  it("finds the road from a browser entry to Node", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0, [], [".", "./web", "./node"]),
      "packages/a/src/index.ts": `export { x } from "./deep/x.js";`,
      "packages/a/src/deep/x.ts": `\n\nimport { join } from "node:path";\nexport const x = join;`,
      "packages/a/src/web.ts": `new Worker(new URL("./web.worker.js", import.meta.url));`,
      "packages/a/src/web.worker.ts": `import fs from "fs";\nexport { fs };`,
      "packages/a/src/node.ts": `import "node:path";`,
    });
    expect(checkFloors(checkout)).toEqual([
      'packages/a/src/deep/x.ts:3 imports "node:path", but "@foley-control/a" must run in a browser (src/index.ts → src/deep/x.ts)',
      'packages/a/src/web.worker.ts:1 imports "fs", but "@foley-control/a/web" must run in a browser (src/web.ts → src/web.worker.ts)',
    ]);
  });

  it("finds the road from a browser entry to what is too large for a page", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0, ["zod"], [".", "./node"]),
      "packages/a/src/index.ts": `export { config } from "./config.js";\nexport { small } from "./small.js";`,
      "packages/a/src/config.ts": `import { z } from "zod";\nexport const config = z.string();`,
      "packages/a/src/small.ts": `import * as z from "zod/mini";\nexport const small = z.string();`,
      "packages/a/src/node.ts": `import "zod";`,
    });
    expect(checkFloors(checkout)).toEqual([
      'packages/a/src/config.ts:1 imports "zod", which is too large for a page; take "zod/mini" (src/index.ts → src/config.ts)',
    ]);
  });

  it("finds a browser entry that uses the Node half of a lower package", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0, [], [".", "./node"]),
      "packages/a/src/index.ts": `export {};`,
      "packages/a/src/node.ts": `export {};`,
      "packages/b/package.json": manifest("b", 1, ["@foley-control/a"]),
      "packages/b/src/index.ts": `import "@foley-control/a/node";`,
    });
    expect(checkFloors(checkout)).toEqual([
      'packages/b/src/index.ts:1 imports "@foley-control/a/node", but "@foley-control/b" must run in a browser (src/index.ts)',
    ]);
  });
});
