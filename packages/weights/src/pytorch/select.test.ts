import { parameterTensor, type StoredParameter } from "@foley-control/core";
import { expect, test } from "vitest";
import { dict, none, pickle, storage, tensor, zipCheckpoint } from "../../fixtures/torch-file.js";
import { type ByteReader, memoryReader, openPytorchReader } from "../index.js";
import { failure, floats, open, trainer } from "./pytorch.test-support.js";

test("names without their prefixes, other values left out", async () => {
  const checkpoint = await open(trainer());
  const tensors = await checkpoint.tensors({ at: "target_encoder", strip: ["module.", "backbone."] });
  expect([...tensors.entries.keys()]).toEqual(["norm.weight", "proj.weight"]);
  expect((await tensors.read("norm.weight")).data).toEqual(Float32Array.of(5, 6, 7, 8));
  expect((await tensors.read("proj.weight")).data).toEqual(Float32Array.of(5, 7, 6, 8));
  const loaded = await tensors.load();
  expect(loaded.names()).toEqual(["norm.weight", "proj.weight"]);
  expect(loaded.tensor("norm.weight").data).toEqual(Float32Array.of(5, 6, 7, 8));
  expect(parameterTensor("proj.weight", loaded.get("proj.weight") as StoredParameter).data).toEqual(Float32Array.of(5, 7, 6, 8));
  await expect(tensors.read("norm.wieght")).rejects.toMatchObject({ code: "bad-weights" });
});

test("what is not chosen is not read", async () => {
  const bytes = trainer();
  const touched = new Uint8Array(bytes.length);
  const inner = memoryReader(bytes);
  const counting: ByteReader = {
    ...inner,
    read: (offset, length) => {
      touched.fill(1, offset, offset + length);
      return inner.read(offset, length);
    },
  };
  const checkpoint = await openPytorchReader(counting);
  const chosen = await checkpoint.tensors({ at: "target_encoder" });
  await chosen.load();
  const { entries: encoder } = await (await open(bytes)).tensors({ at: "encoder" });
  const { entries: moments } = await (await open(bytes)).tensors({ at: "opt" });
  for (const { offset, length } of [...encoder.values(), ...moments.values()]) {
    expect(touched.subarray(offset, offset + length).includes(1)).toBe(false);
  }
});

test("a wrong choice names the right ones", async () => {
  const checkpoint = await open(trainer());
  const whole = await failure(checkpoint.tensors());
  expect(whole.code).toBe("bad-weights");
  expect(whole.message).toMatch(/what was saved holds no tensors.*\["encoder"\] \(2\).*\["target_encoder"\] \(2\)/);
  expect((await failure(checkpoint.tensors({ at: "ema" }))).message).toMatch(/"ema" is no dictionary/);
  expect((await failure(checkpoint.tensors({ at: ["opt", "moment"] }))).message).toMatch(/"opt\/moment" is no dictionary/);
  expect((await failure((await open(zipCheckpoint(pickle(none)))).tensors())).message).toMatch(/no dictionary of tensors at all/);
});

test("prefixes that make two names one", async () => {
  const both = dict({ "module.a": tensor(storage("0", 1), 0, [1], [1]), a: tensor(storage("0", 1), 0, [1], [1]) });
  const checkpoint = await open(zipCheckpoint(pickle(both), { 0: floats(1) }));
  const error = await failure(checkpoint.tensors({ strip: ["module."] }));
  expect(error).toMatchObject({
    code: "bad-weights",
    message: expect.stringMatching(/"a" has the name of another|Both would be "a"/),
  });
});

test("a strided tensor is bounded, one in place is not", async () => {
  const repeated = tensor(storage("0", 1), 0, [1 << 14, 1 << 13], [0, 0]);
  const checkpoint = await open(zipCheckpoint(pickle(dict({ repeated })), { 0: floats(1) }));
  const error = await failure(checkpoint.tensors());
  expect(error).toMatchObject({ code: "unsupported", message: expect.stringMatching(/"repeated".*not row-major.*contiguous/) });
});
