import { expect, it } from "vitest";
import { checkLinks } from "./links.js";
import { writeCheckout } from "./temporary-checkout.test-support.js";

it("finds relative links that lead nowhere, and leaves addresses and anchors alone", () => {
  const checkout = writeCheckout({
    "README.md": "[a](docs/a.md) [b](docs/b.md#part)\n[c](https://example.org) [d](#here) ![e](docs/e.svg)",
    "docs/a.md": "[up](../README.md) [folder](../docs)",
    "node_modules/x/README.md": "[gone](gone.md)",
  });
  expect(checkLinks(checkout)).toEqual([
    "README.md:1 links to docs/b.md, which does not exist",
    "README.md:2 links to docs/e.svg, which does not exist",
  ]);
});
