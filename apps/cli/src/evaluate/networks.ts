/** Networks of the metrics: which weights a person gave, which are missing, and whose licence is said when. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FoleyError, type ParameterSource } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import {
  AUDIOBOX_HUB_RELEASE,
  AUDIOBOX_RELEASE,
  audiobox,
  audioboxTransform,
  type EvaluateFoldersOptions,
  type EvaluationPreset,
  gpt2Tokeniser,
  imagebind,
  LAION_CLAP_TOKENS,
  laionClapAudio,
  laionClapText,
  licenceNotice,
  type MetricNetworkName,
  MS_CLAP_TOKENS,
  metricOf,
  msClapAudio,
  msClapText,
  type NetworkNeed,
  type NetworkRelease,
  networkNeeds,
  panns,
  passt,
  robertaTokeniser,
  synchformer,
  type TokenRows,
  vggish,
} from "@foley-control/metrics/node";
import { noticeOnce } from "@foley-control/models/node";
import { openCheckpoint, openPytorch } from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";

/** Flags that name networks. */
export interface NetworkFlags {
  readonly weights?: readonly string[];
  readonly tokeniser?: readonly string[];
  readonly nonCommercial?: boolean;
  readonly quiet?: boolean;
}

/** Networks in the form that an evaluation takes them. */
export type OpenedNetworks = Pick<EvaluateFoldersOptions, "networks" | "pictureNetworks" | "textNetworks" | "synchronyHead"> & {
  /** How many were opened. */
  readonly count: number;
};

type Opened = { -readonly [K in keyof OpenedNetworks]: OpenedNetworks[K] };

const NAMES: readonly MetricNetworkName[] = [
  "vggish",
  "panns",
  "passt",
  "imagebind",
  "synchformer",
  "laion-clap",
  "ms-clap",
  "audiobox",
];
/** Name of a tokeniser's file wherever it is published. */
const TOKENISER = "tokenizer.json";

/**
 * Opens what a preset needs and the flags give; nothing is read but headers. What is missing is said, with where to get it.
 *
 * @throws UsageError for a network that is not known, or weights for non-commercial use that were not asked for; FoleyError for weights
 * that cannot be read, and, with a strict preset, for missing ones.
 */
export async function openNetworks(preset: EvaluationPreset, flags: NetworkFlags, io: Io): Promise<OpenedNetworks> {
  const { paths, folders } = await sortWeights(flags.weights ?? []);
  const needs = networkNeeds(preset.metrics.map(metricOf));
  const opened: Opened = { count: 0 };
  const say = (line: string): void => void (flags.quiet || io.err(`${line}\n`));
  for (const need of needs) {
    const { network, release, metrics } = need;
    const given = paths.get(network);
    const path = given ?? (await published(network, release, folders));
    if (path === undefined) {
      const gone = `No weights of ${release.title} (${release.file}): ${titles(metrics)} cannot be measured.`;
      const hint = `Get them from ${release.url}, and give their folder with --weights.`;
      if (preset.strict) throw new FoleyError("not-found", gone, { hint });
      say(`Note: ${gone} ${hint}`);
    } else if (release.nonCommercial && !flags.nonCommercial) {
      const notice = `${licenceNotice(release)}. Say --non-commercial if that is your use.`;
      if (given !== undefined || preset.strict) throw new UsageError(notice);
      say(`Note: ${titles(metrics)} left out. ${notice}`);
    } else {
      await openNetwork(opened, need, path, flags, folders);
      opened.count++;
    }
  }
  return opened;
}

const titles = (ids: readonly string[]): string => ids.map((id) => metricOf(id).title).join(", ");

/** Says under which licence networks are used, once on this machine. */
export async function sayLicences(needs: readonly NetworkNeed[], flags: NetworkFlags, io: Io): Promise<void> {
  if (flags.quiet) return;
  for (const { release } of needs)
    await noticeOnce(`metrics: ${release.title}`, `Licence of weights: ${licenceNotice(release)}. It is yours to follow.`, {
      env: io.env,
      onNotice: (notice) => io.err(`${notice}\n`),
    });
}

/** `NETWORK=FILE` apart from folders. */
async function sortWeights(given: readonly string[]): Promise<{
  readonly paths: ReadonlyMap<MetricNetworkName, string>;
  readonly folders: readonly string[];
}> {
  const paths = new Map<MetricNetworkName, string>();
  const folders: string[] = [];
  for (const text of given) {
    const isFolder = await stat(text).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isFolder) {
      folders.push(text);
      continue;
    }
    const [, name, path] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
    if (path === undefined) throw new UsageError(`--weights was given "${text}", which is no folder and not NETWORK=FILE.`);
    const network = NAMES.find((one) => one === name);
    if (network === undefined)
      throw new UsageError(`--weights was given "${text}"; there is no network "${name}". Known are ${NAMES.join(", ")}.`);
    paths.set(network, path);
  }
  return { paths, folders };
}

