/** A project as one file, to keep or to carry to another browser: its document and its takes, without the video. What is read is checked like any stranger's. */
import type { FoleyError } from "@foley-control/core";
import { readStored, takesOf } from "../document/read-document.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { Disk } from "./disk.js";
import { loadProject, pathsOf, saveSnapshot } from "./project-files.js";
import { digestOfTake } from "./take-file.js";
import { takeName } from "./take-store.js";
import { readTar, type TarFile, writeTar } from "./tar.js";

/** How names of bundles end. */
export const BUNDLE_ENDING = ".foley.tar";
/** Largest document that is read, bytes. */
const LARGEST_DOCUMENT = 256e6;
/** Bytes that are copied at once. */
const PART = 1 << 22;

/** A project of a disk as one file; its parts stay on the disk. */
export async function writeBundle(disk: Disk, id: string): Promise<{ readonly name: string; readonly file: Blob }> {
  const { stored } = await loadProject(disk, id);
  const files: TarFile[] = [{ name: "project.json", content: new Blob([JSON.stringify(stored)]) }];
  for (const digest of takesOf(stored)) {
    const content = await disk.file(`${pathsOf(id).takes}/${takeName(digest)}`);
    if (content) files.push({ name: `takes/${takeName(digest)}`, content });
  }
  const plain = stored.document.name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, "_").trim() || "project";
  return { name: `${plain}${BUNDLE_ENDING}`, file: writeTar(files) };
}

/** Makes a project of a bundle and gives its id. @throws FoleyError `bad-file` when it is none, or a take is not what its name says */
export async function readBundle(disk: Disk, bundle: Blob, now: number): Promise<string> {
  const files = await readTar(bundle);
  const document = files.find(({ name }) => name === "project.json")?.content;
  if (document === undefined || document.size > LARGEST_DOCUMENT) throw damaged();
  const stored = readStored(await document.text());
  const id = crypto.randomUUID();
  try {
    for (const digest of takesOf(stored)) {
      const take = files.find(({ name }) => name === `takes/${takeName(digest)}`)?.content;
      if (take === undefined) continue;
      if ((await digestOfTake(take)) !== digest) throw damaged();
      const path = `${pathsOf(id).takes}/${takeName(digest)}`;
      for (let at = 0; at < take.size; at += PART)
        await disk.append(path, at, new Uint8Array(await take.slice(at, at + PART).arrayBuffer()));
    }
    await saveSnapshot(disk, id, stored, { name: stored.document.name, changedAt: now, picture: undefined });
  } catch (error) {
    await disk.remove(pathsOf(id).folder).catch(() => undefined);
    throw error;
  }
  return id;
}

function damaged(): FoleyError {
  return new ToldError("bad-file", text("bundle.damaged"), { hint: text("bundle.damagedHint") });
}
