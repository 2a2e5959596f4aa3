/** Networks from files as they were published: which file it is, and what lies beside it. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { readJsonFile } from "@foley-control/files/node";
import { openCheckpoint, openPytorch } from "@foley-control/weights/node";
import type { NetworkDescriptor, OpenedNetwork, TokeniserFile } from "../networks/descriptor.js";
import type { NetworkRelease } from "../networks/release.js";

/** Name of a tokeniser's file wherever it is published. */
const TOKENISER = "tokenizer.json";

/** Options of {@link openNetwork}. */
export interface OpenNetworkOptions {
  /** Folders in which what is not beside the weights may lie. */
  readonly folders?: readonly string[];
  /** Tokenisers, of which the one that fits is taken. Default: those beside the weights and in `folders`, or in a folder of the repository's name there. */
  readonly tokenisers?: readonly string[] | undefined;
}

/**
 * The published file of a network in the first of the folders that has one; `undefined` when none has.
 *
 * @param folders - Where files lie under the names that they were published under.
 */
export async function findNetwork({ releases }: NetworkDescriptor, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) for (const { file } of releases) if (await isFile(join(folder, file))) return join(folder, file);
  return undefined;
}

/**
 * Opens a network from its file; nothing is read but headers, settings and the tokeniser.
 *
 * @param path - The weights. A file that is not called as any release is taken for the first.
 * @throws FoleyError `not-found` for weights or a tokeniser that are not there, `bad-file` for files that cannot be read, `bad-weights` for
 * weights of something else.
 * @example
 * ```ts
 * const network = await openNetwork(msClapNetwork, "weights/CLAP_weights_2023.pth"); // weights/gpt2/tokenizer.json beside it
 * ```
 */
export async function openNetwork(
  network: NetworkDescriptor,
  path: string,
  options: OpenNetworkOptions = {},
): Promise<OpenedNetwork> {
  const { releases, tokeniser } = network;
  const release = releases.find(({ file }) => file === basename(path)) ?? releases[0];
  const weights = await openCheckpoint(path, release.checkpoint);
  return network.open({
    weights,
    stated: await statedBeside(path, release),
    ...(tokeniser && {
      tokeniser: await openTokeniser(release, tokeniser, [dirname(path), ...(options.folders ?? [])], options.tokenisers),
    }),
  });
}

/** Settings that are no tensors; those of the release where the JSON with others is not there. */
async function statedBeside(path: string, { file, statedIn }: NetworkRelease): Promise<unknown> {
  if (statedIn === undefined) return undefined;
  if (statedIn === file) return (await openPytorch(path)).root;
  const beside = join(dirname(path), statedIn);
  return (await isFile(beside)) ? readJson(beside) : undefined;
}

/** The first file of the right kind. */
async function openTokeniser(
  { title }: NetworkRelease,
  { repository, fits }: TokeniserFile,
  folders: readonly string[],
  given: readonly string[] | undefined,
): Promise<unknown> {
  const paths = given ?? folders.flatMap((folder) => [join(folder, TOKENISER), join(folder, basename(repository), TOKENISER)]);
  for (const path of paths) {
    if (given === undefined && !(await isFile(path))) continue;
    const json = await readJson(path);
    const vocabulary = (json as { readonly model?: { readonly vocab?: object } } | null)?.model?.vocab;
    if (vocabulary && fits(vocabulary)) return json;
  }
  throw new FoleyError(
    "not-found",
    `${title} reads captions through the ${TOKENISER} of ${repository}, which is not ${given ? `among ${given.join(", ")}` : "beside the weights"}.`,
    { hint: "Give it with options.tokenisers." },
  );
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const readJson = (path: string): Promise<unknown> => readJsonFile(path, { hint: "Take it as it was published." });
