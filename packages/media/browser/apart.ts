/** A file is read in a worker, which a damaged one takes with it: the page goes on, and the next file is read. */
import { FoleyError } from "@foley-control/core";
import { type MediaData, type MediaFile, openMedia, videoPacketDigest } from "@foley-control/media/web";
import { DEFAULT_LIMITS } from "../src/apart/limits.js";
import { openMedia as openInPage } from "../src/open-media.js";
import { workersOf } from "../src/web/guests.js";
import { openInWorker } from "../src/web/open-media.js";

/** What Node gives, in base64. */
export interface Files {
  readonly endless: string;
  readonly clip: string;
}

const decoded = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Equal, by what is in them. */
function assertSame(found: unknown, expected: unknown, what: string): void {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, each: unknown) => (ArrayBuffer.isView(each) ? [...(each as Uint8Array)] : each));
  assert(text(found) === text(expected), `${what} are not the same`);
}

async function refusal(opening: Promise<unknown>): Promise<FoleyError> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!FoleyError.isInstance(error)) throw new Error(`a FoleyError was expected, there came ${String(error)}`);
  return error;
}

async function allFrames(file: MediaFile): Promise<object[]> {
  const frames = [];
  for await (const { rgb, ...frame } of file.frames({ fps: 25, size: [18, 32] })) frames.push({ ...frame, rgb: rgb.slice() });
  return frames;
}

/** Bytes that a search for the next frame reads for ever, as a Blob, which the worker reads itself, and as bytes, which it asks the page for. */
export async function damagedFileIsAnError({ endless, clip }: Files): Promise<string> {
  const bytes = decoded(endless);
  const seconds: number[] = [];
  for (const data of [new File([bytes], "endless.mkv"), bytes] satisfies MediaData[]) {
    let turns = 0;
    const turning = setInterval(() => turns++, 20);
    const started = performance.now();
    const { code, message } = await refusal(openMedia(data));
    seconds.push((performance.now() - started) / 1000);
    clearInterval(turning);
    assert(code === "bad-file" && message.includes("is damaged: reading it takes work without end"), `it said ${message}`);
    assert((seconds.at(-1) as number) < 30, `that took ${seconds.at(-1)} s`);
    assert(turns > 50, `the page had ${turns} turns meanwhile`);
  }
  using next = await openMedia(new Blob([decoded(clip)]));
  assert((await allFrames(next)).length > 0, "the next file has no frames");
  return `${seconds.map((each) => each.toFixed(1)).join(" s and ")} s`;
}

/** What comes from the worker is what the page would read. */
export async function sameAsInThePage({ clip }: Files): Promise<void> {
  const bytes = decoded(clip);
  for (const data of [new File([bytes], "clip.mp4"), bytes, bytes.buffer] satisfies MediaData[]) {
    const apart = await openInWorker(data, {});
    if (!apart) throw new Error("no worker was had");
    const here = await openInPage(data);
    assertSame(apart.info, here.info, "infos");
    assertSame(await apart.audio(), await here.audio(), "sounds");
    assertSame(await allFrames(apart), await allFrames(here), "frames");
    assertSame(await videoPacketDigest(apart), await videoPacketDigest(here), "packets");
    const pcm = { sampleRate: 48_000, channels: [new Float32Array(60_000).fill(0.1), new Float32Array(60_000)] };
    const options = { original: "mix" } as const;
    assertSame(await apart.replaceAudio(pcm, options), await here.replaceAudio(pcm, options), "new files");
    assert(pcm.channels[0]?.length === 60_000 && bytes.length > 0, "what was given was given away");
    const shown = apart.pictures();
    const picture = await shown.at(1);
    assert(picture !== undefined && Math.abs(picture.time - 1) < 0.05, `the picture is of ${picture?.time} s`);
    apart.dispose();
    here.dispose();
    assert((await refusal(apart.audio())).code === "disposed", "a file that was closed is still read");
  }
}

/** A worker that is gone is an error of the file that it had; the file is read again by another one. */
export async function lostWorkerIsReplaced({ clip }: Files): Promise<void> {
  const made: Worker[] = [];
  const pool = workersOf(() => {
    const worker = new Worker("/media-worker.js", { type: "module" });
    made.push(worker);
    return worker;
  });
  const limits = { ...DEFAULT_LIMITS, workSeconds: 1 };
  const file = await openInWorker(new Blob([decoded(clip)]), {}, { readers: pool, limits });
  if (!file) throw new Error("no worker was had");
  const before = await allFrames(file);
  made[0]?.terminate();
  const { code } = await refusal(file.audio());
  assert(code === "bad-file", `the lost worker was ${code}`);
  assertSame(await allFrames(file), before, "frames of the two workers");
  assert(made.length === 2, `${made.length} workers were made`);
  const stop = new AbortController();
  const reading = file.audio({ signal: stop.signal });
  stop.abort(new Error("enough"));
  const reason = await reading.then(String, (error: unknown) => (error as Error).message);
  assert(reason === "enough", `an abort was ${reason}`);
  assert(((await file.audio()).channels[0]?.length ?? 0) > 0, "after an abort there is no sound");
  file.dispose();
}

/** Where no worker can be had, the page reads. */
export async function withoutWorkers({ clip }: Files): Promise<void> {
  const data = decoded(clip);
  for (const make of [
    () => new Worker("/there-is-none.js", { type: "module" }),
    () => {
      throw new Error("forbidden");
    },
  ])
    assert((await openInWorker(data, {}, { readers: workersOf(make) })) === undefined, "a worker came from nowhere");
  const { Worker } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, "Worker");
    assert(
      (await openInWorker(data, {}, { readers: workersOf(() => new Worker("/media-worker.js")) })) === undefined,
      "a worker",
    );
  } finally {
    globalThis.Worker = Worker;
  }
}
