/** Under which licence weights are used, said once: before their first use on this machine. */
import { readJsonFile } from "@foley-control/files/node";
import type { Io } from "../io.js";
import { settingsPath, writeSettings } from "./settings-file.js";

/** Whose licence is said. */
export interface Licensed {
  /** Id of the model. */
  readonly id: string;
  readonly licence: string;
  /** Where its words are. */
  readonly page?: string | undefined;
}

/** Says a line about weights, unless that was done before on this machine. */
export async function sayOnce(id: string, line: string, io: Io): Promise<void> {
  if ((await saidBefore(io)).includes(id)) return;
  io.err(`${line}\n`);
  await licenceSaid(id, io);
}

/** Says the licence, unless that was done before. */
export async function sayLicence({ id, licence, page }: Licensed, io: Io): Promise<void> {
  if ((await saidBefore(io)).includes(id)) return;
  io.err(`Licence of the weights of ${id}: ${licence}${page === undefined ? "" : `; see ${page}`}. It is yours to follow.\n`);
}

/** Remembers that the licence was said; where nothing can be written it will be said again. */
export async function licenceSaid(id: string, io: Io): Promise<void> {
  const before = await saidBefore(io);
  if (before.includes(id)) return;
  await writeSettings(pathOf(io), { version: 1, said: [...before, id] }).catch(() => undefined);
}

const pathOf = (io: Io): string => settingsPath(io.env, "licences.json");

async function saidBefore(io: Io): Promise<readonly string[]> {
  try {
    const { said } = (await readJsonFile(pathOf(io))) as { said?: unknown };
    return Array.isArray(said) ? said.filter((id) => typeof id === "string") : [];
  } catch {
    return []; // nothing was said yet
  }
}
