/** The order in which files begin. */
import { expect, test } from "vitest";
import type { TestSpecification } from "vitest/node";
import { SlowFirst } from "./slow-first.js";

const file = (name: string, isolate = true): TestSpecification =>
  ({ moduleId: `/${name}.test.ts`, project: { name, config: { isolate, sequence: { groupOrder: 0 } } } }) as TestSpecification;

test("slow files come first, those that share a process last", async () => {
  const cache = { getFileTestResults: () => undefined, getFileStats: () => undefined };
  const sequencer = new SlowFirst({ cache, config: { root: "/" } } as never);
  const files = [file("packages", false), file("alone"), file("slow"), file("apps")];
  expect((await sequencer.sort(files)).map(({ project }) => project.name)).toEqual(["slow", "alone", "apps", "packages"]);
});
