/** The page's side of `screen.ts`: opening, the timeline of a long clip, picture against sound. Times are the page's milliseconds. */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { ViewState } from "../../src/app/session.js";
import type { Clip } from "../../src/clip/clip.js";
import { openClip } from "../../src/clip/open-clip.js";
import type { FoleyEvent } from "../../src/document/imports.js";
import { newDocument } from "../../src/document/new-document.js";
import { createDocumentStore } from "../../src/document/store.js";
import { createTimeline } from "../../src/timeline/timeline.js";
import { createPlayer } from "../../src/transport/create-player.js";

/** What is heard at which Hz. */
const RATE = 48_000;
const of = <T extends HTMLElement>(id: string): T => document.querySelector<T>(`#${id}`) as T;
const chosen = (): File => of<HTMLInputElement>("file").files?.[0] as File;

/** Opens the chosen file, shows a picture, and fills a filmstrip of `pictures`. */
async function opening(pictures: number): Promise<{ info: number; first: number; film: number; duration: number }> {
  const begun = performance.now();
  const clip = await openClip(chosen());
  const info = performance.now() - begun;
  (await clip.frameAt(0, 640))?.close();
  const first = performance.now() - begun;
  const { duration } = clip.info;
  const times = Array.from({ length: pictures }, (_, i) => (i * duration) / pictures);
  await clip.filmstrip(times, 52, (_, picture) => picture.close(), new AbortController().signal);
  const film = performance.now() - begun;
  clip.close();
  return { info, first, film, duration };
}

/** An hour with events, moved and zoomed in each animation frame; gives the script of each paint. */
async function timelinePaints(seconds: number, count: number, frames: number): Promise<readonly number[]> {
  const source = {
    ...{ name: "hour", size: 1, lastModified: 0, digest: "" },
    ...{ duration: seconds, frameRate: 25, width: 1920, height: 1080, sound: true },
  };
  const events: readonly FoleyEvent[] = Array.from({ length: count }, (_, i) => ({
    time: ((i + 0.5) * seconds) / count,
    strength: 0.2 + (i % 9) / 12,
    source: "encoder",
  }));
  const made = newDocument("hour", source);
  const take = {
    ...{ id: "take", digest: "take", sampleRate: 24_000, channels: 1, samples: seconds * 24_000 },
    onsets: events.map(({ time }, i) => time + ((i % 7) - 3) * 0.01),
  };
  const [layer] = made.layers;
  const document = {
    ...made,
    layers: [{ ...layer, cues: [{ ...layer?.cues[0], takes: [take], chosen: "take" }] }],
  } as unknown as typeof made;
  const view = createStore(() => ({
    selection: { type: "cue", cue: "cue-1" },
    found: events,
    snap: true,
  })) as unknown as StoreApi<ViewState>;
  const peaks = {
    sampleRate: RATE,
    ready: seconds,
    levels: [4096, 16_384, 65_536, 262_144].map((size) => ({
      samplesPerPeak: size,
      values: new Float32Array(2 * Math.ceil((seconds * RATE) / size)).map(
        (_, i) => (i % 2 === 0 ? -1 : 1) * Math.abs(Math.sin(i * 0.013)),
      ),
    })),
  };
  const picture = await createImageBitmap(new ImageData(92, 52));
  const clip = {
    info: {
      ...source,
      variableRate: false,
      videoCodec: "avc",
      sound: { codec: "aac", sampleRate: RATE, channels: 2, duration: seconds },
      warnings: [],
    },
    ...{
      file: new File([], "hour"),
      close: () => undefined,
      loudness: () => Promise.resolve(-20),
      sound: () => Promise.resolve([]),
      frameAt: () => Promise.resolve(undefined),
    },
    filmstrip: async (times: readonly number[], _height: number, onPicture: (index: number, picture: ImageBitmap) => void) => {
      for (const i of times.keys()) onPicture(i, await createImageBitmap(picture));
    },
    peaks: (onPeaks: (given: typeof peaks) => void) => Promise.resolve(onPeaks(peaks)),
    motion: (onMotion: (values: Float32Array, perSecond: number) => void) =>
      Promise.resolve(
        onMotion(
          new Float32Array(seconds * 10).map((_, i) => Math.abs(Math.sin(i * 0.01))),
          10,
        ),
      ),
  } as unknown as Clip;
  const elements = { host: of("host"), canvas: of<HTMLCanvasElement>("canvas"), marks: of("marks"), playhead: of("playhead") };
  const takes = { read: (_digest: string, from: number, to: number) => Promise.resolve([new Float32Array(to - from).fill(0.5)]) };
  const timeline = createTimeline(elements, { clip, view, takes, player: createPlayer(), store: createDocumentStore(document) });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  timeline.paintTimes();
  const box = elements.host.getBoundingClientRect();
  const wheel = (deltaX: number, deltaY: number, ctrlKey: boolean): boolean =>
    elements.host.dispatchEvent(
      new WheelEvent("wheel", {
        ...{ deltaX, deltaY, ctrlKey, bubbles: true, cancelable: true },
        clientX: box.left + 500,
        clientY: box.top + 60,
      }),
    );
  for (let frame = 0; frame < frames; frame++) {
    // In, about, out again: from all of it to single pictures and back.
    const phase = Math.floor(frame / 40) % 4;
    if (phase === 0) wheel(0, -120, true);
    else if (phase === 2) wheel(0, 120, true);
    else wheel(phase === 1 ? 60 : -60, 0, false);
    await new Promise(requestAnimationFrame);
  }
  const times = timeline.paintTimes();
  timeline.dispose();
  return times;
}

