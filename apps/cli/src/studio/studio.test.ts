import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ran } from "../testing.js";

test("a video that is not there is said before anything is served", async () => {
  const folder = await mkdtemp(join(tmpdir(), "foley-studio-"));
  const { code, err } = await ran(["studio", join(folder, "no.mp4"), "--no-open", "--port", "0"]);
  expect(code).toBe(1);
  // Where the studio is not built, that is what is said.
  expect(err).toMatch(/There is no file .*no\.mp4|The studio is not built/);
  await rm(folder, { recursive: true });
});

test("a port that is none is a mistake in the call", async () => {
  const { code, err } = await ran(["studio", "--port", "70000"]);
  expect(code).toBe(2);
  expect(err).toContain("a whole number from 0 to 65535 was expected");
});
