/** The models that are on this machine, wherever they lie: one per cached commit, one per addition. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { type CachedModel, type CachedRevision, hubSettings, listCachedModels } from "@foley-control/weights/node";
import { type KnownModel, knownModel, modelFiles } from "../registry.js";
import { type Addition, readAdditions } from "./additions.js";
import { filesToAdd, guessKnown, type HeldFile, sizeOf } from "./local.js";
import { meaningOf } from "./meaning.js";
import type { ModelOptions } from "./options.js";

/** A model on this machine. */
export interface Held {
  /** `org/name`, or the path. */
  readonly id: string;
  /** Which known model it is. */
  readonly known: KnownModel | undefined;
  /** Branches and tags, or the commit; empty for files of one's own. */
  readonly revision: string;
  /** Folder that it is in, or the file. */
  readonly folder: string;
  /** Its files. */
  readonly files: readonly HeldFile[];
  /** Files that the known model needs and that are not here. */
  readonly missing: readonly string[];
  /** Where it is of the cache. */
  readonly cached: { readonly model: CachedModel; readonly revision: CachedRevision } | undefined;
  /** Where it is on the list. */
  readonly addition: Addition | undefined;
}

/** Everything that is here. */
export async function heldModels({ env }: ModelOptions = {}): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (const model of await listCachedModels(hubSettings(env)))
    for (const revision of model.revisions) held.push(ofCache(model, revision));
  for (const addition of await readAdditions(env)) held.push(await ofAddition(addition));
  return held;
}

/**
 * The models on this machine that a person means. A file or folder that is not on the list is taken as it is.
 *
 * @throws FoleyError `not-found` when none is here
 */
export async function findHeld(name: string, options: ModelOptions = {}): Promise<readonly Held[]> {
  const meaning = await meaningOf(name, options);
  const held = await heldModels(options);
  const at = (path: string) => held.filter(({ addition }) => addition?.path === path);
  if (meaning.kind === "listed") return meaning.additions.flatMap(({ path }) => at(path));
  if (meaning.kind === "path") {
    const listed = at(meaning.path);
    return listed.length > 0 ? listed : [await ofPath(meaning.path)];
  }
  if (meaning.kind === "named") {
    const { name: word, parts } = meaning.model;
    const found = held.filter(({ id }) => parts.some(({ repository }) => repository === id));
    if (found.length > 0) return found;
    throw new FoleyError("not-found", `Nothing of ${word} is on this machine.`, { hint: `Fetch it with addNamed("${word}").` });
  }
  const { repository, revision } = meaning;
  const commits = held.filter(({ id }) => id === repository);
  const found = name.includes("@")
    ? commits.filter(({ cached }) => cached?.revision.commit === revision || cached?.revision.refs.includes(revision))
    : commits;
  if (found.length > 0) return found;
  throw new FoleyError("not-found", `${repository} is not on this machine${commits.length > 0 ? ` at "${revision}"` : ""}.`, {
    hint: `Fetch it with addOfHub("${repository}").`,
  });
}

function ofCache(model: CachedModel, revision: CachedRevision): Held {
  const known = knownModel(model.repository);
  return {
    id: model.repository,
    known,
    revision: revision.refs.join(", ") || revision.commit.slice(0, 12),
    folder: join(model.folder, "snapshots", revision.commit),
    files: revision.files,
    missing: missingOf(known, revision.files),
    cached: { model, revision },
    addition: undefined,
  };
}

/** An entry of the list as it is now. */
export async function ofAddition(addition: Addition): Promise<Held> {
  const isFolder = await stat(addition.path).then(
    (is) => is.isDirectory(),
    () => false,
  );
  const files: HeldFile[] = [];
  const gone: string[] = [];
  for (const { name } of addition.files) {
    const path = isFolder ? join(addition.path, name) : addition.path;
    const size = await sizeOf(path);
    if (size === undefined) gone.push(name);
    files.push({ name, path, size: size ?? 0 });
  }
  const known = addition.model === undefined ? undefined : knownModel(addition.model);
  const missing = [...new Set([...gone, ...(isFolder ? missingOf(known, files) : [])])];
  return { id: addition.path, known, revision: "", folder: addition.path, files, missing, cached: undefined, addition };
}

async function ofPath(path: string): Promise<Held> {
  const known = guessKnown(path);
  const files = await filesToAdd(path, known);
  return { id: path, known, revision: "", folder: path, files, missing: [], cached: undefined, addition: undefined };
}

function missingOf(known: KnownModel | undefined, files: readonly HeldFile[]): readonly string[] {
  const there = files.map(({ name }) => name);
  if (known?.url !== undefined) return there.includes(known.id) ? [] : [known.id];
  return known === undefined ? [] : modelFiles(known.kind, there).missing;
}
