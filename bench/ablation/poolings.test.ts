import { createRandom, type PlainTensor } from "@foley-control/core";
import { loadMini } from "@foley-control/mini/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, expect, test } from "vitest";
import { pooledEncoder } from "./poolings.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

test("the mean over the patches of a time step is its frame token", async () => {
  const { encoder } = await loadMini();
  const frames = 8;
  const [height, width] = encoder.imageSize;
  const random = createRandom(1, "pixels");
  const shape = [1, frames, 3, height, width];
  const pixels: PlainTensor = {
    dtype: "float32",
    shape,
    data: Float32Array.from({ length: frames * 3 * height * width }, () => random.normal()),
  };
  const tokensOf = async (pooling: "frame" | "grid") => {
    const { graph, weights } = pooledEncoder(encoder, pooling);
    const executable = await runtime.load(graph({ frames }), weights);
    const { tokens } = await executable.run({ pixels });
    await executable.dispose();
    return tokens as PlainTensor<"float32">;
  };
  const [frame, grid] = [await tokensOf("frame"), await tokensOf("grid")];
  const steps = frames / 2;
  const size = encoder.tokenWidth;
  expect(frame.shape).toEqual([1, steps, size]);
  expect(grid.shape).toEqual([1, 4 * steps, size]);
  for (let i = 0; i < frame.data.length; i++) {
    const [step, channel] = [Math.floor(i / size), i % size];
    let sum = 0;
    for (let patch = 0; patch < 4; patch++) sum += grid.data[(4 * step + patch) * size + channel] as number;
    expect(Math.abs(sum / 4 - (frame.data[i] as number))).toBeLessThan(1e-5);
  }
});
