/** Models that are asked for by one word: their files lie in several repositories, and the licence may want to be accepted first. */
import { FoleyError } from "@foley-control/core";
import type { LocalModel } from "@foley-control/weights/node";
import { type KnownModel, NAMED_MODELS, namedModel } from "../registry.js";
import { fetchFiles } from "./fetch.js";
import { acceptTerms, sayLicence } from "./licences.js";
import type { Obtained } from "./obtained.js";
import type { ModelOptions } from "./options.js";

/** A named model whose files are here. */
export interface AddedNamed {
  /** Its files, one entry for each repository. */
  readonly models: readonly LocalModel[];
  /** Licence of the weights. */
  readonly licence: string;
}

/**
 * Fetches a model that has a word of its own into the cache, as far as it is not there.
 *
 * @param word - `NAMED_MODELS` has all
 * @throws FoleyError `access-denied` for a licence that is not accepted; `not-found` for a word that means nothing; otherwise as `fetchModel`
 */
export async function addNamed(word: string, options: ModelOptions = {}): Promise<AddedNamed> {
  const model = namedModel(word);
  if (model === undefined)
    throw new FoleyError("not-found", `"${word}" is no model that has a word of its own.`, {
      hint: `There are ${NAMED_MODELS.map(({ name }) => name).join(", ")}.`,
    });
  return { models: await fetchParts(model, options), licence: model.licence };
}

/** Fetches one, for its opener: the path is its first file. */
export async function obtainNamed(model: (typeof NAMED_MODELS)[number], options: ModelOptions): Promise<Obtained> {
  const [own, ...others] = await fetchParts(model, options);
  const { files } = own as LocalModel;
  const [first] = files.values();
  return { path: first as string, files: undefined, folders: others.map(({ directory }) => directory) };
}

async function fetchParts(model: (typeof NAMED_MODELS)[number], options: ModelOptions): Promise<readonly LocalModel[]> {
  const { name, title, licence, page, bytes, parts } = model;
  const repositories = parts.map(({ repository }) => repository);
  if (model.nonCommercial) await acceptTerms({ name, title, licence, page, bytes, repositories }, options);
  await sayLicence({ id: name, licence: model.nonCommercial ? `${licence}, non-commercial use only` : licence, page }, options);
  const fetched: LocalModel[] = [];
  for (const { repository, layouts } of parts)
    fetched.push(await fetchFiles({ kind: "hub", repository, revision: "main" }, { layouts, preferCached: true }, options));
  return fetched;
}

/**
 * A repository that holds several models is none of them.
 *
 * @throws FoleyError `invalid-argument` naming their words
 */
export function refuseSeveral(known: KnownModel | undefined): void {
  const words = (known?.release.named ?? []).filter(({ parts }) => parts[0]?.repository === known?.id).map(({ name }) => name);
  if (words.length > 0)
    throw new FoleyError("invalid-argument", `${known?.id} holds several models. Give one of them: ${words.join(", ")}.`);
}
