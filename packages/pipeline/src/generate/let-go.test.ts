/** What of a large model is loaded while its parts run: each is gone before the next, whichever backbone it is. */
import type { Graph, Runtime } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { untrainedMini } from "@foley-control/mini";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, expect, it } from "vitest";
import { createFoley } from "../node.js";

const native = nodeRuntime({ device: "cpu", worker: false });
afterAll(() => native.dispose());

/** A runtime whose networks say that they are so large, and what was loaded while each ran. */
function watched(bytesOf: (name: string) => number) {
  const alive = new Map<number, string>();
  const during = new Map<string, Set<string>>();
  let loads = 0;
  const runtime: Runtime = {
    ...native,
    async load(graph: Graph, weights, options) {
      const executable = await native.load(graph, weights, options);
      const id = loads++;
      alive.set(id, graph.name);
      const note = (): void => {
        const seen = during.get(graph.name) ?? new Set<string>();
        for (const name of alive.values()) seen.add(name);
        during.set(graph.name, seen);
      };
      return {
        weightBytes: bytesOf(graph.name),
        async run(...given) {
          note();
          return executable.run(...given);
        },
        async runOnDevice(...given) {
          note();
          return executable.runOnDevice(...given);
        },
        async dispose() {
          alive.delete(id);
          await executable.dispose();
        },
      };
    },
  };
  return { runtime, during };
}

it("decodes without the transformer, and samples without the text encoder, of a model of two gigabytes", async () => {
  const mini = untrainedMini();
  const { backbone } = mini;
  const sizes: Readonly<Record<string, number>> = {
    [backbone.text.graph().name]: 1.1e9,
    [`${backbone.denoiser.graph({ frames: 1 }).name}.step`]: 1.8e9,
    [backbone.codec.decodeGraph({ frames: 1 }).name]: 0.2e9,
  };
  const { runtime, during } = watched((name) => sizes[name] ?? 0);
  await using foley = await createFoley({ backbone, runtime });
  await foley.generate({ duration: 1, prompt: "a metal ball", steps: 2, seed: 3 });
  const [text, step, decode] = Object.keys(sizes) as [string, string, string];
  expect([...during.keys()]).toEqual(expect.arrayContaining([text, step, decode]));
  expect(during.get(step)).not.toContain(text);
  expect(during.get(decode)).not.toContain(step);
});

it("sees and samples without the decoder, which is needed last and was loaded first", async () => {
  const mini = untrainedMini();
  const { runtime, during } = watched(() => 1e6);
  await using foley = await createFoley({ ...mini, runtime });
  await foley.generate({ video: goldenPath("clips/h264-aac.mp4"), duration: 1, prompt: "a metal ball", steps: 2, seed: 3 });
  const decode = mini.backbone.codec.decodeGraph({ frames: 1 }).name;
  const others = [...during].filter(([name]) => name !== decode);
  expect(during.get(decode)).toContain(decode);
  expect(others.map(([name]) => name)).toContain(mini.encoder.graph({ frames: mini.encoder.window }).name);
  for (const [, loaded] of others) expect(loaded).not.toContain(decode);
});
