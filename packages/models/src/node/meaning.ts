/** What a person means by a word for a model: one rule for everything that takes such a word. */
import { basename, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import { hubSettings, listCachedModels, type ModelReference, parseModelReference } from "@foley-control/weights/node";
import { KNOWN_MODELS, knownModel, NAMED_MODELS, namedModel } from "../registry.js";
import { type Addition, additionsPath, readAdditions } from "./additions.js";
import type { ModelOptions } from "./options.js";

/** A path, a model of the hub, one that has a word of its own, or entries of the list of one's own. */
export type Meaning =
  | ModelReference
  | { readonly kind: "listed"; readonly additions: readonly Addition[] }
  | { readonly kind: "named"; readonly model: (typeof NAMED_MODELS)[number] };

/** The last part of an id, which folders are named after. */
const shortName = (id: string): string => id.slice(id.indexOf("/") + 1);

/**
 * Finds out what is meant, in this order: a path that exists or looks like one; a name on the list of one's own (of the file or folder,
 * or of the known model that it is); the word of a model that has one; `org/name` or `org/name@revision`; the last part of a known model's
 * id, if it is in the cache: such a part never starts a download.
 *
 * @throws FoleyError for a word that means nothing, saying what was tried
 */
export async function meaningOf(text: string, { env }: ModelOptions = {}): Promise<Meaning> {
  const plain = parsed(text);
  if (plain?.kind === "path") return plain;
  const isCalled = ({ path, model }: Addition): boolean =>
    basename(path) === text || (model !== undefined && (model === text || shortName(model) === text));
  const additions = (await readAdditions(env)).filter(isCalled);
  if (additions.length > 0) return { kind: "listed", additions };
  if (plain !== undefined) return plain;
  const named = namedModel(text);
  if (named !== undefined) return { kind: "named", model: named };
  const known = knownModel(text) ?? KNOWN_MODELS.find(({ id }) => shortName(id) === text);
  const settings = hubSettings(env);
  const cached = await listCachedModels(settings);
  if (known !== undefined && cached.some(({ repository }) => repository === known.id)) return parseModelReference(known.id);
  const hint =
    known === undefined
      ? `Give a path, or org/name or org/name@revision, for example facebook/vjepa2-vitl-fpc64-256@main, or one of ${NAMED_MODELS.map(({ name }) => name).join(", ")}.`
      : known.url === undefined
        ? `Give ${known.id}, which is fetched when it is not here.`
        : `Download it from ${known.url}, then put it on the list with addLocal("PATH/${known.id}").`;
  throw new FoleyError(
    known === undefined ? "invalid-argument" : "not-found",
    `"${text}" is no model that is here: it is no file or folder (${resolve(text)}), no name on your list (${additionsPath(env)}), and no model in the cache (${settings.cache}).`,
    { hint },
  );
}

function parsed(text: string): ModelReference | undefined {
  try {
    return parseModelReference(text);
  } catch (error) {
    if (FoleyError.isInstance(error) && error.code === "invalid-argument") return undefined;
    throw error;
  }
}
