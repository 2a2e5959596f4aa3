import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { root } from "./command.js";
import { writeCheckout } from "./temporary-checkout.test-support.js";
import { checkTypes } from "./types.js";

it("finds an error that a change makes in a file that did not change, again and again until it is mended", async () => {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const checkout = writeCheckout({
    "tsconfig.json": { compilerOptions: { ...compilerOptions, strict: true, lib: ["ES5"], types: [] }, include: ["*.ts"] },
    "a.ts": "export const a = 1;",
    "b.ts": `import { a } from "./a.js";\nexport const b: number = a;`,
    "c.ts": "export const c = 1;",
  });
  const failed = async () => (await checkTypes(checkout)).failed;
  expect(await failed()).toBe(0);
  expect(existsSync(join(checkout, compilerOptions.tsBuildInfoFile))).toBe(true);
  writeFileSync(join(checkout, "a.ts"), `export const a = "text";`);
  expect(await failed()).toBe(1);
  expect(await failed()).toBe(1);
  expect(printed.mock.calls.flat().join("\n")).toContain("b.ts(2,14): error TS2322");
  writeFileSync(join(checkout, "a.ts"), "export const a = 2;");
  expect(await failed()).toBe(0);
});
