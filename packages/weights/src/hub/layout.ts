/**
 * The folders of the cache, as Python's `huggingface_hub` makes and reads them: one `models--org--name` per model, in which `blobs` holds
 * content under its ETag, `refs` the commit of each branch or tag, and `snapshots/<commit>` the files of a commit as links to blobs.
 */
import { copyFile, link, mkdir, readFile, rename, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { FoleyError } from "@foley-control/core";
import { makeBeside, writeFileAtomically } from "@foley-control/files/node";
import { isRepository, isRevision } from "./reference.js";

/** Whether a text is a full commit hash. */
export const isCommit = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/**
 * The folder of one model in the cache.
 *
 * @param cache - the cache folder
 * @param repository - `org/name`
 */
export function modelFolder(cache: string, repository: string): string {
  if (!isRepository(repository)) throw new FoleyError("invalid-argument", `"${repository}" is not of the form org/name.`);
  return join(cache, `models--${repository.replace("/", "--")}`);
}

/** The repository that a folder of the cache belongs to; `undefined` for data sets and anything else. */
export function repositoryOf(folderName: string): string | undefined {
  const parts = folderName.split("--");
  const repository = parts.slice(1).join("/");
  return parts[0] === "models" && isRepository(repository) ? repository : undefined;
}

/**
 * The place of one file of a commit.
 *
 * @param folder - of the model
 * @param commit - full hash
 * @param file - path inside the repository, with `/`; a hub may be hostile, so it must stay inside
 */
export function snapshotFile(folder: string, commit: string, file: string): string {
  const parts = file.split("/");
  const plain = (part: string): boolean => part !== "" && part !== "." && part !== ".." && !/[\\:\0]/.test(part);
  if (!isCommit(commit)) throw new FoleyError("bad-file", `"${commit}" is not a commit hash.`);
  if (file.length > 500 || !parts.every(plain))
    throw new FoleyError("bad-file", `${JSON.stringify(file)} is not a path inside a repository.`);
  return join(folder, "snapshots", commit, ...parts);
}

/** The place of content; the ETag must be harmless as a file name. */
export function blobFile(folder: string, etag: string): string {
  if (!/^\w[\w.-]{0,127}$/.test(etag)) throw new FoleyError("bad-file", `The ETag ${JSON.stringify(etag)} cannot name a file.`);
  return join(folder, "blobs", etag);
}

/** The commit that a branch, tag or commit stands for in the cache; `undefined` when that was never asked of the hub. */
export async function cachedCommit(folder: string, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  if (!isRevision(revision)) return undefined;
  const text = await readFile(join(folder, "refs", revision), "utf8").catch(() => "");
  return isCommit(text.trim()) ? text.trim() : undefined;
}

/** Remembers which commit a branch or tag stands for; a reader sees the old or the new one. */
export async function writeRef(folder: string, revision: string, commit: string): Promise<void> {
  if (revision === commit || (await cachedCommit(folder, revision)) === commit) return;
  await writeFileAtomically(join(folder, "refs", revision), commit, {
    makeFolder: true,
    hint: "Check the folder, or choose another with HF_HUB_CACHE.",
  });
}

/** Lets a file of a snapshot show its content: a relative link, so that the cache can be moved. */
export async function linkSnapshot(blob: string, snapshot: string): Promise<void> {
  await mkdir(dirname(snapshot), { recursive: true });
  const target = relative(dirname(snapshot), blob);
  await makeBeside(snapshot, async (beside) => {
    // Windows makes links of the first kind only for some users, and some file systems none at all.
    await symlink(target, beside)
      .catch(() => link(blob, beside))
      .catch(() => copyFile(blob, beside));
    await rename(beside, snapshot);
  });
}
