/** Objectives, starting values, batches and principal components against their formulas. */
import { smallBackbone } from "@foley-control/audio-backbone";
import { memoryParameters, normalArray, type PlainTensor, type Runtime } from "@foley-control/core";
import { evaluate, graph, input } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { describeScene, renderAudio } from "@foley-control/scenes";
import { afterAll, describe, expect, test } from "vitest";
import { encodedSounds } from "./encoded-sounds.js";
import { initialise, initialValue } from "./initialise.js";
import { inTheirLook } from "./motion-scenes.js";
import { binaryCrossEntropy, flowObjective, vObjective } from "./objective.js";
import { codecBatch } from "./scene-batches.js";
import { drawScenes, HELD_OUT_SEED, heardAs, trainingScene } from "./scene-draws.js";
import { soundSource } from "./sound-of.js";
import { denoiserLoss } from "./stages/denoiser.js";
import { jacobi, leadingEigenvectors } from "./stages/principal-components.js";
import { tinyBackbone } from "./testing.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

describe("objectives", () => {
  const [clean, noise, time] = [input("clean", [2, 1, 2]), input("noise", [2, 1, 2]), input("time", [2])];
  const feeds = { clean: [1, -2, 0.5, 3], noise: [0.3, 1, -1, 2], time: [0.2, 0.9] };
  test.each([
    [
      "v",
      vObjective,
      (x: number, e: number, t: number) => [
        Math.cos((Math.PI * t) / 2) * x + Math.sin((Math.PI * t) / 2) * e,
        Math.cos((Math.PI * t) / 2) * e - Math.sin((Math.PI * t) / 2) * x,
      ],
    ],
    ["flow", flowObjective, (x: number, e: number, t: number) => [(1 - t) * x + t * e, e - x]],
  ] as const)("%s follows its formula", (_name, objective, formula) => {
    const found = evaluate(graph("objective", [clean, noise, time], { ...objective(clean, noise, time) }), feeds);
    for (let i = 0; i < 4; i++) {
      const [noisy, target] = formula(feeds.clean[i] as number, feeds.noise[i] as number, feeds.time[i >> 1] as number);
      expect(found["noisy"]?.data[i]).toBeCloseTo(noisy as number, 6);
      expect(found["target"]?.data[i]).toBeCloseTo(target as number, 6);
    }
  });

  test("a cross-entropy follows its formula, and is finite for large logits", () => {
    const [logits, targets] = [input("logits", [2, 3]), input("targets", [2, 3])];
    const numbers = { logits: [1, -2, 0.5, 40, -50, 3], targets: [0, 1, 0, 1, 0, 0] };
    const found = evaluate(
      graph("entropy", [logits, targets], {
        binary: binaryCrossEntropy(logits, targets, 4),
      }),
      numbers,
    );
    const each = numbers.logits.map((x, i) => {
      const [p, y] = [1 / (1 + Math.exp(-x)), numbers.targets[i] as number];
      return y === 1 ? -4 * Math.log(p) : Math.log1p(Math.exp(x));
    });
    expect(found["binary"]?.data[0]).toBeCloseTo(each.reduce((a, b) => a + b) / 6, 6);
  });
});

test("starting values depend on seed and name alone, close branches and open norms", () => {
  const source = denoiserLoss(tinyBackbone, 1, 3);
  const [a, b, c] = [initialise(source, 1), initialise(source, 1), initialise(source, 2)];
  expect(a).toEqual(b);
  const name = "transformer.layers.0.self_attn.to_qkv.weight";
  expect(c[name]?.data).not.toEqual(a[name]?.data);
  expect(initialValue(name, a[name]?.shape ?? [], 1)).toEqual(a[name]);
  expect(a["transformer.layers.0.self_attn.to_out.weight"]?.data.every((value) => value === 0)).toBe(true);
  expect(a["transformer.layers.0.pre_norm.gamma"]?.data.every((value) => value === 1)).toBe(true);
  expect(a["transformer.layers.0.pre_norm.beta"]?.data.every((value) => value === 0)).toBe(true);
});

