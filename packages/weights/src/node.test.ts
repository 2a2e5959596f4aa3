import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryParameters, type PlainTensor } from "@foley-control/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSafetensors } from "./index.js";
import { openSafetensors, readParameter, writeSafetensorsFile } from "./node.js";
import { loadSafetensors, openSafetensors as openInPage } from "./web.js";

const tensors: Record<string, PlainTensor> = {
  half: { dtype: "float16", shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 1) },
  weight: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
};
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-weights-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a file gives ranges that point at its own bytes", async () => {
  const path = join(folder, "a.safetensors");
  await writeSafetensorsFile(path, tensors, { step: "3" });
  const file = await openSafetensors(path);
  expect(file.metadata).toEqual({ step: "3" });
  const stored = file.get("weight");
  expect(stored).toMatchObject({ dtype: "float32", shape: [2, 2], bytes: { kind: "file", path, length: 16 } });
  const { offset = 0, length = 0 } = stored?.bytes.kind === "file" ? stored.bytes : {};
  const raw = await readFile(path);
  expect(new Float32Array(new Uint8Array(raw.subarray(offset, offset + length)).buffer)).toEqual(Float32Array.of(1, 2, 3, 4));
  expect(await file.read("half")).toEqual(tensors["half"]);
  expect(await readParameter(file, "weight")).toEqual(tensors["weight"]);
  expect(await readParameter(memoryParameters(tensors), "weight")).toEqual(tensors["weight"]);
  await expect(readParameter(file, "nothing")).rejects.toMatchObject({ code: "bad-weights" });
  expect(new Uint8Array(raw)).toEqual(writeSafetensors(tensors, { step: "3" }));
});

test("writing replaces whole or not at all and leaves nothing beside", async () => {
  const place = join(folder, "write");
  await mkdir(join(place, "taken.safetensors"), { recursive: true });
  const path = join(place, "b.safetensors");
  await writeFile(path, "old");
  await expect(
    writeSafetensorsFile(path, { a: { dtype: "float32", shape: [9], data: new Float32Array(1) } }),
  ).rejects.toMatchObject({
    code: "invalid-argument",
  });
  expect(await readFile(path, "utf8")).toBe("old");
  await expect(writeSafetensorsFile(join(place, "taken.safetensors"), tensors)).rejects.toMatchObject({ code: "not-writable" });
  await expect(writeSafetensorsFile(join(place, "no-folder", "c.safetensors"), tensors)).rejects.toMatchObject({
    code: "not-writable",
  });
  await writeSafetensorsFile(path, tensors);
  expect((await openSafetensors(path)).names()).toEqual(["weight", "half"]);
  expect((await readdir(place)).sort()).toEqual(["b.safetensors", "taken.safetensors"]);
});

test("missing, empty and foreign files", async () => {
  await expect(openSafetensors(join(folder, "none"))).rejects.toThrow(/does not exist/);
  await expect(openSafetensors(folder)).rejects.toMatchObject({ code: "bad-file" });
  await writeFile(join(folder, "empty"), "");
  await expect(openSafetensors(join(folder, "empty"))).rejects.toThrow(/has 0 bytes/);
  await writeFile(join(folder, "text"), "PK\u0003\u0004 this is a zip archive, not weights");
  await expect(openSafetensors(join(folder, "text"))).rejects.toMatchObject({ code: "bad-file" });
});

test("blobs and URLs, whole and in parts", async () => {
  const bytes = writeSafetensors(tensors);
  const lazy = await openInPage(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  expect(await lazy.read("weight")).toEqual(tensors["weight"]);
  const ranged: typeof fetch = async (_, init) => {
    const [, start, end] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get("range") ?? "") ?? [];
    if (start === undefined) return new Response(bytes as Uint8Array<ArrayBuffer>);
    const part = bytes.slice(Number(start), Number(end) + 1);
    return new Response(part, { status: 206, headers: { "content-range": `bytes ${start}-${end}/${bytes.length}` } });
  };
  const remote = await openInPage("https://example.org/a.safetensors", { fetch: ranged });
  expect(await remote.read("half")).toEqual(tensors["half"]);
  let last = 0;
  const all = await loadSafetensors("https://example.org/a.safetensors", {
    fetch: ranged,
    onProgress: (event) => (last = event.type === "read-progress" ? event.done : last),
  });
  expect(all.tensor("weight")).toEqual(tensors["weight"]);
  expect(last).toBe(bytes.length);
  const missing: typeof fetch = async () => new Response("no", { status: 404 });
  await expect(loadSafetensors("https://example.org/b", { fetch: missing })).rejects.toThrow(/answered 404/);
  await expect(openInPage("https://example.org/b", { fetch: async () => new Response("whole") })).rejects.toThrow(
    /ignores range/,
  );
});
