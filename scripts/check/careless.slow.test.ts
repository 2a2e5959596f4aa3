/**
 * The first functions that anybody calls, as a careless caller of JavaScript calls them: arguments turned round, a path where bytes are wanted, a
 * list where text is, widths that do not fit. Each says which argument it is, what was given and what to do (those of signal: careless.test.ts there).
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertFits, bridgeConfig, freshBridge, loadBridge, saveBridge } from "@foley-control/bridge";
import { createRandom, memoryParameters, mergeParameters, normalArray, tensor } from "@foley-control/core";
import {
  appendLines,
  digestFile,
  readJsonFile,
  readTextFile,
  writeFileAtomically,
  writeJsonFile,
} from "@foley-control/files/node";
import { goldenPath } from "@foley-control/golden/node";
import { differentiate, evaluate, graph, graphFromOnnx, input, ops, parameter, toOnnx } from "@foley-control/graph";
import {
  encodeFlac,
  encodeVideo,
  encodeWav,
  fitLength,
  openMedia,
  readAudio,
  readEvents,
  resamplePcm,
  withChannels,
  writeEvents,
} from "@foley-control/media/node";
import { clipFiles, evaluateFolders, markdownTable, pairNames } from "@foley-control/metrics/node";
import { untrainedMini } from "@foley-control/mini";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { guide, sample } from "@foley-control/sampler";
import { describeScene, renderAudio } from "@foley-control/scenes";
import { parseSafetensors, writeSafetensors } from "@foley-control/weights";
import {
  openCheckpoint,
  openPytorch,
  openSafetensors,
  parseModelReference,
  readParameter,
  writeSafetensorsFile,
} from "@foley-control/weights/node";
import { afterAll, expect, it } from "vitest";
import { carelessCalls } from "../../packages/core/src/careless.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "foley-careless-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const clip = goldenPath("clips/one-frame-20ms.mp4");
const pcm = { sampleRate: 24_000, channels: [new Float32Array(2400)] };
const weight = { w: { dtype: "float32", shape: [1], data: Float32Array.of(1) } } as const;
mkdirSync(at("made"));
writeFileSync(at("made/a.wav"), encodeWav(pcm));
writeFileSync(at("t.txt"), "hello\n");
writeFileSync(at("j.json"), "{}");
writeFileSync(at("w.safetensors"), writeSafetensors(weight));

const mini = untrainedMini();
const runtime = nodeRuntime({ device: "cpu", worker: false });
afterAll(() => runtime.dispose());
const x = input("x", [1]);
const doubled = graph("g", [x], { y: ops.add(x, x) });
const sum = graph("l", [], { loss: ops.sum(parameter("w", [2]), [0]) });
/** A request that ends at once where it is in order. */
const stopped = { video: clip, steps: 1, signal: AbortSignal.abort(new Error("in order")) };

