/** A project as one file: there and back again, in the shape that other programs read, and refused when one byte is another. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { expect, test } from "vitest";
import { addTake, setPrompt } from "../document/commands.js";
import { newDocument } from "../document/new-document.js";
import { takeReference } from "../document/take-reference.test-support.js";
import { createProjects } from "./create-projects.js";
import { createMemoryDisk } from "./memory-disk.js";
import { writeTake } from "./write-take.test-support.js";

function studio() {
  const disk = createMemoryDisk();
  const projects = createProjects(disk, {
    lasting: true,
    handles: { get: async () => undefined, set: async () => undefined, remove: async () => undefined },
    storage: undefined,
    lock: async () => ({ held: true, free: new Promise(() => undefined), release: () => undefined }),
  });
  return { disk, projects };
}

async function bundled(length = 1 << 16) {
  const { projects } = studio();
  const project = await projects.create(newDocument("A/B: steps"));
  const samples = new Float32Array(length).map((_, index) => Math.sin(index));
  const digest = await writeTake(project.takes, [samples, samples.map((value) => -value)], 48_000);
  const take = takeReference({ digest, channels: 2, samples: samples.length });
  project.store.dispatch(addTake("cue-1", take));
  project.store.dispatch(setPrompt("cue-1", "gravel"));
  await project.close();
  return { ...(await projects.bundle(project.id)), project, digest, samples };
}

test("a bundle is the project again on another disk, takes and undo list and all", async () => {
  // Longer than what is hashed and copied at once.
  const { name, file, project, digest, samples } = await bundled((1 << 20) + 100);
  expect(name).toBe("A_B_ steps.foley.tar");
  const other = studio();
  const opened = await other.projects.open(await other.projects.unbundle(file));
  expect(opened.store.getState()).toEqual(project.store.getState());
  const [, right] = await opened.takes.read(digest, 1000, 1010);
  expect(right).toEqual(samples.subarray(1000, 1010).map((value) => -value));
  opened.store.undo();
  expect(opened.store.getState().document.layers[0]?.cues[0]?.prompt).toBe("");
});

test("what is no bundle, a part of one, or has another byte is refused by a sentence and leaves nothing behind", async () => {
  const { file } = await bundled();
  const bytes = new Uint8Array(await file.arrayBuffer());
  const other = studio();
  const cases = [
    new Uint8Array(),
    bytes.slice(0, 700),
    bytes.slice(0, -4000),
    new Uint8Array(5000).fill(65),
    new Uint8Array(2048),
  ];
  for (const at of [130, 100_000]) cases.push(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
  for (const one of cases)
    await expect(other.projects.unbundle(new Blob([one as Uint8Array<ArrayBuffer>]))).rejects.toSatisfy(FoleyError.isInstance);
  expect(other.disk.files.size).toBe(0);
});

test("the archive is one that tar reads", async (context) => {
  const { file, digest } = await bundled();
  const folder = mkdtempSync(join(tmpdir(), "foley-bundle-"));
  try {
    writeFileSync(join(folder, "a.tar"), new Uint8Array(await file.arrayBuffer()));
    const listed = execFileSync("tar", ["-tf", join(folder, "a.tar")], { encoding: "utf8" });
    expect(listed.trim().split("\n")).toEqual(["project.json", `takes/${digest}.f32`]);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") context.skip();
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
});
