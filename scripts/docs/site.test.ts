import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeCheckout } from "../check/temporary-checkout.test-support.js";
import { writePages } from "./pages.js";
import { checkSite } from "./site-links.js";

/** A checkout with every kind of link, and its site; the reference is one empty page. */
function built(extra = ""): { readonly site: string; readonly page: (path: string) => string } {
  const checkout = writeCheckout({
    "README.md": `# A house\n\n[Guide](docs/guides/use.md#once--twice), [core](packages/core), [LICENSE](LICENSE), [elsewhere](https://example.test)\n${extra}`,
    "docs/guides/use.md": "# Use `it`\n\n## Once & twice\n\n![picture](../house.svg) [programs](programs), [up](../../README.md)",
    "docs/guides/programs/a.ts": "const a = 1 < 2;",
    "docs/house.svg": "<svg/>",
    "packages/core/README.md": "# core\n\n[how](#how)\n\n## How\n\n## How",
    LICENSE: "Be kind.",
  });
  const site = join(checkout, "out", "docs");
  writePages(checkout, site);
  mkdirSync(join(site, "api"));
  writeFileSync(join(site, "api", "index.html"), "");
  return { site, page: (path) => readFileSync(join(site, path), "utf8") };
}

it("makes a page of every Markdown file and of the text that is linked to; a README is the index of its folder", () => {
  const { site, page } = built();
  expect(checkSite(site)).toEqual([]);
  expect(page("index.html")).toContain('<a href="docs/guides/use.html#once--twice">');
  expect(page("index.html")).toContain('<a href="packages/core/index.html">core</a>');
  expect(page("docs/guides/use.html")).toContain("<title>Use it</title>");
  expect(page("docs/guides/use.html")).toContain('<img src="../house.svg"');
  expect(page("docs/guides/use.html")).toContain('<a href="../../index.html">Overview</a>');
  expect(page("docs/guides/programs/a.ts.html")).toContain("const a = 1 &lt; 2;");
  expect(page("packages/core/index.html")).toContain('<h2 id="how-1">');
});

it.each([
  ["[gone](docs/gone.md)", '"docs/gone.md" leads to nothing'],
  ["[top](/docs)", '"/docs" holds only where the site is at the top of its host'],
  ["[part](docs/guides/use.md#thrice)", '"docs/guides/use.html#thrice" names no part of its page'],
])("finds %s", (link, problem) => {
  expect(checkSite(built(link).site)).toEqual([`index.html: ${problem}`]);
});
