import { describe, expect, it } from "vitest";
import { checkDocs } from "./docs.js";
import { manifest, writeCheckout } from "./temporary-checkout.test-support.js";

describe("checkDocs", () => {
  it("lists undocumented exports and members with file and line, and nothing else", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0),
      "packages/a/src/index.ts": `export { bare, documented, type Contract, Implementation, type Options } from "./a.js";`,
      "packages/a/src/a.ts": [
        `/** Says something. */`,
        `export const documented = 1;`,
        `export const bare = 2;`,
        `/** @returns nothing but a tag */`,
        `export interface Contract {`,
        `  /** Runs, in seconds. */`,
        `  run(): number;`,
        `  stop(): void;`,
        `}`,
        `/** Implements it. */`,
        `export class Implementation implements Contract {`,
        `  run(): number {`,
        `    return this.#hidden + this.secret;`,
        `  }`,
        `  /** Stops. */`,
        `  stop(): void {}`,
        `  readonly open = 3;`,
        `  private secret = 1;`,
        `  #hidden = 1;`,
        `}`,
        `/** Options. */`,
        `export type Options = { readonly steps?: number };`,
        `const internal = 1;`,
      ].join("\n"),
    });
    expect(checkDocs(checkout)).toEqual([
      "packages/a/src/a.ts:3 bare has no doc comment",
      "packages/a/src/a.ts:5 Contract has no doc comment",
      "packages/a/src/a.ts:8 Contract.stop has no doc comment",
      "packages/a/src/a.ts:17 Implementation.open has no doc comment",
      "packages/a/src/a.ts:22 Options.steps has no doc comment",
    ]);
  });

  it("looks into namespaces", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0),
      "packages/a/src/index.ts": `export * as ops from "./ops.js";`,
      "packages/a/src/ops.ts": `/** Adds. */\nexport const add = 1;\nexport const multiply = 2;`,
    });
    expect(checkDocs(checkout)).toEqual(["packages/a/src/ops.ts:3 multiply has no doc comment"]);
  });

  it("names an entry that does not exist and leaves other packages' symbols to them", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0, [], [".", "./web"]),
      "packages/a/src/index.ts": `export { bare } from "../../b/src/index.js";`,
      "packages/b/package.json": manifest("b", 0),
      "packages/b/src/index.ts": `export const bare = 1;`,
    });
    expect(checkDocs(checkout)).toEqual([
      "packages/a/src/web.ts:1 is named in package.json but does not exist",
      "packages/b/src/index.ts:1 bare has no doc comment",
    ]);
  });
});
