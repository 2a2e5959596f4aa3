/** Captions beside sounds, through a small LAION-CLAP of random weights; the network itself is checked by golden cases. */

import type { TokenRows } from "@foley-control/audio-backbone";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import type { ComparedClip } from "../evaluate/clips.js";
import { evaluateSystems } from "../evaluate/evaluate.js";
import { laionClapScore } from "../metrics/agreement.js";
import { rowsOf } from "../statistics/rows.js";
import { LAION_CLAP_TOKENS, laionClapText } from "./laion-clap/laion-clap.js";
import { laionTextShapes } from "./laion-clap/shapes.test-support.js";
import { MS_CLAP_TOKENS, msClapText } from "./ms-clap/ms-clap.js";
import { msTextShapes } from "./ms-clap/shapes.test-support.js";
import { reads } from "./senses.js";
import { randomWeights } from "./small-networks.test-support.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());
const network = laionClapText(randomWeights(laionTextShapes(64, 1, 8, 40)));
const context = { runtime, seconds: 8, tag: "" };
const readers = (through: (text: string) => TokenRows) =>
  reads(network, LAION_CLAP_TOKENS, through)({ ...context, makes: ["laion-clap"] });
/** One row per letter. */
const tokenise = (text: string) => ({
  ids: BigInt64Array.from({ length: LAION_CLAP_TOKENS }, (_, i) => BigInt(i < text.length ? text.charCodeAt(i) % 32 : 1)),
  mask: Float32Array.from({ length: LAION_CLAP_TOKENS }, (_, i) => (i < text.length ? 1 : 0)),
});

describe("features of captions", () => {
  test("are a direction per text, the same for the same text", async () => {
    const reader = readers(tokenise);
    const of = async (text: string) => [...((await reader.compute(text))["laion-clap"]?.data ?? [])];
    const [dog, again, rain] = [await of("a dog barks"), await of("a dog barks"), await of("rain on a roof")];
    expect(Math.hypot(...dog)).toBeCloseTo(1, 5);
    expect(again).toEqual(dog);
    expect(Math.max(...dog.map((x, i) => Math.abs(x - (rain[i] as number))))).toBeGreaterThan(1e-3);
    await reader.dispose();
    const short = readers(() => ({ ids: new BigInt64Array(5), mask: new Float32Array(5) }));
    await expect(short.compute("x")).rejects.toThrow(/made 5 rows; expected 77/);
  });

  test("are a point per text for MS-CLAP, which needs no mask", async () => {
    const ms = msClapText(randomWeights(msTextShapes(64, 1, 8, 40)));
    const padded = (text: string) => ({ ...tokenise(text), ids: tokenise(text).ids.map((id) => (id === 1n ? 0n : id)) });
    const reader = reads(ms, MS_CLAP_TOKENS, padded)({ ...context, makes: ["ms-clap"] });
    const of = async (text: string) => [...((await reader.compute(text))["ms-clap"]?.data ?? [])];
    const [dog, again, rain] = [await of("a dog barks"), await of("a dog barks"), await of("rain on a roof")];
    expect(dog).toHaveLength(8);
    expect(again).toEqual(dog);
    expect(Math.max(...dog.map((x, i) => Math.abs(x - (rain[i] as number))))).toBeGreaterThan(1e-3);
    await reader.dispose();
    expect(reader.id).toBe(ms.id);
  });

  test("are compared with what was made; a clip without a caption is named", async () => {
    const read = [readers(tokenise)];
    const said = (await read[0]?.compute("a dog barks"))?.["laion-clap"];
    const hear = [
      {
        id: "as the caption",
        makes: ["laion-clap"],
        compute: () => Promise.resolve({ "laion-clap": said ?? rowsOf([]) }),
        dispose: () => Promise.resolve(),
      },
    ];
    const sound = {
      digest: () => Promise.resolve("x"),
      read: () => Promise.resolve({ channels: [Float32Array.of(1)], sampleRate: 8000 }),
    };
    const clip = (name: string, caption?: string): ComparedClip => ({ name, caption, generated: new Map([["mine", sound]]) });
    const kept = new Map<string, object>();
    const cache = {
      get: async (id: string, digest: string) => kept.get(id + digest) as never,
      set: async (id: string, digest: string, features: object) => void kept.set(id + digest, features),
    };
    const [report] = await evaluateSystems(["mine"], [clip("a", "a dog barks"), clip("b", "rain"), clip("c")], {
      metrics: [laionClapScore],
      hear,
      read,
      cache,
    });
    const scores = report?.results[0]?.perClip ?? {};
    expect(Object.keys(scores)).toEqual(["a", "b"]);
    expect(scores["a"]).toBeCloseTo(1, 5);
    expect(scores["b"]).toBeLessThan(0.9999);
    expect(report?.failures).toEqual([{ name: "c", features: ["text/laion-clap"], reason: "There is no caption." }]);
    expect(report?.networks.map(({ network: name }) => name)).toEqual(["laion-clap"]);
    // One of the sound, which all share, and one of each caption.
    expect(kept.size).toBe(3);
    await read[0]?.dispose();

    const shouts = [readers((text) => tokenise(`${text}!`))];
    await evaluateSystems(["mine"], [clip("a", "a dog barks")], { metrics: [laionClapScore], hear, read: shouts, cache });
    expect(kept.size, "another tokeniser, other features").toBe(4);
    await shouts[0]?.dispose();
  });
});