type Call = readonly [name: string, call: (...args: never[]) => unknown, args: readonly unknown[]];
const foleyCalls = async (): Promise<readonly Call[]> => {
  const foley = await createFoley({ ...mini, runtime });
  const asked = async (options: never) => {
    try {
      await foley.generate(options);
    } catch (error) {
      if ((error as Error).message !== "in order") throw error;
    }
  };
  const valid = { prompt: "a", negativePrompt: "b", seed: 1, steps: 1, guidanceScale: 1, videoStrength: 1, solver: "dpmpp-2m" };
  return [
    ["generate", asked as never, [stopped]],
    ...Object.entries(valid).map(
      ([key, value]): Call => [
        `generate ${key}`,
        ((given: unknown) => asked({ ...stopped, [key]: given } as never)) as never,
        [value],
      ],
    ),
  ];
};
const calls = async (): Promise<readonly Call[]> => {
  const file = await openMedia(clip);
  const weights = await openSafetensors(at("w.safetensors"));
  return [
    ["tensor", tensor, [["t"], [2], new Float32Array(2)]],
    ["createRandom", createRandom, [7, "a"]],
    ["normalArray", normalArray, [7, ["a"], 3]],
    ["memoryParameters", memoryParameters, [weight]],
    ["mergeParameters", mergeParameters, [mini.bridge.weights]],
    ["bridgeConfig", bridgeConfig, [mini.backbone, mini.encoder]],
    ["assertFits", assertFits, [mini.bridge, mini.backbone, mini.encoder]],
    ["loadBridge", loadBridge, [saveBridge(mini.bridge)]],
    ["saveBridge", saveBridge, [mini.bridge]],
    ["freshBridge", freshBridge, [bridgeConfig(mini.backbone, mini.encoder), 1]],
    ["sample", sample, [(z: Float32Array) => z, new Float32Array(4), { solver: "euler", prediction: "flow", steps: 2 }]],
    ["guide", guide, [() => [], {}]],
    ["encodeWav", encodeWav, [pcm, {}]],
    ["encodeFlac", encodeFlac, [pcm]],
    ["fitLength", fitLength, [pcm, 10]],
    ["resamplePcm", resamplePcm, [pcm, 12_000]],
    ["withChannels", withChannels, [pcm, 2]],
    ["readEvents", readEvents, ["[1]"]],
    ["writeEvents", writeEvents, [[{ time: 1, strength: 1, source: "file" }], "csv"]],
    ["openMedia", (async (source: string) => (await openMedia(source)).dispose()) as never, [clip]],
    ["readAudio", readAudio, [at("made/a.wav")]],
    ["frames", ((options: object) => file.frames(options).next()) as never, [{ fps: 4, size: [8, 8] }]],
    ["saveWithAudio", ((path: string, sound: typeof pcm) => file.saveWithAudio(path, sound)) as never, [at("o.mp4"), pcm]],
    ["encodeVideo", encodeVideo, [{ frames: [new Uint8Array(768)], width: 16, height: 16, fps: 4 }, at("v.mp4")]],
    ["openSafetensors", openSafetensors, [at("w.safetensors")]],
    ["openCheckpoint", openCheckpoint, [at("w.safetensors")]],
    ["openPytorch", openPytorch, [goldenPath("vjepa2/vjepa2-meta-tiny.pt")]],
    ["parseSafetensors", parseSafetensors, [readFileSync(at("w.safetensors"))]],
    ["readParameter", readParameter, [weights, "w"]],
    ["writeSafetensors", writeSafetensors, [weight, {}]],
    ["writeSafetensorsFile", writeSafetensorsFile, [at("o.safetensors"), weight]],
    ["parseModelReference", parseModelReference, ["a/b"]],
    ["evaluateFolders", evaluateFolders, [{ reference: at("made"), generated: { m: at("made") } }]],
    ...(["reference", "generated", "preset"] as const).map((key): Call => {
      const all = { reference: at("made"), generated: { m: at("made") }, preset: "scenes" };
      return [`evaluateFolders ${key}`, ((value: never) => evaluateFolders({ ...all, [key]: value })) as never, [all[key]]];
    }),
    ["pairNames", pairNames, [["a"], ["a"]]],
    ["clipFiles", clipFiles, [at("made")]],
    ["markdownTable", markdownTable, [[]]],
    ["readTextFile", readTextFile, [at("t.txt")]],
    ["readJsonFile", readJsonFile, [at("j.json")]],
    ["writeJsonFile", writeJsonFile, [at("j.json"), {}]],
    ["writeFileAtomically", writeFileAtomically as never, [at("t.txt"), "hello\n"]],
    ["appendLines", appendLines, [at("l.jsonl"), ["{}"]]],
    ["digestFile", digestFile, [at("t.txt")]],
    ["nodeRuntime", nodeRuntime, [{ device: "cpu", worker: false }]],
    [
      "load",
      (async (...given: Parameters<typeof runtime.load>) => (await runtime.load(...given)).dispose()) as never,
      [doubled, memoryParameters({})],
    ],
    ["renderAudio", renderAudio, [7, {}]],
    ["describeScene", describeScene, [7, {}]],
    ["graph", graph, ["g", [x], { y: x }]],
    ["evaluate", evaluate, [doubled, { x: [1] }]],
    ["toOnnx", toOnnx, [doubled]],
    ["graphFromOnnx", graphFromOnnx, [toOnnx(doubled)]],
    ["differentiate", differentiate, [sum, "loss", ["w"]]],
    ["createFoley", createFoley, [{ ...mini, runtime }]],
    ["loadMini", loadMini, [{}]],
  ] as readonly Call[];
};

it("careless callers are told what is wrong and what to do", { timeout: 300_000 }, async () => {
  const before = process.cwd();
  process.chdir(folder); // a text for a path is a file here
  const failures: string[] = [];
  try {
    for (const [name, call, args] of [...(await calls()), ...(await foleyCalls())])
      failures.push(...(await carelessCalls(name, call, args)));
  } finally {
    process.chdir(before);
  }
  expect(failures).toEqual([]);
});

it.each([
  [
    "bytes wanted, a path given",
    () => loadBridge("bridge.safetensors" as never),
    /^bytes is "bridge\.safetensors"; a Uint8Array was expected\. Read the file first/,
  ],
  [
    "parts turned round",
    () => bridgeConfig(mini.encoder as never, mini.backbone as never),
    /^backbone is an object with .*; an audio backbone was expected\. Pass the backbone first/,
  ],
  ["bridge of another width", () => assertFits(mini.bridge, mini.backbone, { ...mini.encoder, tokenWidth: 7 }), /token width.*7/],
  [
    "no solver",
    () => sample((z: Float32Array) => z, new Float32Array(2), { solver: "magic" as never }),
    /^solver is "magic"; .*one of .*dpmpp-2m.*Leave it out/,
  ],
  [
    "a folder for folders by name",
    () => evaluateFolders({ reference: "a", generated: "made" as never }),
    /^options\.generated is "made"; an object was expected\. Pass the folders by the name/,
  ],
  [
    "samples without a rate",
    () => encodeWav(new Float32Array(4) as never),
    /^pcm is a Float32Array of 4 values; sound as \{ sampleRate, channels \} was expected/,
  ],
  ["a promise not awaited", () => resamplePcm(readAudio(at("made/a.wav")) as never, 8000), /^pcm is a promise; /],
  ["a path in memory", () => parseSafetensors(at("w.safetensors") as never), /a Uint8Array was expected\. Read the file first/],
] as const)("%s", async (_, call, message) => {
  await expect((async () => call())()).rejects.toThrow(message);
});
