/** Models made one's own: of the hub into the cache, files onto the list. */
import { type LocalModel, type ModelReference, summariseWeights } from "@foley-control/weights/node";
import { type KnownModel, knownModel } from "../registry.js";
import { type Addition, readAdditions, writeAdditions } from "./additions.js";
import { digestsOf } from "./digests.js";
import { fetchFiles } from "./fetch.js";
import { heldModels } from "./held.js";
import { filesToAdd, isWeights } from "./local.js";
import { refuseSeveral } from "./named.js";
import type { ModelOptions } from "./options.js";

/** A model that was fetched. */
export interface AddedModel {
  /** Where its files are. */
  readonly model: LocalModel;
  /** Licence of the weights; `undefined` where nobody says it. */
  readonly licence: string | undefined;
  /** Models that it needs and that are not here, by id. */
  readonly lacking: readonly string[];
}

/**
 * Fetches a model of the hub into the cache.
 *
 * @param files - only these; default: what its kind needs
 * @throws FoleyError as `fetchModel`
 */
export async function addOfHub(
  reference: ModelReference & { readonly kind: "hub" },
  files: readonly string[] | undefined,
  options: ModelOptions = {},
): Promise<AddedModel> {
  const known = knownModel(reference.repository);
  if (files === undefined) refuseSeveral(known);
  const model = await fetchFiles(reference, { files }, options);
  const here = await heldModels(options);
  const needs = known?.release.needs?.([...model.files.keys()]) ?? [];
  return {
    model,
    licence: model.licence ?? known?.licence,
    lacking: needs.filter((id) => !here.some((each) => each.known?.id === id)),
  };
}

/**
 * Puts a folder or file on the list, with the digests of its files as they are now. They stay where they are.
 *
 * @param known - which known model it is
 * @throws FoleyError for files that are missing or damaged
 */
export async function addLocal(path: string, known: KnownModel | undefined, options: ModelOptions = {}): Promise<Addition> {
  const files = await filesToAdd(path, known);
  for (const file of files) if (isWeights(file.name)) await summariseWeights(file.path, known?.parts);
  const addition = { path, ...(known === undefined ? {} : { model: known.id }), files: await digestsOf(files, options) };
  const others = (await readAdditions(options.env)).filter((each) => each.path !== path);
  await writeAdditions([...others, addition], options.env);
  return addition;
}
