/** What a page does when its engine says nothing; channels and engines are made up, the real ones are in `browser/`. */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { expect, test } from "vitest";
import type { Channel, EngineReport, EngineSettings } from "../shared/protocol.js";
import { slownessOf } from "../slowness.js";
import { countDownloads, engineBytes } from "./downloads.js";
import { type Patience, startPatiently } from "./patience.js";

const settings = { device: "wasm", threads: undefined } as EngineSettings;

/** Engines that start when `starts` says so, and `sign()`, which the engines give. */
function engines(starts: (asked: EngineSettings) => Promise<boolean>, mayShare = true) {
  const opened: { threads: number | undefined; closed: boolean }[] = [];
  let listener = (): void => undefined;
  const open = async (): Promise<Channel> => {
    const one: (typeof opened)[number] = { threads: undefined, closed: false };
    opened.push(one);
    const request = async (_: string, ask: EngineSettings): Promise<EngineReport> => {
      one.threads = ask.threads;
      if (!(await starts(ask))) await new Promise(() => undefined);
      return { device: "wasm", threads: ask.threads ?? 4, selfTest: { passed: true, maxError: 0 } } as EngineReport;
    };
    const close = async (): Promise<void> => {
      one.closed = true;
    };
    return { separate: true, request, close } as unknown as Channel;
  };
  const patience: Patience = { seconds: 0.1, mayShare, onSign: (next) => (listener = next) };
  return { opened, sign: () => listener(), start: (asked = settings) => startPatiently(open, asked, patience) };
}

test("threads that do not start are given up for one, and that is said", async () => {
  const { opened, start } = engines(async ({ threads }) => threads === 1);
  const { report } = await start();
  expect(report).toMatchObject({ threads: 1, threadsReason: expect.stringContaining("did not start") });
  expect(slownessOf(report)).toMatch(/on one thread\. The engine's threads did not start.* 0\.1 s/);
  expect(opened).toEqual([
    { threads: undefined, closed: true },
    { threads: 1, closed: false },
  ]);
});

test("an engine of which bytes come is waited for, and threads that start stay", async () => {
  const { opened, sign, start } = engines(async () => {
    for (let i = 0; i < 6; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      sign();
    }
    return true;
  });
  const { report } = await start();
  expect(report.threads).toBe(4);
  expect(report).not.toHaveProperty("threadsReason");
  expect(slownessOf(report)).toBeUndefined();
  expect(opened).toHaveLength(1);
});

test.each([
  [true, 2],
  [false, 1],
])("an engine that never starts is an error, not a silence (isolated: %s)", async (mayShare, tries) => {
  const { opened, start } = engines(async () => false, mayShare);
  const error: unknown = await start().catch((reason: unknown) => reason);
  expect(FoleyError.isInstance(error) && error.code).toBe("device-unavailable");
  expect((error as Error).message).toMatch(/no sign of it for 0\.1 s.*\.wasm/s);
  expect(opened.map(({ closed }) => closed)).toEqual(Array.from({ length: tries }, () => true));
});

test("a page that is not isolated is told why it has one thread, unless one was asked for", async () => {
  const { start } = engines(async () => true, false);
  expect((await start()).report.threadsReason).toMatch(/Cross-Origin-Opener-Policy/);
  expect((await start({ ...settings, threads: 1 })).report).not.toHaveProperty("threadsReason");
});

test("downloads are counted as they pass, without a total where the header counts compressed bytes", async () => {
  const bytes = new Uint8Array(200_000).fill(7);
  const answered = (headers: Record<string, string>) => async () =>
    Object.defineProperty(new Response(bytes, { headers }), "url", { value: "https://example.org/assets/ort-a1.wasm?x=1" });
  const plain: unknown[] = [];
  const read = await countDownloads(answered({ "content-length": "200000", "content-type": "application/wasm" }), (news) =>
    plain.push(news),
  )("/");
  expect(read.headers.get("content-type")).toBe("application/wasm");
  expect(new Uint8Array(await read.arrayBuffer())).toEqual(bytes);
  expect(plain[0]).toMatchObject({ file: "ort-a1.wasm", total: 200_000 });
  expect(plain.at(-1)).toEqual({ type: "download", file: "ort-a1.wasm", done: 200_000, total: 200_000 });
  const packed: unknown[] = [];
  await (
    await countDownloads(answered({ "content-length": "900", "content-encoding": "gzip" }), (news) => packed.push(news))("/")
  ).text();
  expect(packed[0]).toEqual({ type: "download", file: "ort-a1.wasm", done: 200_000 });
});

test("the sizes of the engine's code are those of the installed package", () => {
  const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
  const bytes = (file: string) => statSync(join(folder, file)).size;
  expect(engineBytes).toEqual({
    wasm: bytes("ort-wasm-simd-threaded.wasm"),
    webgpu: bytes("ort-wasm-simd-threaded.asyncify.wasm"),
    jspi: bytes("ort-wasm-simd-threaded.jspi.wasm"),
  });
});
