/** Folders of sounds, of one or more systems, against a folder or a benchmark of true ones. */
import { assertHas, assertKind, FoleyError, type Runtime } from "@foley-control/core";
import { weightsDigest } from "@foley-control/weights/node";
import type { BenchmarkClip } from "../evaluate/benchmark.js";
import type { ComparedClip, EvaluatedSound, TrueClip } from "../evaluate/clips.js";
import { evaluateSystems } from "../evaluate/evaluate.js";
import { networkFeatures } from "../evaluate/network-features.js";
import { type NetworkNeed, networkNeeds } from "../evaluate/network-needs.js";
import { pairNames } from "../evaluate/pairing.js";
import { type EvaluationPreset, evaluationPreset } from "../evaluate/presets.js";
import type { EvaluationReport } from "../evaluate/report.js";
import type { FeatureMakers, NamedRows } from "../features/makers.js";
import { plainSoundFeatures, soundFacts } from "../features/plain.js";
import type { ClipMetric } from "../metrics/clip-metric.js";
import { metricOf } from "../metrics/list.js";
import type { OpenedNetwork } from "../networks/descriptor.js";
import { metricNetworks } from "../networks/list.js";
import type { BootstrapOptions } from "../statistics/bootstrap.js";
import { clipFiles, folderClips, passedOver, type TruthFolders } from "./clip-files.js";
import { folderFeatureCache } from "./feature-cache.js";
import { type Digests, soundAt, videoAt } from "./media-files.js";

