import { FoleyError } from "@foley-control/core";
import { expect, test, vi } from "vitest";
import { createEngine } from "./create-engine.js";
import type { EngineChoice, EngineKind, EngineState, MadeTake, TakeProgress, TakeRequest } from "./engine.js";
import type { OpenEngine, OpenedEngine } from "./running.js";
import { assertQuick } from "./speed.js";

const files = { backbone: new Uint8Array(), encoder: new Uint8Array(), bridge: new Uint8Array() };
const model = { id: "m", name: "M", files: async () => files };
const made = { onsets: [], loudness: -20, warnings: [] } as unknown as MadeTake;
const sink = { begin: async () => undefined, append: async () => undefined, read: async () => [] };
const request = { steps: 4 } as TakeRequest;
const lost = () => new FoleyError("device-unavailable", "The runtime's worker ended.");
const device = { webgpu: "webgpu", "wasm-threads": "wasm", wasm: "wasm" } as const;
const signal = () => new AbortController().signal;

/** What this machine could do, best first. */
const choices =
  (best: EngineKind, reason = "no") =>
  async () =>
    (["webgpu", "wasm-threads", "wasm"] as const).map((kind, i, all): EngineChoice & { best: boolean } => {
      const worse = all.indexOf(best) > i;
      return { kind, usable: !worse, reason: worse ? reason : undefined, best: kind === best };
    });

/** An opener that counts, and makes takes by `make`. */
function opener(make: OpenedEngine["make"] = async () => made, kindOf: (kind: EngineKind) => EngineKind = (kind) => kind) {
  const opened: EngineKind[] = [];
  const disposed: EngineKind[] = [];
  const open: OpenEngine = async (kind, _files, { onProgress }) => {
    opened.push(kind);
    onProgress(0.5, "engine.starting.engine");
    const actual = kindOf(kind);
    return {
      capabilities: {
        ...{ runtime: "ort", version: "1", device: device[actual], threads: actual === "wasm" ? 1 : 2, float16: false },
        selfTest: { passed: true, maxError: 0, ...(actual !== kind && { fellBackFrom: kind, reason: "off by 3" }) },
      },
      steps: { draft: 2, refined: 8 },
      longest: 12,
      unknownWords: (prompt) => prompt.split(" ").filter((word) => word === "zeppelin"),
      findEvents: async () => [],
      make,
      dispose: async () => void disposed.push(kind),
    };
  };
  return { open, opened, disposed };
}

test("nothing is opened before something is asked; then the best is, and says what it is", async () => {
  const { open, opened } = opener();
  const engine = createEngine({ model, open, choices: choices("wasm-threads", "no gpu") });
  const states: EngineState[] = [];
  engine.subscribe((state) => states.push(state));
  expect([engine.state.phase, opened]).toEqual(["off", []]);
  expect(await engine.make(request, sink, { signal: signal(), onProgress: () => undefined })).toBe(made);
  expect(opened).toEqual(["wasm-threads"]);
  expect(states.map(({ phase }) => phase)).toEqual(["starting", "starting", "ready"]);
  expect(engine.state).toMatchObject({ kind: "wasm-threads", threads: 2, reasons: ["no gpu"], model: { id: "m" } });
  expect(engine.unknownWords("a zeppelin")).toEqual(["zeppelin"]);
});

test("a graphics processor that fails its self-test is told of, and one that cannot start is replaced", async () => {
  const wrong = opener(undefined, () => "wasm-threads");
  const engine = createEngine({ model, open: wrong.open, choices: choices("webgpu") });
  await engine.start();
  expect(engine.state).toMatchObject({ kind: "wasm-threads" });
  expect((engine.state as { reasons: readonly string[] }).reasons.join()).toContain("off by 3");

  const right = opener();
  const failing: OpenEngine = (kind, ...rest) =>
    kind === "webgpu" ? Promise.reject(new FoleyError("device-unavailable", "No adapter.")) : right.open(kind, ...rest);
  const other = createEngine({ model, open: failing, choices: choices("webgpu") });
  await other.start("webgpu");
  expect(other.state).toMatchObject({ kind: "wasm-threads" });
  expect((other.state as { reasons: readonly string[] }).reasons.join()).toContain("No adapter");
});

test("a lost engine is started again with its job, says so, and progress does not go back", async () => {
  let attempts = 0;
  const { open, opened, disposed } = opener(async (_request, _model, _sink, { onProgress }) => {
    for (const share of [0, 0.3, 0.6, 1]) {
      onProgress({ phase: "sample", share, left: undefined });
      if (attempts === 0 && share === 0.6) {
        attempts++;
        throw lost();
      }
    }
    return made;
  });
  const engine = createEngine({ model, open, choices: choices("wasm-threads") });
  const heard: TakeProgress[] = [];
  expect(await engine.make(request, sink, { signal: signal(), onProgress: (progress) => heard.push(progress) })).toBe(made);
  expect([opened, disposed]).toEqual([["wasm-threads", "wasm-threads"], ["wasm-threads"]]);
  const shares = heard.map(({ share }) => share);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect((engine.state as { reasons: readonly string[] }).reasons.join()).toMatch(/started again/);
});

