import { expect, it } from "vitest";
import { checkCircles } from "./circles.js";
import { manifest, writeCheckout } from "./temporary-checkout.test-support.js";

const circle = (first: string, last: string) =>
  writeCheckout({
    "packages/a/package.json": manifest("a", 0),
    "packages/a/src/index.ts": first,
    "packages/a/src/middle.ts": `export * from "./last.js";`,
    "packages/a/src/last.ts": `\n${last}`,
  });

it.each([
  ["import()", `await import("./middle.js");`, `export const x = await import("./index.js");`],
  ["import", `import "./middle.js";`, `import "./index.js";`],
  ["a type", `import type { X } from "./middle.js";`, `export type { X } from "./index.js";`],
])("finds a circle through %s, once", (_, first, last) => {
  expect(checkCircles(circle(first, last))).toEqual([
    "packages/a/src/last.ts:2 closes a circle of imports (packages/a/src/index.ts → packages/a/src/middle.ts → packages/a/src/last.ts → packages/a/src/index.ts)",
  ]);
});

it("lets two files import a third, and a file name the worker that imports it", () => {
  const checkout = writeCheckout({
    "packages/a/package.json": manifest("a", 0),
    "packages/a/src/index.ts": `import "./left.js";\nimport "./right.js";\nnew Worker(new URL("./worker.js", import.meta.url));`,
    "packages/a/src/left.ts": `import "./right.js";`,
    "packages/a/src/right.ts": `export {};`,
    "packages/a/src/worker.ts": `import "./index.js";`,
  });
  expect(checkCircles(checkout)).toEqual([]);
});

it("finds circles outside of packages, and a file that imports itself", () => {
  const checkout = writeCheckout({ "scripts/x.ts": `import "./x.js";` });
  expect(checkCircles(checkout)).toEqual(["scripts/x.ts:1 closes a circle of imports (scripts/x.ts → scripts/x.ts)"]);
});