/** Options of {@link evaluateFolders}. */
export interface EvaluateFoldersOptions extends TruthFolders {
  /** Clips of `readBenchmark`, in place of `reference` and `videos`. */
  readonly clips?: readonly BenchmarkClip[] | undefined;
  /** Folders of generated sounds, or videos with them, by the name of the system. */
  readonly generated: Readonly<Record<string, string>>;
  /** What is measured: an id, or a preset of your own. Default `"scenes"`, which needs no weights. */
  readonly preset?: string | EvaluationPreset;
  /** Further metrics, behind those of the preset. */
  readonly metrics?: readonly ClipMetric[];
  /** First seconds of every clip that count. Default: the preset's, or all. */
  readonly seconds?: number | undefined;
  /** Runs the networks; needed with any of them. */
  readonly runtime?: Runtime | undefined;
  /** Networks at hand. Metrics whose network is not given have no number, and the report says so. */
  readonly networks?: readonly OpenedNetwork[];
  /** Caption of a clip by its name. Default: the benchmark's. */
  readonly captions?: ((name: string) => string | undefined) | undefined;
  /** Further features of a clip by its name, such as `video/imagebind` or `text/laion-clap`. */
  readonly features?: ((name: string) => NamedRows | undefined) | undefined;
  /** Folder in which features are kept. Default: nowhere. */
  readonly cache?: string | undefined;
  /** Clips at a time. Default `DEFAULT_CLIPS_AT_A_TIME`. */
  readonly jobs?: number;
  /** Of the intervals. */
  readonly bootstrap?: BootstrapOptions | undefined;
  /**
   * Called once, before anything is read, with the networks that were given and that a metric needs: the place to show their licences.
   * What it throws ends the evaluation.
   */
  readonly onNetworks?: ((needs: readonly NetworkNeed[]) => void | Promise<void>) | undefined;
  /** Called after each clip, all systems at once. */
  readonly onClip?: ((done: number, of: number) => void) | undefined;
  /** Stops between two clips. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Evaluates the sounds of one or more systems. Files directly in the folders are paired by name without ending, see `pairNames`; what has no
 * partner, cannot be read or is too short is named in the report. What is true is read once, however many systems there are, and a few clips
 * are in memory at a time.
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
  assertKind("options", options, "object", "Pass { reference: FOLDER, generated: { NAME: FOLDER } }.");
  assertKind("options.generated", options.generated, "object", "Pass the folders by the name of the system: { mine: FOLDER }.");
  for (const [name, folder] of Object.entries(options.generated))
    assertKind(`options.generated.${name}`, folder, "text", "Pass the path of a folder.");
  for (const name of ["reference", "videos"] as const)
    if (options[name] !== undefined) assertKind(`options.${name}`, options[name], "text", "Pass the path of a folder.");
  const { preset: asked = "scenes", networks = [], runtime, cache, signal } = options;
  const preset = typeof asked === "string" ? evaluationPreset(asked) : asked;
  assertHas("options.preset", preset, "metrics", "the name of a preset, or a preset", "Leave it out for scenes.");
  const seconds = options.seconds ?? preset.seconds;
  if (seconds !== undefined && !(seconds > 0 && Number.isFinite(seconds)))
    throw new FoleyError("invalid-argument", `seconds is ${seconds}; expected a number above 0.`);
  if (networks.length > 0 && !runtime)
    throw new FoleyError("invalid-argument", "Networks were given without a runtime.", { hint: "Pass runtime: nodeRuntime()." });
  if (networks.some(({ video, pair }) => video ?? pair) && seconds === undefined)
    throw new FoleyError(
      "invalid-argument",
      `The preset ${preset.id} does not say how long clips are, and networks that see ask.`,
      {
        hint: "Pass seconds: the length that all clips have.",
      },
    );
  const metrics = [...preset.metrics.map(metricOf), ...(options.metrics ?? [])];
  const whole = seconds ?? Number.MAX_SAFE_INTEGER;
  const digests = cache === undefined ? undefined : await digestsOf(networks, signal);
  const makers: Partial<FeatureMakers> = runtime ? networkFeatures(networks, { runtime, seconds: whole, digests }) : {};
  const { hear: heard = [], see = [], read = [], join = [] } = makers;
  const hear = [soundFacts(whole), plainSoundFeatures(whole), ...heard];
  try {
    const files: Digests = new Map();
    const truth = await trueClips(options, files);
    const systems = Object.keys(options.generated);
    const clips = await comparedClips(truth, options, preset.clean, files);
    const given = networks.map(({ network }) => network);
    const needs = networkNeeds(metrics, given);
    if (needs.length > 0) await options.onNetworks?.(needs);
    const reports = await evaluateSystems(systems, clips, {
      ...options,
      metrics,
      hear,
      see,
      read,
      join,
      networks: [...new Set([...metricNetworks, ...given])],
      seconds,
      cache: cache === undefined ? undefined : folderFeatureCache(cache),
      strict: preset.strict,
    });
    return await Promise.all(reports.map((report) => withUnread(report, options.generated[report.system] as string)));
  } finally {
    await Promise.all([...hear, ...see, ...read, ...join].map((one) => one.dispose()));
  }
}

/** A report with the files of its folder that would be the missing sounds if their ending were read. */
async function withUnread(report: EvaluationReport, folder: string): Promise<EvaluationReport> {
  if (report.onlyReference.length === 0) return report;
  const others = await passedOver(folder);
  return { ...report, unread: report.onlyReference.flatMap((name) => others.get(name.normalize("NFC")) ?? []) };
}

/** Features kept on disk are those of certain weights: two checkpoints of one size are two networks. */
async function digestsOf(networks: readonly OpenedNetwork[], signal: AbortSignal | undefined) {
  const digests = new Map<OpenedNetwork, string>();
  for (const network of networks) digests.set(network, await weightsDigest(network.weights, { signal }));
  return digests;
}

/** What is true, by name. */
async function trueClips(
  { reference, videos, clips, captions, features, seconds }: EvaluateFoldersOptions,
  digests: Digests,
): Promise<ReadonlyMap<string, TrueClip>> {
  if (clips && (reference !== undefined || videos !== undefined))
    throw new FoleyError("invalid-argument", "A benchmark was given and a folder of true clips too.", {
      hint: "Give one of them.",
    });
  const found = new Map<string, TrueClip>();
  for (const { id, audio, video, caption, onsets, ...stretch } of clips ?? (await folderClips({ reference, videos }))) {
    if (found.has(id))
      throw new FoleyError("invalid-argument", `The benchmark has the clip "${id}" twice.`, { hint: "Correct its list." });
    const end = Math.min(stretch.seconds ?? Infinity, seconds ?? Infinity);
    const marked = onsets && Float64Array.from(onsets.filter((time) => time < end));
    found.set(id, {
      name: id,
      reference: audio === undefined ? undefined : soundAt(audio, digests, stretch),
      video: video === undefined ? undefined : videoAt(video, digests, stretch),
      caption: captions?.(id) ?? caption,
      features: { ...(marked && { "reference/onsets": { count: marked.length, width: 1, data: marked } }), ...features?.(id) },
    });
  }
  return found;
}

/** What is true beside what the systems made of it. */
async function comparedClips(
  truth: ReadonlyMap<string, TrueClip>,
  { generated, captions, features }: EvaluateFoldersOptions,
  clean: ((name: string) => string) | undefined,
  digests: Digests,
): Promise<readonly ComparedClip[]> {
  const compared = new Map<string, TrueClip & { readonly generated: Map<string, EvaluatedSound> }>();
  for (const [name, clip] of truth) compared.set(name, { ...clip, generated: new Map() });
  for (const [system, folder] of Object.entries(generated)) {
    const sounds = await soundsOf(folder, digests);
    const { pairs, onlyGenerated } = pairNames([...truth.keys()], [...sounds.keys()], clean);
    const alone = onlyGenerated.map((name) => ({ name, generated: name }));
    for (const { name, generated: file } of [...pairs, ...alone]) {
      const clip = compared.get(name) ?? { name, caption: captions?.(name), features: features?.(name), generated: new Map() };
      clip.generated.set(system, sounds.get(file) as EvaluatedSound);
      compared.set(name, clip);
    }
  }
  return [...compared.values()];
}

/** The sounds directly in a folder, by name without ending. Beside a video, a sound of its name is heard in place of the video's own. */
async function soundsOf(folder: string, digests: Digests): Promise<Map<string, EvaluatedSound>> {
  const found = new Map<string, EvaluatedSound>();
  for (const [name, { sound, video }] of await clipFiles(folder))
    found.set(name, { ...soundAt(sound, digests), ...(video !== undefined && { video: videoAt(video, digests) }) });
  return found;
}
