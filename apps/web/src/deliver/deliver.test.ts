import { openMedia } from "@foley-control/media/web";
import { beforeAll, expect, test, vi } from "vitest";
import type { Layer, StudioDocument, TakeReference } from "../document/document.js";
import { newDocument } from "../document/new-document.js";
import { deliver } from "./deliver.js";
import type { DeliverFormat } from "./formats.js";
import type { Target } from "./targets.js";

const RATE = 24_000;
const SAMPLES = 2 * RATE;
const sound = Float32Array.from({ length: SAMPLES }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / RATE));
const take = { id: "t", digest: "d", sampleRate: RATE, channels: 1, samples: SAMPLES } as unknown as TakeReference;
const takes = { read: async (_digest: string, from: number, to: number) => [sound.slice(from, to)] };

/** What a browser has, and is not asked for anything: what is written is opened, not decoded. */
beforeAll(() => {
  for (const name of ["VideoDecoder", "AudioDecoder"]) vi.stubGlobal(name, class {});
  return () => vi.unstubAllGlobals();
});

/** A document whose cue begins at `start`, with one take or none. */
function documentOf({ start = 0, chosen = true }: { readonly start?: number; readonly chosen?: boolean } = {}): StudioDocument {
  const document = newDocument("A: clip/1.mp4", { duration: start + 2 } as NonNullable<StudioDocument["source"]>);
  const [layer] = document.layers as readonly [Layer];
  const cues = layer.cues.map((cue) => ({ ...cue, start, takes: [take], chosen: chosen ? "t" : undefined }));
  return { ...document, layers: [{ ...layer, cues }] };
}

/** A place in memory that counts what is done with it. */
function place() {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const done: string[] = [];
  const target: Target = {
    way: "memory",
    stream: new WritableStream({ write: (part) => void parts.push(part.slice()), close: () => void done.push("closed") }),
    file: async () => new File(parts, "x"),
    give: async () => void done.push("given"),
    discard: async () => void done.push("discarded"),
  };
  return { target, done };
}

const saved = (
  document: StudioDocument,
  format: DeliverFormat,
  { target }: { target: Target },
  signal = new AbortController().signal,
) => {
  const shares: number[] = [];
  const result = deliver({
    ...{ document, file: undefined, takes, format, target, signal },
    onProgress: (share) => shares.push(share),
  });
  return result.then((delivered) => ({ ...delivered, shares }));
};

test.each(["wav", "flac"] as const)("%s is as long as the clip, silent before the cue, and what was promised", async (format) => {
  const to = place();
  const { checks, bytes, shares } = await saved(documentOf({ start: 0.5 }), format, to);
  expect(checks.map(({ what, same }) => [what, same])).toEqual([
    ["deliver.check.container", true],
    ["deliver.check.sound", true],
  ]);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(to.done).toEqual(["closed", "given"]);
  const file = await to.target.file();
  expect(file.size).toBe(bytes);
  const media = await openMedia(file);
  expect(media.info.audio).toMatchObject({ sampleRate: 48_000, channels: 1, duration: 2.5 });
  media.dispose();
  if (format !== "wav") return;
  const samples = new DataView(await file.slice(44).arrayBuffer());
  const at = (seconds: number): number => samples.getInt16(3 * Math.round(seconds * 48_000) + 1, true) / 32_768;
  expect(Math.abs(at(0.25))).toBe(0);
  expect(at(0.5 + 1.25 / 440)).toBeCloseTo(0.5, 2);
});

test("without a take there is nothing to save, and nothing is left behind", async () => {
  const to = place();
  await expect(saved(documentOf({ chosen: false }), "wav", to)).rejects.toMatchObject({ code: "no-audio" });
  expect(to.done).toEqual(["discarded"]);
});

test("what is stopped is not handed over", async () => {
  const to = place();
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  await expect(saved(documentOf(), "wav", to, stop.signal)).rejects.toThrow("stopped");
  expect(to.done).toEqual(["discarded"]);
});

test("a video cannot be saved while it is not open", async () => {
  const to = place();
  await expect(saved(documentOf(), "mp4", to)).rejects.toMatchObject({ code: "no-video" });
});