test("a graphics processor that is lost twice gives way to the processor; other errors are handed on", async () => {
  const { open, opened } = opener(async (asked) => {
    if (asked.prompt === "bad") throw new FoleyError("bad-file", "It is cut off.");
    if (opened.at(-1) === "webgpu") throw lost();
    return made;
  });
  const engine = createEngine({ model, open, choices: choices("webgpu") });
  await engine.make(request, sink, { signal: signal(), onProgress: () => undefined });
  expect(opened).toEqual(["webgpu", "webgpu", "wasm-threads"]);
  await expect(
    engine.make({ ...request, prompt: "bad" }, sink, { signal: signal(), onProgress: () => undefined }),
  ).rejects.toThrow("cut off");
  expect(opened).toHaveLength(3);
});

test("one thing is made at a time; what is cancelled while it waits is never begun", async () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const make: OpenedEngine["make"] = (asked) =>
    new Promise((resolve) => {
      begun.push(asked.prompt);
      ends.push(() => resolve(made));
    });
  const engine = createEngine({ model, open: opener(make).open, choices: choices("wasm") });
  const first = engine.make({ ...request, prompt: "a" }, sink, { signal: signal(), onProgress: () => undefined });
  const cancelled = new AbortController();
  const second = engine.make({ ...request, prompt: "b" }, sink, { signal: cancelled.signal, onProgress: () => undefined });
  const third = engine.make({ ...request, prompt: "c" }, sink, { signal: signal(), onProgress: () => undefined });
  await vi.waitFor(() => expect(begun).toEqual(["a"]));
  cancelled.abort(new Error("no longer wanted"));
  await expect(second).rejects.toThrow("no longer wanted");
  ends[0]?.();
  await first;
  await vi.waitFor(() => expect(begun).toEqual(["a", "c"]));
  ends[1]?.();
  await third;
});

test("what is cancelled says nothing more of its progress, though the step that runs is finished", async () => {
  const heard: number[] = [];
  let step = (): void => undefined;
  const make: OpenedEngine["make"] = (_request, _model, _sink, { onProgress }) =>
    new Promise(() => {
      step = () => onProgress({ phase: "sample", share: 0.5, left: undefined });
    });
  const engine = createEngine({ model, open: opener(make).open, choices: choices("wasm") });
  const cancelled = new AbortController();
  const asked = engine.make(request, sink, { signal: cancelled.signal, onProgress: ({ share }) => heard.push(share) });
  asked.catch(() => undefined);
  await vi.waitFor(() => {
    step();
    expect(heard.length).toBeGreaterThan(0);
  });
  const before = heard.length;
  cancelled.abort(new Error("no longer wanted"));
  step();
  await expect(asked).rejects.toThrow("no longer wanted");
  expect(heard).toHaveLength(before);
});

test("another kind or model ends what runs, and the job goes on there", async () => {
  const models: string[] = [];
  let release = (): void => undefined;
  const make: OpenedEngine["make"] = (_request, id) => {
    models.push(id);
    if (models.length > 1) return Promise.resolve(made);
    return new Promise((_, reject) => {
      release = () => reject(new FoleyError("disposed", "The runtime was disposed."));
    });
  };
  const { open, opened } = opener(make);
  const ending: OpenEngine = async (...given) => {
    const one = await open(...given);
    return { ...one, dispose: async () => release() };
  };
  const engine = createEngine({ model, open: ending, choices: choices("wasm-threads") });
  const asked = engine.make(request, sink, { signal: signal(), onProgress: () => undefined });
  await vi.waitFor(() => expect(models).toEqual(["m"]));
  await engine.use({ id: "n", name: "N", files: async () => files });
  expect(await asked).toBe(made);
  expect(models).toEqual(["m", "n"]);
  expect(opened).toHaveLength(2);
});

test("what cannot start says why, and can be tried again", async () => {
  let broken = true;
  const { open } = opener();
  const sometimes: OpenEngine = (...given) =>
    broken ? Promise.reject(new FoleyError("bad-file", "No connection.", { hint: "Try later." })) : open(...given);
  const engine = createEngine({ model, open: sometimes, choices: choices("wasm") });
  await expect(engine.start()).rejects.toThrow("No connection");
  expect(engine.state).toEqual({ phase: "failed", message: "No connection.", hint: "Try later." });
  broken = false;
  await engine.start();
  expect(engine.state.phase).toBe("ready");
});

test("a graphics processor that is only emulated is not begun, whoever asks for it, and it is said why", async () => {
  const { open, opened } = opener();
  const engine = createEngine({ model, open, choices: choices("wasm-threads", "emulated") });
  await engine.start("webgpu");
  expect(opened).toEqual(["wasm-threads"]);
  expect(engine.state).toMatchObject({ phase: "ready", kind: "wasm-threads", reasons: ["emulated"] });
});

test("a graphics processor that is slow gives way to the processor, and says how slow it was", async () => {
  const right = opener();
  const slow: OpenEngine = (kind, ...rest) =>
    kind === "webgpu"
      ? assertQuick(() => new Promise(() => undefined), { longest: 0.01 }).then(() => right.open(kind, ...rest))
      : right.open(kind, ...rest);
  const engine = createEngine({ model, open: slow, choices: choices("webgpu") });
  await engine.start();
  expect(engine.state).toMatchObject({ kind: "wasm-threads", reasons: [expect.stringMatching(/took 0\.0 s/)] });
});
