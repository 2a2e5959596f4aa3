/** Folders of sounds against a folder of true ones. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { FoleyError, type Runtime } from "@foley-control/core";
import { readAudio } from "@foley-control/media/node";
import { type EvaluatedClip, type EvaluatedSound, type EvaluationReport, evaluateClips } from "../evaluate/evaluate.js";
import { pairNames } from "../evaluate/pairing.js";
import { type EvaluationPreset, evaluationPreset } from "../evaluate/presets.js";
import {
  type NamedRows,
  plainSoundFeatures,
  type SoundNetworks,
  soundFeatures,
  synchronyJudge,
} from "../evaluate/sound-features.js";
import { metricOf } from "../metrics/list.js";
import type { MetricNetwork } from "../networks/release.js";
import { folderFeatureCache } from "./feature-cache.js";

/** Options of {@link evaluateFolders}. */
export interface EvaluateFoldersOptions {
  /** Folder of the true sounds; left out for presets that need none. */
  readonly reference?: string | undefined;
  /** Folders of generated sounds by the name of the system. */
  readonly generated: Readonly<Record<string, string>>;
  /** What is measured: an id, or a preset of your own. Default `"scenes"`, which needs no weights. */
  readonly preset?: string | EvaluationPreset;
  /** First seconds of every clip that count. Default: the preset's, or all. */
  readonly seconds?: number | undefined;
  /** Runs the networks; needed with `networks`. */
  readonly runtime?: Runtime | undefined;
  /** Networks that hear. Metrics whose network is not given have no number, and the report says so. */
  readonly networks?: SoundNetworks | undefined;
  /** Synchformer's head, for DeSync. */
  readonly synchronyHead?: MetricNetwork<{ readonly windows?: number }> | undefined;
  /** Further features of a clip by its name, such as `video/imagebind` or `text/laion-clap`. */
  readonly features?: ((name: string) => NamedRows | undefined) | undefined;
  /** Folder in which features are kept. Default: nowhere. */
  readonly cache?: string | undefined;
  /** Called after each clip of each system. */
  readonly onClip?: ((system: string, done: number, of: number) => void) | undefined;
  /** Stops between two clips. */
  readonly signal?: AbortSignal | undefined;
}

/** What sounds lie in. */
const ENDINGS = new Set([".wav", ".flac", ".mp4", ".mov", ".webm", ".mkv", ".mp3", ".ogg"]);

/**
 * Evaluates the sounds of one or more systems. Files directly in the folders are paired by name without ending; what has no partner, cannot
 * be read or is too short is named in the report. Sounds are read one at a time.
 *
 * @returns One report per system, in the order in which they are given; put them into a table with `markdownTable`.
 * @throws FoleyError `not-found` for a folder that is not there or has no sounds, `invalid-argument` for an unknown preset, a name that is
 * there twice, or, with a strict preset, any clip that cannot be scored.
 * @example
 * ```ts
 * const reports = await evaluateFolders({ reference: "true", generated: { mine: "made", theirs: "other" }, cache: "features" });
 * console.log(textTable(reports));
 * ```
 */
export async function evaluateFolders(options: EvaluateFoldersOptions): Promise<readonly EvaluationReport[]> {
  const { preset: asked = "scenes", runtime, networks, synchronyHead, onClip, signal } = options;
  const preset = typeof asked === "string" ? evaluationPreset(asked) : asked;
  const seconds = options.seconds ?? preset.seconds ?? Number.MAX_SAFE_INTEGER;
  if (!(seconds > 0)) throw new FoleyError("invalid-argument", `seconds is ${seconds}; expected a number above 0.`);
  if ((networks || synchronyHead) && !runtime)
    throw new FoleyError("invalid-argument", "Networks were given without a runtime.", { hint: "Pass runtime: nodeRuntime()." });
  const metrics = preset.metrics.map(metricOf);
  const truth = options.reference === undefined ? new Map<string, string>() : await soundsOf(options.reference);
  const hear = [plainSoundFeatures(seconds), ...(runtime && networks ? soundFeatures(runtime, networks, seconds) : [])];
  const judge = runtime && synchronyHead ? synchronyJudge(runtime, synchronyHead, seconds) : undefined;
  const cache = options.cache === undefined ? undefined : folderFeatureCache(options.cache);
  const digests = new Map<string, Promise<string>>();
  try {
    const reports: EvaluationReport[] = [];
    for (const [system, folder] of Object.entries(options.generated)) {
      const made = await soundsOf(folder);
      const { pairs, onlyReference, onlyGenerated } = pairNames([...truth.keys()], [...made.keys()], preset.clean);
      const clip = (name: string, reference?: string, generated?: string): EvaluatedClip => ({
        name,
        reference: reference === undefined ? undefined : soundAt(reference, digests),
        generated: generated === undefined ? undefined : soundAt(generated, digests),
        features: options.features?.(name),
      });
      const clips = [
        ...pairs.map((pair) => clip(pair.name, truth.get(pair.reference), made.get(pair.generated))),
        ...onlyReference.map((name) => clip(name, truth.get(name))),
        ...onlyGenerated.map((name) => clip(name, undefined, made.get(name))),
      ];
      reports.push(
        await evaluateClips(clips, {
          system,
          metrics,
          hear,
          judge,
          cache,
          strict: preset.strict,
          signal,
          onClip: (done, of) => onClip?.(system, done, of),
        }),
      );
    }
    return reports;
  } finally {
    await Promise.all([...hear, ...(judge ? [judge] : [])].map((one) => one.dispose()));
  }
}

/** Paths of the sounds directly in a folder, by name without ending, in order. */
async function soundsOf(folder: string): Promise<Map<string, string>> {
  let files: string[];
  try {
    files = await readdir(folder);
  } catch (cause) {
    throw new FoleyError("not-found", `The folder ${folder} cannot be read.`, { hint: "Check its path.", cause });
  }
  const found = new Map<string, string>();
  for (const file of files.sort()) {
    const ending = extname(file);
    if (!ENDINGS.has(ending.toLowerCase()) || file.startsWith(".")) continue;
    const name = file.slice(0, -ending.length);
    const other = found.get(name);
    if (other !== undefined)
      throw new FoleyError("invalid-argument", `${folder} has ${other} and ${join(folder, file)}, both named "${name}".`, {
        hint: "Keep one file of each name.",
      });
    found.set(name, join(folder, file));
  }
  if (found.size === 0)
    throw new FoleyError("not-found", `${folder} has no sounds.`, {
      hint: `Expected files ending in ${[...ENDINGS].join(", ")}.`,
    });
  return found;
}

/** A file as a sound; its digest is taken when it is asked for first. */
function soundAt(path: string, digests: Map<string, Promise<string>>): EvaluatedSound {
  return { digest: () => remembered(path, digests), read: () => readAudio(path) };
}

function remembered(path: string, digests: Map<string, Promise<string>>): Promise<string> {
  const known = digests.get(path);
  if (known) return known;
  const made = digestOf(path);
  digests.set(path, made);
  return made;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest("hex");
}
