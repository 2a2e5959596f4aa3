import type { Runtime } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { parametersOf } from "@foley-control/graph";
import { untrainedMini } from "@foley-control/mini";
import { nodeRuntime } from "@foley-control/runtime/node";
import { expect, it } from "vitest";
import { createFoley, type NodeTake } from "./node.js";

const mini = untrainedMini();
const quick = { steps: 2, prompt: "a metal ball" } as const;
const clip = goldenPath("clips/h264-aac.mp4");

const distance = (a: NodeTake, b: NodeTake): number =>
  a.audio.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b.audio.data[i] as number))), 0);

it("float16 rounds the backbone and leaves the bridge as it is; int8 leaves networks this narrow alone", async () => {
  const loaded: Record<string, Set<string>> = {};
  const make = async (precision: "float32" | "float16" | "int8") => {
    await using inner = nodeRuntime({ device: "cpu", worker: false, precision });
    // What is kept is asked for where graphs are loaded.
    const runtime: Runtime = {
      ...inner,
      load: (source, weights, options) => {
        const kept = [...parametersOf(source).keys()].filter((name) => options?.keepFloat32?.(name));
        loaded[source.name] = new Set(kept);
        return inner.load(source, weights, options);
      },
    };
    await using other = await createFoley({ ...mini, runtime });
    return await other.generate({ ...quick, video: clip, seed: 7 });
  };
  const [exact, half, bytes] = [await make("float32"), await make("float16"), await make("int8")];
  expect(distance(exact, half)).toBeGreaterThan(1e-5);
  // Phases are found by iteration, so that waveforms drift apart; it is as loud to a decibel.
  const power = ({ audio }: NodeTake) => audio.data.reduce((sum, x) => sum + x * x, 0);
  expect(Math.abs(10 * Math.log10(power(half) / power(exact)))).toBeLessThan(1);
  expect(distance(exact, bytes)).toBe(0);
  const bridge = new Set(mini.bridge.parameters.map(({ name }) => name));
  const kept = new Set(["denoiser.prologue", "denoiser.step"].flatMap((name) => [...(loaded[name] ?? [])]));
  expect(kept).toEqual(bridge);
  expect([...(loaded["codec.decode"] ?? [])]).toEqual([]);
});