/** Plays the chosen file, whose picture flashes and whose sound clicks at each whole second. */
async function playing(seconds: number): Promise<{ flashes: readonly number[]; clicks: readonly number[] }> {
  const clip = await openClip(chosen());
  const player = createPlayer();
  const canvas = of<HTMLCanvasElement>("picture");
  player.show(clip, canvas);
  const source = { ...{ id: "clip", sampleRate: RATE, channels: 1, start: 0, gain: 1 }, duration: clip.info.duration };
  player.sounds([{ ...source, read: (from, to) => clip.sound(from / RATE, to / RATE, RATE) }]);
  const clicks: number[] = [];
  const flashes: number[] = [];
  tapClicks((click) => clicks.push(click));
  const eye = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  let white = true;
  const look = (): void => {
    if (!player.state.playing) return;
    eye.drawImage(canvas, 0, 0, 1, 1);
    const bright = (eye.getImageData(0, 0, 1, 1).data[1] ?? 0) > 180;
    if (bright && !white) flashes.push(performance.now());
    white = bright;
    requestAnimationFrame(look);
  };
  await player.play();
  requestAnimationFrame(look);
  await new Promise<void>((resolve) => {
    player.subscribe((state) => state.playing || resolve());
    setTimeout(resolve, seconds * 1000);
  });
  player.dispose();
  clip.close();
  return { flashes, clicks };
}

/** Hears whatever goes to the speakers, and tells when each click reaches the ear by the browser's own pair of clocks. */
function tapClicks(onClick: (moment: number) => void): void {
  // A worklet sees each sample with its number; 0.2 s of quiet come before a click.
  const code =
    "let quiet = 0; registerProcessor('tap', class extends AudioWorkletProcessor { process([[samples]]) { if (samples) for (let i = 0; i < samples.length; i++) { if (Math.abs(samples[i]) < 0.05) quiet++; else { if (quiet > 9600) this.port.postMessage((currentFrame + i) / sampleRate); quiet = 0; } } return true; } });";
  const connect = AudioNode.prototype.connect as (this: AudioNode, ...given: unknown[]) => AudioNode;
  const tap = async (node: AudioNode, context: AudioContext): Promise<void> => {
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    const worklet = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
    worklet.port.onmessage = ({ data }: MessageEvent<number>) => {
      const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
      onClick(performanceTime + (data - contextTime) * 1000);
    };
    connect.call(node, worklet);
  };
  AudioNode.prototype.connect = function (this: AudioNode, ...given: unknown[]) {
    if (given[0] instanceof AudioDestinationNode) void tap(this, this.context as AudioContext);
    return connect.apply(this, given);
  } as typeof AudioNode.prototype.connect;
}

const screen = { opening, timelinePaints, playing };
/** What the script may ask. */
export type MeasuredScreen = typeof screen;
Object.assign(globalThis, { measuredScreen: screen });