describe("principal components", () => {
  /** Q·diag(values)·Qᵀ for a random orthonormal Q. */
  function matrixOf(values: readonly number[], seed: number) {
    const n = values.length;
    const q = Array.from({ length: n }, (_, i) => Float64Array.from(normalArray(seed, ["q", i], n)));
    q.forEach((row, i) => {
      for (let pass = 0; pass < 2; pass++)
        for (const earlier of q.slice(0, i)) {
          const share = row.reduce((sum, x, k) => sum + x * (earlier[k] as number), 0);
          row.forEach((x, k) => {
            row[k] = x - share * (earlier[k] as number);
          });
        }
      const norm = Math.hypot(...row);
      row.forEach((x, k) => {
        row[k] = x / norm;
      });
    });
    const matrix = new Float64Array(n * n);
    for (let r = 0; r < n; r++)
      for (let c = 0; c < n; c++)
        for (let i = 0; i < n; i++)
          matrix[r * n + c] =
            (matrix[r * n + c] as number) + (values[i] as number) * (q[i]?.[r] as number) * (q[i]?.[c] as number);
    return { matrix, q };
  }

  test("jacobi finds known eigenpairs of a small matrix", () => {
    const known = [9, 4, 4, 1, 0.25, -2];
    const { matrix } = matrixOf(known, 1);
    const { values, vectors } = jacobi(matrix, 6);
    expect([...values].sort((a, b) => b - a).map((x) => Math.round(x * 1e9) / 1e9)).toEqual(known);
    for (let column = 0; column < 6; column++)
      for (let row = 0; row < 6; row++) {
        let product = 0;
        for (let k = 0; k < 6; k++) product += (matrix[row * 6 + k] as number) * (vectors[k * 6 + column] as number);
        expect(product).toBeCloseTo((values[column] as number) * (vectors[row * 6 + column] as number), 9);
      }
  });

  test("leadingEigenvectors finds the largest ones of a covariance, in order", async () => {
    const known = Array.from({ length: 48 }, (_, i) => 10 * 0.8 ** i);
    const { matrix, q } = matrixOf(known, 2);
    const { basis, values } = await leadingEigenvectors(runtime, Float32Array.from(matrix), 48, 6, 1);
    const exact = [...jacobi(matrix, 48).values].sort((a, b) => b - a);
    for (let i = 0; i < 6; i++) {
      expect(Math.abs((values[i] as number) / (known[i] as number) - 1)).toBeLessThan(1e-5);
      expect(Math.abs((values[i] as number) / (exact[i] as number) - 1)).toBeLessThan(1e-5);
      const overlap = (q[i] as Float64Array).reduce((sum, x, k) => sum + x * (basis[i * 48 + k] as number), 0);
      expect(Math.abs(overlap)).toBeGreaterThan(0.9999);
    }
  });
});

