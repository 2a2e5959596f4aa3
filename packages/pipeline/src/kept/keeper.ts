/**
 * Finished windows of long sounds, by the digest of everything that they were made from: the networks as graphs and weights, what they were
 * conditioned on, the latents known from the window before, the settings, and what computes.
 */
import { decoderOf } from "@foley-control/audio-backbone";
import type { AudioBackbone, PlainTensor, Runtime, Warning } from "@foley-control/core";
import { denoiserGraphs } from "../generate/denoiser.js";
import { type KnownLatents, type LatentsRequest, planSampling } from "../generate/latents.js";
import { digestGraph, digestOf, digestWeights, type ReadWeights } from "./digest.js";
import { type MadeWindow, windowBytes, windowOf } from "./entry.js";
import type { WindowStore } from "./store.js";

/** To be raised when the same inputs no longer give the same numbers: solvers, guidance, noise, holding, decoding in pieces. */
const VERSION = 3;

/** What a keeper needs. */
export interface KeeperOptions {
  /** `undefined` keeps nothing. */
  readonly store: WindowStore | undefined;
  readonly backbone: AudioBackbone;
  readonly runtime: Runtime;
  readonly readWeights: ReadWeights | undefined;
  /** Hears, once, why windows are not kept. */
  readonly warn: (warning: Warning) => void;
}

/** Gives windows, made or found. */
export interface Keeper {
  /** Windows that were found. */
  readonly found: number;
  /** The window of that request: found, or made and kept. */
  window(request: LatentsRequest, make: () => Promise<MadeWindow>): Promise<MadeWindow>;
}

/** Makes a keeper for one sound. */
export function createKeeper({ store, backbone, runtime, readWeights, warn }: KeeperOptions): Keeper {
  let found = 0;
  let usable = store !== undefined;
  /** What is wrong with a store costs time, not the sound. */
  const trying = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return usable ? await work() : undefined;
    } catch (error) {
      usable = false;
      const reason = error instanceof Error ? error.message : String(error);
      const message = `Finished parts are not kept, so that a stopped run begins anew: ${reason}`;
      warn({ code: "not-kept", message, values: { reason } });
      return undefined;
    }
  };
  const graphs = new Map<string, Promise<readonly string[]>>();
  /** Digests of the graphs; the same for all windows, as a rule. */
  const digestGraphs = (request: LatentsRequest): Promise<readonly string[]> => {
    const { bridge, shape } = planSampling(request);
    const { frames } = shape.size;
    const key = JSON.stringify(shape);
    const found = graphs.get(key);
    if (found) return found;
    const { prologue, step } = denoiserGraphs(backbone.denoiser, bridge, shape);
    const { whole, piece } = decoderOf(backbone.codec, frames);
    const made = Promise.all([prologue, step, ...(whole ? [whole] : []), piece].map(digestGraph));
    graphs.set(key, made);
    return made;
  };
  const nameOf = async (request: LatentsRequest): Promise<string> => {
    const { settings, conditions, bridged, seen, place, kept } = request;
    const { bridge } = planSampling(request);
    const { runtime: name, version, device, threads, precision = "float32" } = await runtime.capabilities();
    const { prompt: _, negativePrompt: __, seed, ...how } = settings; // words are in the conditions
    const usual = backbone.sampling?.(conditions.size.frames);
    const levels = usual?.levels?.(settings.steps);
    const weights = [backbone.denoiser.weights, backbone.codec.weights, ...(bridge ? [bridge.weights] : [])];
    const tensors = [
      ...Object.entries(conditions.of).flatMap(([branch, condition]) =>
        Object.entries(condition).map(([part, tensor]) => [`${branch} ${part}`, tensor] as const),
      ),
      ...(bridged && bridge ? [["tokens", bridged.tokens] as const] : []),
      ...(place?.known ? [["known", knownOf(place.known)] as const] : []),
      ...(kept
        ? [["kept", kept.latents] as const, ["staying", { shape: [kept.shares.length], data: kept.shares }] as const]
        : []),
    ];
    return digestOf([
      JSON.stringify([VERSION, name, version, device, threads, precision]),
      JSON.stringify([backbone.id, backbone.denoiser.prediction, usual?.sigmaMin, usual?.sigmaMax]),
      JSON.stringify([usual?.shift, usual?.projection, usual?.edges, backbone.knownInputs !== undefined]),
      levels ? Float64Array.from(levels) : "",
      JSON.stringify([how, String(seed), seen, conditions.sameText, place?.from, place?.known?.fading]),
      ...(await digestGraphs(request)),
      ...(await Promise.all(weights.map((source) => digestWeights(source, readWeights)))),
      ...tensors.flatMap(([part, { shape, data }]) => [JSON.stringify([part, shape]), data]),
    ]);
  };
  return {
    get found() {
      return found;
    },
    async window(request, make) {
      const name = await trying(() => nameOf(request));
      const bytes = name && (await trying(async () => store?.get(name)));
      const kept = bytes && (await windowOf(bytes));
      if (kept) {
        found++;
        return kept;
      }
      const made = await make();
      if (name) await trying(async () => store?.put(name, await windowBytes(made)));
      return made;
    },
  };
}

/** The latents that a window begins with, and those that fade in it. */
function knownOf({ latents, from, frames: held, fading }: KnownLatents): PlainTensor<"float32"> {
  const [, channels, all] = latents.shape as readonly [number, number, number];
  const frames = held + fading;
  const data = new Float32Array(channels * frames);
  for (let channel = 0; channel < channels; channel++)
    data.set(latents.data.subarray(channel * all + from, channel * all + from + frames), channel * frames);
  return { dtype: "float32", shape: [channels, frames], data };
}
