import { expect, it } from "vitest";
import { checkHomes } from "./homes.js";
import { manifest, writeCheckout } from "./temporary-checkout.test-support.js";

const url = "git+https://example.org/a/b.git";
const home = {
  repository: { type: "git", url, directory: "packages/a" },
  homepage: "https://example.org/a/b/tree/main/packages/a#readme",
  bugs: { url: "https://example.org/a/b/issues" },
};

it("every package says where its source, its page and its bugs are", () => {
  const root = { repository: { type: "git", url } };
  const checked = (own: object) =>
    checkHomes(writeCheckout({ "package.json": root, "packages/a/package.json": { ...manifest("a", 0), ...own } }));
  expect(checked(home)).toEqual([]);
  expect(checked({ ...home, repository: { ...home.repository, directory: "packages/b" } })).toEqual([
    `packages/a/package.json:1 should have "repository": ${JSON.stringify(home.repository)}`,
  ]);
  expect(checked({})).toHaveLength(3);
  expect(checkHomes(writeCheckout({}))).toHaveLength(1);
});
