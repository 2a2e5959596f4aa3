import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BENCHES } from "./list.js";

const here = new URL("./", import.meta.url);

it("lists every bench there is, and its page has a row for each", () => {
  const files = readdirSync(here).filter((name) => name.endsWith(".ts") && !/^(main|list|list\.test)\.ts$/.test(name));
  expect(Object.keys(BENCHES).sort()).toEqual(files.map((name) => name.slice(0, -".ts".length)).sort());
  const page = readFileSync(new URL("README.md", here), "utf8");
  expect(Object.keys(BENCHES).filter((name) => !page.includes(`| \`${name}\``) && !page.includes(`| [\`${name}\``))).toEqual([]);
});
