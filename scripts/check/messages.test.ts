import { expect, it } from "vitest";
import { checkMessages } from "./messages.js";
import { manifest, writeCheckout } from "./temporary-checkout.test-support.js";

it("finds flags and commands in the texts of libraries; comments, tests, apps and CSS may have them", () => {
  const checkout = writeCheckout({
    "packages/a/package.json": manifest("a", 0),
    "packages/a/src/index.ts": [
      "/** As `foley train` makes it, on the command line with --start. */",
      'export const hint = "Run foley train first.";',
      "export const flag = `Give --start.`;",
      'export const place = "Say so on the command line.";',
      'export const css = ":root { --paper: #fff } body { color: var(--paper) }";',
      'export const node = ["--conditions=x"];',
      "export let left = 3; left--; const t = left-- > 0;",
    ].join("\n"),
    "packages/a/src/a.test.ts": 'expect(error).toMatch("foley train");',
    "apps/b/package.json": manifest("b", 6),
    "apps/b/src/main.ts": 'console.log("foley train --start");',
  });
  expect(checkMessages(checkout)).toEqual([
    'packages/a/src/index.ts:2 says "foley train", which is an app\'s word',
    'packages/a/src/index.ts:3 says "--start", which is an app\'s word',
    'packages/a/src/index.ts:4 says "command line", which is an app\'s word',
  ]);
});
