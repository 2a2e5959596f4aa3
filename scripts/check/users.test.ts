import { describe, expect, it } from "vitest";
import { manifest, writeCheckout } from "./temporary-checkout.test-support.js";
import { checkUsers, namesTaken } from "./users.js";

describe("namesTaken", () => {
  it.each([
    [`import { a, type B, c as d } from "@foley-control/x";`, ["a", "B", "c"]],
    [`import type { A } from "@foley-control/x/node";`, ["A"]],
    [`export {\n  a,\n  b,\n} from "@foley-control/x";`, ["a", "b"]],
    [`const { a, b: c } = await import("@foley-control/x/web");`, ["a", "b"]],
    [`(await import("@foley-control/x")).a; let y: import("@foley-control/x").B;`, ["a", "B"]],
    [`import * as x from "@foley-control/x";\nx.a(x.b);`, ["a", "b"]],
    [` * import {\n *   a,\n * } from "@foley-control/x";`, ["a"]],
    [`import { a } from "./x.js";`, []],
  ])("%s", (text, names) => {
    expect(namesTaken(text)).toEqual(names.map((name) => `@foley-control/x:${name}`));
  });
});

describe("checkUsers", () => {
  it("names values that nothing outside uses and no page explains; types, and constants that comments link, may stay", () => {
    const checkout = writeCheckout({
      "packages/a/package.json": manifest("a", 0, [], [".", "./node"]),
      "packages/a/README.md": "Call `explained(1)`, which is no secret.\n\n```ts\nshown();\n```\n",
      "packages/a/src/index.ts": `export { DEFAULT, FREE, explained, guided, secret, shown, used, type Options, own } from "./a.js";`,
      "packages/a/src/node.ts": `export * from "./index.js";\nexport const lost = 1;`,
      "packages/a/src/a.ts": [
        "/** Default {@link DEFAULT}; `secret` says more. */",
        "export interface Options { readonly steps?: number }",
        "export const DEFAULT = 1, FREE = 2;",
        "export function explained() {}",
        "export function guided() {}",
        "export function secret() {}",
        "export function shown() {}",
        "export function used() {}",
        "export function own() {}",
      ].join("\n"),
      "packages/a/src/a.test.ts": `import { own } from "@foley-control/a";`,
      "packages/b/package.json": manifest("b", 1, ["a"]),
      "packages/b/src/index.ts": `import { used } from "@foley-control/a/node";\nused();`,
      "docs/guides/one.md": "`guided`",
    });
    expect(checkUsers(checkout)).toEqual({
      values: 9,
      failures: ["FREE", "own", "secret"]
        .map((name) => `packages/a/src/index.ts exports ${name}, which nothing outside the package uses and no page explains`)
        .concat("packages/a/src/node.ts exports lost, which nothing outside the package uses and no page explains"),
    });
  });
});
