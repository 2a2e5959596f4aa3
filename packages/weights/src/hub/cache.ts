/** What lies in the cache: listing it, checking content against its name, and removing it. */
import { lstat, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { FoleyError, type ProgressListener } from "@foley-control/core";
import { digestAs, digestKind } from "./digest.js";
import { filesBelow } from "./fetch-model.js";
import { isCommit, modelFolder, repositoryOf } from "./layout.js";
import type { HubSettings } from "./settings.js";

/** One file of a cached commit. */
export interface CachedFile {
  /** Path inside the repository. */
  readonly name: string;
  /** Absolute path in the snapshot. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** One commit of a cached model. */
export interface CachedRevision {
  /** Full hash. */
  readonly commit: string;
  /** Branches and tags that stand for it. */
  readonly refs: readonly string[];
  /** Its files. */
  readonly files: readonly CachedFile[];
}

/** One model in the cache. */
export interface CachedModel {
  /** `org/name`. */
  readonly repository: string;
  /** Its folder. */
  readonly folder: string;
  /** Bytes on disk, content shared by commits once. */
  readonly size: number;
  /** Its commits. */
  readonly revisions: readonly CachedRevision[];
}

/** How a file stood the check. */
export interface VerifiedFile extends CachedFile {
  /** `ok`; `wrong`: content and name disagree; `unknown`: the name promises nothing. */
  readonly state: "ok" | "wrong" | "unknown";
  /** Digest that its name promises. */
  readonly expected: string | undefined;
  /** Digest of its content. */
  readonly found: string | undefined;
}

/**
 * The models in the cache, also those that other programs put there. Data sets and folders that are none of the hub's are passed over.
 *
 * @param settings - where the cache is
 */
export async function listCachedModels(settings: HubSettings): Promise<readonly CachedModel[]> {
  const names = await readdir(settings.cache).catch(() => []);
  const models: CachedModel[] = [];
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    const repository = repositoryOf(name);
    const model = repository === undefined ? undefined : await cachedModelOf(settings, repository);
    if (model !== undefined) models.push(model);
  }
  return models;
}

/** One model of the cache; `undefined` when it is not there. */
export async function cachedModelOf(settings: HubSettings, repository: string): Promise<CachedModel | undefined> {
  const folder = modelFolder(settings.cache, repository);
  if (!(await isFolder(folder))) return undefined;
  const refs = new Map<string, string[]>();
  for (const ref of await filesBelow(join(folder, "refs"))) {
    const commit = (await readFile(join(folder, "refs", ...ref.split("/")), "utf8")).trim();
    refs.set(commit, [...(refs.get(commit) ?? []), ref]);
  }
  const sizes = new Map<string, number>();
  const revisions: CachedRevision[] = [];
  for (const commit of (await readdir(join(folder, "snapshots")).catch(() => []))
    .filter(isCommit)
    .toSorted((a, b) => (a < b ? -1 : 1))) {
    const directory = join(folder, "snapshots", commit);
    const files: CachedFile[] = [];
    for (const name of await filesBelow(directory)) {
      const path = join(directory, ...name.split("/"));
      const { size } = await stat(path);
      files.push({ name, path, size });
      sizes.set(await realpath(path), size);
    }
    revisions.push({ commit, refs: refs.get(commit) ?? [], files });
  }
  return { repository, folder, size: [...sizes.values()].reduce((sum, size) => sum + size, 0), revisions };
}

/**
 * Reads every file of a commit and compares its digest with the name of its blob: SHA-256 for large files, git's object id for others.
 *
 * @param model - one of those in the cache
 * @param revision - one of its commits
 */
export async function verifyCachedRevision(
  model: CachedModel,
  revision: CachedRevision,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: ProgressListener | undefined } = {},
): Promise<readonly VerifiedFile[]> {
  const blobs = await realpath(join(model.folder, "blobs")).catch(() => join(model.folder, "blobs"));
  const verified: VerifiedFile[] = [];
  for (const file of revision.files) {
    const blob = await realpath(file.path);
    const expected = dirname(blob) === blobs ? basename(blob) : undefined;
    const kind = expected === undefined ? undefined : digestKind(expected);
    if (kind === undefined) {
      verified.push({ ...file, state: "unknown", expected: undefined, found: undefined });
      continue;
    }
    const onRead = (done: number): void =>
      options.onProgress?.({ type: "read-progress", part: file.name, done, total: file.size });
    const found = await digestAs(kind, blob, file.size, { signal: options.signal, onRead });
    verified.push({ ...file, state: found === expected ? "ok" : "wrong", expected, found });
  }
  return verified;
}

/** What a removal would delete, and does. */
export interface Removal {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** Bytes that become free. */
  readonly bytes: number;
  /** Deletes them. */
  run(): Promise<void>;
}

/**
 * Plans the removal of a model, or of one of its commits with the content that no other commit needs. Nothing outside the model's
 * folder is touched, wherever links point.
 *
 * @param settings - where the cache is
 * @param model - one of those in the cache
 * @param commit - one commit; default: everything
 * @throws FoleyError `bad-file` when the folder is not a plain folder of the cache
 */
export async function planRemoval(settings: HubSettings, model: CachedModel, commit?: string): Promise<Removal> {
  const cache = await realpath(settings.cache);
  const folder = await realpath(model.folder);
  if (dirname(folder) !== cache || repositoryOf(basename(folder)) !== model.repository) {
    throw new FoleyError("bad-file", `${model.folder} is a link to ${folder}, which is not in the cache ${cache}.`, {
      hint: "Remove it by hand.",
    });
  }
  const gone = model.revisions.find((revision) => revision.commit === commit);
  if (commit !== undefined && gone === undefined) {
    throw new FoleyError("not-found", `${model.repository} has no commit ${commit} in the cache.`, {
      hint: `It has ${model.revisions.map((revision) => revision.commit).join(", ") || "none"}.`,
    });
  }
  if (gone === undefined || model.revisions.length === 1) {
    const locks = join(cache, ".locks", basename(folder));
    const paths = [folder, ...((await isFolder(locks)) ? [locks] : [])];
    return { paths, bytes: model.size, run: () => removeAll(paths) };
  }
  const needed = new Set<string>();
  for (const revision of model.revisions)
    if (revision !== gone) for (const file of revision.files) needed.add(await realpath(file.path));
  const unneeded = new Map<string, number>();
  for (const file of gone.files) {
    const blob = await realpath(file.path);
    if (!needed.has(blob) && isInside(blob, join(folder, "blobs"))) unneeded.set(blob, file.size);
  }
  const refs = gone.refs.map((ref) => join(folder, "refs", ...ref.split("/")));
  const paths = [join(folder, "snapshots", gone.commit), ...refs, ...unneeded.keys()];
  return { paths, bytes: [...unneeded.values()].reduce((sum, size) => sum + size, 0), run: () => removeAll(paths) };
}

/** Links are removed, never followed. */
async function removeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await rm(path, { recursive: true, force: true });
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (is) => is.isDirectory(),
    () => false,
  );
}