describe("batches", () => {
  test("the same step gives the same batch, another step another", () => {
    const soundOf = soundSource({ seed: 3, seconds: 1, sampleRate: 8000 });
    const options = { seed: 3, batch: 2, samples: 2048, soundOf };
    expect(codecBatch(5, options)).toEqual(codecBatch(5, options));
    expect(codecBatch(6, options)["audio"]?.data).not.toEqual(codecBatch(5, options)["audio"]?.data);
  });

  test("an emphasised class has its share, from its first step on; training never sees held-out scenes", () => {
    const emphasis = { classes: ["collide"], share: 0.5, from: 3 } as const;
    const drawn = (step: number, more: object = { emphasis }) =>
      drawScenes("denoiser", step, { seed: 3, batch: 400, ...more }).scenes;
    expect(drawn(2)).toEqual(drawn(2, {}));
    expect(drawn(3).every(({ seed }) => seed < HELD_OUT_SEED)).toBe(true);
    const five = new Set([0, 1, 2, 3, 4].map((index) => trainingScene(3, index)));
    expect(new Set(drawn(3, { pool: 5 }).map(({ seed }) => seed))).toEqual(five);
    const share = drawn(3).filter((scene) => describeScene(scene.seed, scene).class === "collide").length / 400;
    // Half of them and their usual few of the others; four standard errors are 0.1.
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.7);
  });

  test("the motion encoder sees emphasised classes drawn, of the others every fifth; each scene always alike", () => {
    expect(inTheirLook({ seed: 7, classes: ["collide"] })).toEqual({ seed: 7, classes: ["collide"], look: "drawn" });
    const looks = Array.from({ length: 100 }, (_, seed) => inTheirLook({ seed }).look);
    expect(looks.filter((look) => look === "drawn")).toHaveLength(20);
    expect(looks.filter((look) => look === "film")).toHaveLength(80);
  });

  test("half of what can be revoiced sounds of another material than is seen, always the same one", () => {
    const scenes = Array.from({ length: 400 }, (_, seed) => describeScene(seed, heardAs({ seed }, 4, 5)));
    const revoiced = scenes.filter(({ material, visibleMaterial }) => material !== visibleMaterial).length;
    // Of those with an exchangeable material, six of seven draws are another one.
    expect(revoiced / 400).toBeGreaterThan(0.2);
    expect(revoiced / 400).toBeLessThan(0.5);
    expect(describeScene(7, heardAs({ seed: 7 }, 4, 5))).toEqual(scenes[7]);
  });

  test("a sound batch holds latents, a caption and noise of each scene, by its key; a scene is encoded once", async () => {
    const bare = smallBackbone(memoryParameters({}), tinyBackbone);
    const tensors = initialise(bare.codec.encodeGraph({ frames: 2 }), 1);
    for (const [name, { data }] of Object.entries(tensors)) if (name.endsWith("scale")) data.fill(1);
    const backbone = smallBackbone(memoryParameters(tensors), tinyBackbone);
    let encoded = 0;
    const counting: Runtime = {
      ...runtime,
      async load(...of) {
        const loaded = await runtime.load(...of);
        return { ...loaded, run: (...inputs) => loaded.run(...inputs).finally(() => encoded++) };
      },
    };
    const sounds = await encodedSounds(counting, backbone, {
      seed: 3,
      seconds: 1,
      soundOf: soundSource({ seed: 3, seconds: 1, sampleRate: 8000 }),
    });
    const scenes = [{ seed: 4 }, { seed: 5, classes: ["rain"] as const }, { seed: 4 }];
    const one = await sounds.batch(scenes, "x", 1);
    expect(await sounds.batch(scenes, "x", 1)).toEqual(one);
    const other = await sounds.batch(scenes, "x", 2);
    expect(encoded).toBe(2);
    expect(Object.fromEntries(Object.entries(one).map(([name, { shape }]) => [name, shape]))).toEqual({
      latents: [3, 3, 500],
      noise: [3, 3, 500],
      ids: [3, 3],
      mask: [3, 3],
      seconds: [3],
    });
    expect(other["latents"]).toEqual(one["latents"]);
    expect(other["noise"]?.data).not.toEqual(one["noise"]?.data);
    const rain = renderAudio(5, { ...heardAs({ seed: 5, classes: ["rain"] }, 1, 3), sampleRate: 8000 });
    const codec = await runtime.load(backbone.codec.encodeGraph({ frames: 500 }), backbone.codec.weights);
    const { latents } = await codec.run({ audio: { dtype: "float32", shape: [1, 1, 8000], data: rain.audio } });
    const found = (one["latents"] as PlainTensor<"float32">).data.subarray(1500, 3000);
    for (const [i, value] of found.entries()) expect(Math.abs(value - Number(latents?.data[i]))).toBeLessThan(2e-3);
    await Promise.all([sounds.dispose(), codec.dispose()]);
  });
});
