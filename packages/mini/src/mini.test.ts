import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BridgeConfig, initialiseBridge } from "@foley-control/bridge";
import { FoleyError, float16ToFloat32, parameterTensor, type StoredParameter } from "@foley-control/core";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadMini as loadAnywhere, MINI_FILES, type MiniPart, untrainedMini } from "./index.js";
import { loadMini, packMini, writeUntrainedMini } from "./node.js";
import { UNTRAINED_VOCABULARY, untrainedSources } from "./untrained.js";
import { miniWeights } from "./weights.js";

/** Drawn once: millions of numbers. */
const untrained = untrainedMini();
const sources = untrainedSources({});
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-mini-"));
  await writeUntrainedMini(join(folder, "model"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const failure = async (work: Promise<unknown>): Promise<FoleyError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(FoleyError.isInstance(error), String(error)).toBe(true);
  return error as FoleyError;
};

describe("a model from files", () => {
  it("has three parts that fit together, their weights still in the files", async () => {
    const model = await loadMini({ directory: join(folder, "model") });
    expect(model.backbone.codec.sampleRate).toBe(24_000);
    expect(model.encoder.window / model.encoder.frameRate).toBe(4);
    expect(model.bridge.config).toMatchObject({ backbone: model.backbone.id, encoder: model.encoder.id });
    expect(model.bridge.weights.get("blocks.0.to_q.weight")?.bytes.kind).toBe("file");
    expect(model.card.vocabulary).toEqual(UNTRAINED_VOCABULARY);
    expect(Object.values(model.card.parameters).reduce((a, b) => a + b, 0)).toBeLessThan(12_500_000);
  });
  it("is the same from bytes as from files, and the same as in memory", async () => {
    const bytes = Object.fromEntries(
      await Promise.all(
        (Object.keys(MINI_FILES) as MiniPart[]).map(
          async (part) => [part, new Uint8Array(await readFile(join(folder, "model", MINI_FILES[part])))] as const,
        ),
      ),
    ) as Record<MiniPart, Uint8Array>;
    const fromBytes = await loadAnywhere(bytes);
    const inMemory = untrained;
    for (const name of inMemory.bridge.weights.names()) {
      const read = (stored: StoredParameter | undefined) => parameterTensor(name, stored as StoredParameter);
      expect(read(fromBytes.bridge.weights.get(name))).toEqual(read(inMemory.bridge.weights.get(name)));
    }
  });
  it("may be untrained with an encoder that looks once, in shorter windows; its other numbers are the same", () => {
    const quick = untrainedMini({ encoder: { window: 32, context: 4, mirroredNegative: false } });
    expect([quick.encoder.window, quick.encoder.context]).toEqual([32, 4]);
    const nodes = ({ encoder }: typeof quick) => encoder.graph({ frames: 32 }).outputs.contacts?.shape;
    expect(nodes(quick)).toEqual(nodes(untrained));
    expect([...quick.encoder.weights.names()]).toEqual([...untrained.encoder.weights.names()]);
    expect(quick.bridge.config).toEqual(untrained.bridge.config);
  });
  it("is downloaded with progress", async () => {
    const asked: string[] = [];
    const done: number[] = [];
    const model = await loadAnywhere("https://example.test/model", {
      fetch: async (address) => {
        asked.push(String(address));
        return new Response(new Uint8Array(await readFile(join(folder, "model", String(address).split("/").at(-1) as string))));
      },
      onProgress: (event) => event.type === "read-progress" && done.push(event.done),
    });
    expect(asked.sort()).toEqual(
      Object.values(MINI_FILES)
        .map((name) => `https://example.test/model/${name}`)
        .sort(),
    );
    expect(done.length).toBeGreaterThan(2);
    expect(model.backbone.seconds.trained).toBe(4);
  });
  it("names the words of a prompt that it does not know", () => {
    expect(untrained.backbone.unknownWords?.("A glass zeppelin on a ZEPPELIN, and water")).toEqual(["zeppelin", "and"]);
    expect(untrained.backbone.unknownWords?.("🎈")).toEqual([]);
  });
});

describe("files that do not belong together", () => {
  it("a missing folder and a missing file", async () => {
    expect((await failure(loadMini({ directory: join(folder, "none") }))).message).toMatch(
      /has no backbone\.safetensors, no video-encoder/,
    );
  });
  it("a bridge beside another encoder", async () => {
    const other = join(folder, "other");
    await writeUntrainedMini(other, { seed: 2 });
    await writeFile(join(other, MINI_FILES.encoder), await readFile(join(folder, "model", MINI_FILES.encoder)));
    expect((await failure(loadMini({ directory: other }))).message).toMatch(/trained with another video-encoder\.safetensors/);
    expect((await loadMini({ directory: other, verify: false })).encoder.tokenWidth).toBe(10);
  });
  it("another kind of file", async () => {
    const other = join(folder, "kind");
    await cp(join(folder, "model"), other, { recursive: true });
    await writeSafetensorsFile(
      join(other, MINI_FILES.bridge),
      { x: { dtype: "float32", shape: [1], data: new Float32Array(1) } },
      { format: "something/else" },
    );
    expect((await failure(loadMini({ directory: other }))).message).toMatch(
      /bridge\.safetensors has the format "something\/else"/,
    );
    expect(sources.bridge.metadata["format"]).toBe("foley-control/bridge@1");
  });
});

describe("packing a training", () => {
  it("takes exactly what the networks use, halves it, and leaves heads behind", async () => {
    const trained = join(folder, "trained");
    const widened = (part: MiniPart, filter: (name: string) => boolean) =>
      sources[part]
        .names()
        .filter(filter)
        .map((name) => {
          const { shape, data } = parameterTensor(name, sources[part].get(name) as StoredParameter);
          return [name, { dtype: "float32", shape, data: float16ToFloat32(data as Uint16Array) }] as const;
        });
    const head = ["head.contact.weight", { dtype: "float32", shape: [2, 96], data: new Float32Array(192) }] as const;
    for (const stage of ["codec", "denoiser", "video-encoder", "bridge"]) await mkdir(join(trained, stage), { recursive: true });
    const isCodec = (name: string) => name.startsWith("codec.");
    await writeSafetensorsFile(join(trained, "codec", "weights.safetensors"), widened("backbone", isCodec));
    await writeSafetensorsFile(
      join(trained, "denoiser", "weights.safetensors"),
      widened("backbone", (name) => !isCodec(name)),
      { config: sources.backbone.metadata["config"] as string },
    );
    await writeSafetensorsFile(join(trained, "video-encoder", "weights.safetensors"), [...widened("encoder", () => true), head]);
    expect((await failure(packMini(trained, join(folder, "packed")))).message).toMatch(/The stage "bridge" has not finished/);
    const config = JSON.parse(sources.bridge.metadata["config"] as string) as BridgeConfig;
    const writeBridge = (step: number) =>
      writeSafetensorsFile(join(trained, "bridge", "bridge.safetensors"), initialiseBridge(config, 3), {
        config: JSON.stringify(config),
        training: JSON.stringify({ step, plan: { steps: 20 } }),
      });
    await writeBridge(10);
    expect((await failure(packMini(trained, join(folder, "packed")))).message).toMatch(
      /The stage "bridge" has not finished: .* is not trained to its end/,
    );
    await writeBridge(20);
    await writeFile(join(trained, "denoiser", "ATTRIBUTION.md"), "| a maker | rain |");
    await writeFile(join(trained, "bridge", "log.jsonl"), '{"step":10,"loss":0.5}\n{"step":20,"loss":0.25}\n');
    const { bytes } = await packMini(trained, join(folder, "packed"));
    expect(Object.values(bytes).reduce((a, b) => a + b, 0)).toBeLessThan(25e6);
    expect(await readFile(join(folder, "packed", "ATTRIBUTION.md"), "utf8")).toBe("| a maker | rain |");
    const model = await loadMini({ directory: join(folder, "packed") });
    expect(model.encoder.weights.names().filter((name) => name.startsWith("head."))).toEqual([]);
    expect(model.encoder.weights.names().length).toBe(sources.encoder.names().length);
    expect(model.bridge.weights.get("blocks.0.to_kv.weight")?.dtype).toBe("float16");
    expect(model.backbone.weights.get("timestep_features.weight")?.dtype).toBe("float32");
    expect(model.card.training["bridge"]).toEqual({ steps: 20, loss: 0.25 });
  });
});

describe("the files for bundlers", () => {
  it("are the three that the package ships, each at an address of its own", async () => {
    const fetched: string[] = [];
    const fetch = async (address: unknown): Promise<Response> => {
      fetched.push(String(address));
      return new Response(await readFile(fileURLToPath(String(address))));
    };
    const model = await loadAnywhere(miniWeights, { fetch: fetch as typeof globalThis.fetch });
    expect(new Set(fetched.map((address) => address.split("/").at(-1)))).toEqual(new Set(Object.values(MINI_FILES)));
    expect(model.card).toEqual((await loadMini()).card);
  });
});