/** The published file in the first of the folders that has it. */
async function published(
  network: MetricNetworkName,
  { file }: NetworkRelease,
  folders: readonly string[],
): Promise<string | undefined> {
  const files = network === "audiobox" ? [file, AUDIOBOX_HUB_RELEASE.file] : [file];
  return firstFile(folders.flatMap((folder) => files.map((one) => join(folder, one))));
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths)
    if (
      await stat(path).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return path;
  return undefined;
}

async function openNetwork(
  opened: Opened,
  { network, release }: NetworkNeed,
  path: string,
  flags: NetworkFlags,
  folders: readonly string[],
): Promise<void> {
  const open = (from: NetworkRelease = release): Promise<ParameterSource> => openCheckpoint(path, from.checkpoint);
  const hear = (more: NonNullable<OpenedNetworks["networks"]>): void => {
    opened.networks = { ...opened.networks, ...more };
  };
  switch (network) {
    case "vggish":
      return hear({ vggish: vggish(await open()) });
    case "panns":
      return hear({ panns: panns(await open()) });
    case "passt":
      return hear({ passt: passt(await open()) });
    case "imagebind": {
      const { audio, vision } = imagebind(await open());
      opened.pictureNetworks = { ...opened.pictureNetworks, imagebind: vision };
      return hear({ imagebind: audio });
    }
    case "synchformer": {
      const { audio, video, head } = synchformer(await open());
      opened.pictureNetworks = { ...opened.pictureNetworks, synchformer: video };
      opened.synchronyHead = head;
      return hear({ synchformer: audio });
    }
    case "laion-clap": {
      const weights = await open();
      const tokenise = await openTokeniser(ROBERTA, flags, [dirname(path), ...folders]);
      opened.textNetworks = { ...opened.textNetworks, laionClap: { network: laionClapText(weights), tokenise } };
      return hear({ laionClap: laionClapAudio(weights) });
    }
    case "ms-clap": {
      const weights = await open();
      const tokenise = await openTokeniser(GPT2, flags, [dirname(path), ...folders]);
      opened.textNetworks = { ...opened.textNetworks, msClap: { network: msClapText(weights), tokenise } };
      return hear({ msClap: msClapAudio(weights) });
    }
    case "audiobox": {
      const ofHub = basename(path) === AUDIOBOX_HUB_RELEASE.file;
      const stated = ofHub ? await firstFile([join(dirname(path), "config.json")]) : undefined;
      const transform = ofHub ? stated && (await readJson(stated)) : (await openPytorch(path)).root;
      return hear({
        audiobox: audiobox(await open(ofHub ? AUDIOBOX_HUB_RELEASE : AUDIOBOX_RELEASE)),
        ...(transform !== undefined && { audioboxTransform: audioboxTransform(transform) }),
      });
    }
  }
}

/** A tokeniser that captions are read through; files of all are called alike and told apart by their tokens. */
interface Tokeniser {
  readonly of: string;
  readonly repository: string;
  readonly folder: string;
  readonly fits: (vocabulary: object) => boolean;
  readonly make: (json: unknown) => (text: string) => TokenRows;
}

const ROBERTA: Tokeniser = {
  of: "LAION-CLAP",
  repository: "FacebookAI/roberta-base",
  folder: "roberta-base",
  fits: (vocabulary) => Object.hasOwn(vocabulary, "<s>"),
  make: (json) => robertaTokeniser(json, LAION_CLAP_TOKENS),
};
const GPT2: Tokeniser = {
  of: "MS-CLAP",
  repository: "openai-community/gpt2",
  folder: "gpt2",
  // RoBERTa's vocabulary is made of GPT-2's, with more in front.
  fits: (vocabulary) => Object.hasOwn(vocabulary, "<|endoftext|>") && !ROBERTA.fits(vocabulary),
  make: (json) => gpt2Tokeniser(json, MS_CLAP_TOKENS),
};

/** The first file of the right kind: of those given, else beside the weights or in a folder of the repository's name there. */
async function openTokeniser(kind: Tokeniser, { tokeniser: given }: NetworkFlags, folders: readonly string[]) {
  const paths = given ?? folders.flatMap((folder) => [join(folder, TOKENISER), join(folder, kind.folder, TOKENISER)]);
  for (const path of paths) {
    if (given === undefined && (await firstFile([path])) === undefined) continue;
    const json = await readJson(path);
    const vocabulary = (json as { readonly model?: { readonly vocab?: object } } | null)?.model?.vocab;
    if (vocabulary && kind.fits(vocabulary)) return kind.make(json);
  }
  throw new FoleyError(
    "not-found",
    `${kind.of} reads captions through the ${TOKENISER} of ${kind.repository}, which is not ${given ? `among ${given.join(", ")}` : "beside the weights"}.`,
    { hint: "Give it with --tokeniser." },
  );
}

const readJson = (path: string): Promise<unknown> => readJsonFile(path, { hint: "Take it as it was published." });
