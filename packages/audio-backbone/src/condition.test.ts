/** What silence of words means, and what a condition graph is given. */
import type { AudioBackbone, PlainTensor } from "@foley-control/core";
import { graph, input, ops } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import {
  clipSize,
  conditionInputs,
  conditionOf,
  encodeText,
  encodeTexts,
  knowsSilence,
  latentsFor,
  type RunGraph,
  sampledSeconds,
} from "./condition.js";
import { tinyBackbone } from "./testing.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());
const run: RunGraph = async ({ build, weights }, inputs) => {
  const executable = await runtime.load(build(), weights);
  const outputs = await executable.run(inputs);
  await executable.dispose();
  return outputs;
};
const condition = async (backbone: AudioBackbone, text: string, seconds = 4) =>
  conditionOf(backbone, run, clipSize(backbone, seconds, [text]), { text: await encodeText(backbone, run, text), seconds });

describe("no text", () => {
  const small = tinyBackbone();
  // What "" is to T5: one token, the end of the text.
  const tokenise = (text: string) => small.text.tokenise(text.trim() === "" ? "dog" : text);
  const backbone: AudioBackbone = { ...small, text: { ...small.text, tokenise } };
  test("is a context of zeros, even where the encoder closes an empty text with a token", async () => {
    expect((await condition(backbone, "dog"))["context"]?.data.some((value) => value !== 0)).toBe(true);
    for (const text of ["", " \n"]) {
      const { context, global } = await condition(backbone, text);
      expect(context?.data.every((value) => value === 0)).toBe(true);
      expect(global?.data).toEqual((await condition(backbone, "dog"))["global"]?.data);
    }
  });
  test("is the encoded empty text where the condition graph has nothing else", async () => {
    const pooled: AudioBackbone = {
      ...backbone,
      conditionGraph: ({ batch = 1 }) => {
        const tokens = input("tokens", [batch, backbone.text.length, backbone.text.tokenWidth]);
        return graph("condition", [tokens], { pooled: ops.mean(tokens, [1]) });
      },
    };
    const said = (await condition(pooled, "dog"))["pooled"]?.data;
    expect((await condition(pooled, ""))["pooled"]?.data).toEqual(said);
    expect((await condition(pooled, "cup"))["pooled"]?.data).not.toEqual(said);
  });
});

test("texts are encoded as each alone, by one request for what reads them", async () => {
  const backbone = tinyBackbone();
  let requests = 0;
  const texts = ["dog", "", "cup"];
  const together = await encodeTexts(
    backbone,
    (part, inputs) => {
      requests++;
      return Promise.all(inputs.map((one) => run(part, one)));
    },
    texts,
  );
  expect(requests).toBe(1);
  expect(together).toEqual(await Promise.all(texts.map((text) => encodeText(backbone, run, text))));
});

test("a text without words is not read where the condition graph puts something in its place", async () => {
  const backbone = tinyBackbone();
  const size = clipSize(backbone, 4, ["dog", ""]);
  const asked: number[] = [];
  const counted: Parameters<typeof encodeTexts>[1] = (part, inputs) => {
    asked.push(inputs.length);
    return Promise.all(inputs.map((one) => run(part, one)));
  };
  const options = { rows: size.rows?.["tokens"], leavesEmpty: knowsSilence(backbone, size) };
  const [none, words] = await encodeTexts(backbone, counted, ["", "dog"], options);
  expect(words?.tokens).toEqual((await encodeText(backbone, run, "dog", options.rows)).tokens);
  const empty = await encodeText(backbone, run, "", options.rows);
  const said = async (text: typeof empty) => {
    const condition = await conditionOf(backbone, run, size, { text, seconds: 4 });
    // Of what is multiplied by 0 the sign may stay.
    return Object.entries(condition).map(([name, { data }]) => [name, Array.from(data, (value) => value + 0)]);
  };
  expect(await said(none as typeof empty)).toEqual(await said(empty));
  await encodeTexts(backbone, counted, ["", " "], options);
  expect(asked).toEqual([1]);
  const asOthers: AudioBackbone = { ...backbone, conditionGraph: () => graph("condition", [input("tokens", [1, 5, 12])], {}) };
  expect(knowsSilence(asOthers, size)).toBe(false);
});

describe("a condition graph is given", () => {
  const small = tinyBackbone();
  const rows = (backbone: AudioBackbone): Parameters<typeof conditionInputs>[2] => ({
    tokens: { dtype: "float32", shape: [1, 5, 12], data: new Float32Array(60) },
    mask: { dtype: "float32", shape: [1, 5], data: new Float32Array(5) },
    textKept: { dtype: "float32", shape: [1], data: Float32Array.of(1) },
    seconds: 9,
    video: backbone.streams.length === 0 ? undefined : { looks: numbered(3) },
  });
  const numbered = (count: number): PlainTensor<"float32"> => ({
    dtype: "float32",
    shape: [1, count, 1],
    data: Float32Array.from({ length: count }, (_, i) => i + 1),
  });
  const reading = (names: readonly string[]) =>
    graph(
      "condition",
      names.map((name) => input(name, [1])),
      {},
    );
  test("what it reads and nothing else; seconds as long as it was trained on", () => {
    const inputs = conditionInputs(
      { ...small, seconds: { trained: 4, maximum: 12 } },
      reading(["secondsTotal", "textKept"]),
      rows(small),
    );
    expect(Object.keys(inputs)).toEqual(["secondsTotal", "textKept"]);
    expect([...(inputs["secondsTotal"]?.data ?? [])]).toEqual([4]);
  });
  test("its streams, cut to their rows or the last one held, and whether there is a picture", () => {
    const encoder = { tokenWidth: 1 } as AudioBackbone["streams"][number]["encoder"];
    const looking = (count: number): AudioBackbone => ({ ...small, streams: [{ name: "looks", encoder, rows: () => count }] });
    const given = (count: number, backbone = looking(count)) =>
      conditionInputs(backbone, reading(["looks", "videoKept"]), rows(backbone));
    expect([...(given(2)["looks"]?.data ?? [])]).toEqual([1, 2]);
    expect([...(given(5)["looks"]?.data ?? [])]).toEqual([1, 2, 3, 3, 3]);
    expect([...(given(2)["videoKept"]?.data ?? [])]).toEqual([1]);
    const blind = conditionInputs(looking(2), reading(["looks", "videoKept"]), { ...rows(small), video: undefined });
    expect([blind["looks"]?.data, blind["videoKept"]?.data].map((data) => [...(data ?? [])])).toEqual([[0, 0], [0]]);
    expect(clipSize(looking(7), 4)).toEqual({ frames: small.frames(4), rows: { looks: 7 } });
  });
});

test("a clip is sampled as long as the backbone makes at least, in latents that cover it", () => {
  expect(sampledSeconds({ seconds: { minimum: 4, maximum: 12 } }, 1.5)).toBe(4);
  expect(sampledSeconds({ seconds: { maximum: 12 } }, 1.5)).toBe(1.5);
  expect(latentsFor({ sampleRate: 44_100, hop: 2048 }, 2048 / 44_100)).toBe(1);
  expect(latentsFor({ sampleRate: 44_100, hop: 2048 }, 2049 / 44_100)).toBe(2);
});
