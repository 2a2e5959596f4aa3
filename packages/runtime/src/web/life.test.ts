import { afterEach, expect, test, vi } from "vitest";
import type { EngineNews } from "../shared/protocol.js";
import { holdLifeLock } from "./life.js";
import { webRuntime } from "./runtime.js";

afterEach(() => vi.unstubAllGlobals());

const report = {
  ...{ runtime: "onnxruntime-web", version: "1", device: "webgpu", threads: 1, float16: false },
  selfTest: { passed: true, maxError: 0 },
};

/** A worker that starts, and from then on says nothing of itself. */
function quietWorker() {
  const listeners = new Set<(event: { readonly data: unknown }) => void>();
  const say = (data: unknown): void => {
    for (const listener of listeners) listener({ data });
  };
  const worker = {
    postMessage({ id, name }: { readonly id: number; readonly name: string }) {
      if (name === "start") queueMicrotask(() => say({ id, answer: report }));
    },
    addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) =>
      type === "message" && listeners.add(listener),
    terminate: () => undefined,
  };
  return { worker: worker as unknown as Worker, tell: (news: EngineNews) => say({ news }) };
}

/** Locks as browsers have them: who waits for one gets it when its holder lets go. */
function stubLocks() {
  const held = new Map<string, Promise<unknown>>();
  const letGo = new Map<string, () => void>();
  const request = async (name: string, granted: () => Promise<void> | void): Promise<void> => {
    await held.get(name);
    void granted();
    held.set(name, new Promise<void>((resolve) => letGo.set(name, resolve)));
  };
  vi.stubGlobal("navigator", { locks: { request } });
  return { names: () => [...held.keys()], end: (name: string) => letGo.get(name)?.() };
}

test("a worker that ends while it is asked something does not leave the page waiting", async () => {
  const locks = stubLocks();
  const { worker, tell } = quietWorker();
  const runtime = webRuntime({ device: "wasm", worker: () => worker });
  await runtime.capabilities();
  holdLifeLock(tell);
  await vi.waitFor(() => expect(locks.names()).toHaveLength(1));
  const asked = runtime.capabilities({ devices: true });
  const refused = expect(asked).rejects.toMatchObject({
    code: "device-unavailable",
    message: expect.stringMatching(/worker has ended/),
  });
  locks.end(locks.names()[0] as string);
  await refused;
});

test("a GPU device that is lost fails what is asked, and what is asked later", async () => {
  const { worker, tell } = quietWorker();
  const runtime = webRuntime({ device: "webgpu", worker: () => worker });
  await runtime.capabilities();
  const refused = expect(runtime.capabilities({ devices: true })).rejects.toMatchObject({
    code: "device-unavailable",
    message: expect.stringMatching(/GPU device was lost: driver reset/),
  });
  tell({ type: "lost", reason: "driver reset" });
  await refused;
});
