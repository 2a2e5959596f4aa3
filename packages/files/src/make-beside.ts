/**
 * What appears at once is made beside its place first. Its name there tells which process makes it, so that the half-made things of
 * processes that were killed can be told from those in the making.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { sha256 } from "./digest.js";
import { hasEnded } from "./owner.js";

/** This machine, in a form that fits a file name. */
const machine = sha256(hostname()).slice(0, 8);
const left = /^\..*\.(?<pid>\d+)-(?<machine>[0-9a-f]{8})-[0-9a-f]{12}\.partial$/s;
/** Folders in which this process has looked for what others left: once each, as reading a large folder costs more than a small file. */
const swept = new Set<string>();

/**
 * Hands out a free name beside `target`, hidden and in the same folder, for `make` to write to and to rename. What is at that name
 * afterwards is removed, whether `make` failed or not.
 */
export async function makeBeside<T>(target: string, make: (partial: string) => Promise<T>): Promise<T> {
  const partial = await freeName(dirname(target), basename(target));
  try {
    return await make(partial);
  } finally {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

/**
 * Makes a folder for what a process needs on a disk for a while, where the system keeps such things; its maker removes it. What killed
 * processes left there is removed first.
 */
export async function makeTemporaryFolder(): Promise<string> {
  const path = await freeName(tmpdir(), "foley");
  await mkdir(path, { mode: 0o700 });
  return path;
}

/** A name in a folder that tells whose it is. */
async function freeName(folder: string, begin: string): Promise<string> {
  if (!swept.has(folder)) {
    swept.add(folder);
    await sweep(folder);
  }
  // The beginning of the name is enough for people, and the whole may be as long as names can be.
  return join(folder, `.${begin.slice(0, 40)}.${process.pid}-${machine}-${randomBytes(6).toString("hex")}.partial`);
}

/** Removes what processes that have ended left half-made in a folder. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const found = left.exec(name)?.groups;
    if (found?.["machine"] !== machine || !hasEnded(found["pid"] as string, hostname())) continue;
    await rm(join(folder, name), { force: true, recursive: true }).catch(() => undefined);
  }
}
