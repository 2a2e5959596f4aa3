/** What a person writes for a model. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseModelReference } from "../node.js";

describe("references", () => {
  it("paths are what looks like one or exists; the rest is of the hub", async () => {
    expect(parseModelReference("org/name")).toEqual({ kind: "hub", repository: "org/name", revision: "main" });
    expect(parseModelReference("org/na.me_1@refs/pr/7")).toMatchObject({ repository: "org/na.me_1", revision: "refs/pr/7" });
    expect(parseModelReference("./org/name")).toEqual({ kind: "path", path: join(process.cwd(), "org/name") });
    expect(parseModelReference(process.cwd())).toEqual({ kind: "path", path: process.cwd() });
  });
  it.each([
    "",
    "name",
    "a/b/c",
    "org/na--me",
    "../up",
    "org/..",
    "org/name@",
    "org/name@../x",
    "org/name@a//b",
    "-o/n",
    "o/n.git",
    "o/n\0",
  ])("%j is refused or a path that stays one", (text) => {
    if (text === "../up") expect(parseModelReference(text).kind).toBe("path");
    else expect(() => parseModelReference(text)).toThrow(/neither a file or folder/);
  });
});
