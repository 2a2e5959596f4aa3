import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkApi, updateApi } from "./api.js";
import { manifest, writeCheckout } from "./temporary-checkout.test-support.js";

const files = {
  "packages/a/package.json": manifest("a", 0, [], [".", "./node"]),
  "packages/a/src/index.ts": `export * from "./a.js";\nexport * as more from "./more.js";`,
  "packages/a/src/node.ts": `export * from "./index.js";\n/** Reads. */\nexport const read = (path: string) => path.length;\nimport { z } from "zod";\n/** Made. */\nexport const made = z.object({ a: 1 });`,
  "packages/a/src/more.ts": `/** Adds. */\nexport const add = (a: number, b = 1) => a + b;`,
  "packages/a/src/a.ts": [
    `interface Hidden { readonly depth: number }`,
    `/** Default. */`,
    `export const DEFAULT_STEPS = 24;`,
    `/** Options. */`,
    `export interface Options extends Hidden {`,
    `  /** How many. Default {@link DEFAULT_STEPS}. */`,
    `  readonly steps?: number;`,
    `}`,
    `/** Runs. */`,
    `export function run(name: string, { steps = DEFAULT_STEPS }: Options = { depth: 1 }) {`,
    `  return [name, steps] as const;`,
    `}`,
    `/** Two ways. */`,
    `export function twice(x: number): number;`,
    `export function twice(x: string): string;`,
    `export function twice(x: never): unknown {`,
    `  return x;`,
    `}`,
    `/** Counts. */`,
    `export class Counter {`,
    `  static readonly first = 1;`,
    `  #count = 0;`,
    `  private secret = 1;`,
    `  constructor(start: number) {`,
    `    this.#count = start + this.secret;`,
    `  }`,
    `  get count() {`,
    `    return this.#count;`,
    `  }`,
    `  add(by = 1): void {`,
    `    this.#count += by;`,
    `  }`,
    `}`,
  ].join("\n"),
};

describe("reports of what entries offer", () => {
  it("show values and types without comments, bodies and private parts, and what is seen through them", () => {
    const checkout = writeCheckout(files);
    expect(updateApi(checkout)).toEqual(["packages/a/api/index.txt", "packages/a/api/node.txt"]);
    expect(readFileSync(join(checkout, "packages/a/api/index.txt"), "utf8")).toBe(`@foley-control/a: 5 values, 1 types

class Counter {
    static readonly first: 1;
    constructor(start: number);
    get count(): number;
    add(by?: number): void;
}

const DEFAULT_STEPS: 24;

interface Options extends Hidden {
    readonly steps?: number;
}

namespace more {
    const add: (a: number, b?: number) => number;
}

function run(name: string, options?: Options): readonly [string, number];
function twice(x: number): number;
function twice(x: string): string;

seen through these, without a name outside:

interface Hidden {
    readonly depth: number;
}
`);
    expect(readFileSync(join(checkout, "packages/a/api/node.txt"), "utf8")).toBe(`@foley-control/a/node: 7 values, 1 types

all of .

const made = z.object({ a: 1 });
const read: (path: string) => number;
`);
  });

  it("fail with what differs when an entry has grown or a report is left over, and pass when written anew", () => {
    const checkout = writeCheckout(files);
    expect(checkApi(checkout)[1]).toMatch(
      /^packages\/a\/api\/node.txt is not what the entry offers; `npm run api`[\s\S]*\+ all of \./,
    );
    updateApi(checkout);
    expect(checkApi(checkout)).toEqual([]);
    const report = join(checkout, "packages/a/api/index.txt");
    writeFileSync(report, readFileSync(report, "utf8").replace("DEFAULT_STEPS: 24", "DEFAULT_STEPS: 8"));
    mkdirSync(join(checkout, "packages/a/api"), { recursive: true });
    writeFileSync(join(checkout, "packages/a/api/web.txt"), "");
    expect(checkApi(checkout)).toEqual([
      expect.stringMatching(/index.txt is not[^\n]*\n- const DEFAULT_STEPS: 8;\n\+ const DEFAULT_STEPS: 24;$/),
      expect.stringMatching(/^packages\/a\/api\/web.txt is of no entry/),
    ]);
    expect(updateApi(checkout)).toEqual(["packages/a/api/web.txt", "packages/a/api/index.txt"]);
    rmSync(join(checkout, "packages/a/api/node.txt"));
    expect(checkApi(checkout)).toHaveLength(1);
  });
});
