/** Under which licence weights are used, said once: before their first use on this machine. */
import { readSmallFile } from "@foley-control/files/node";
import type { ModelOptions } from "./options.js";
import { settingsPath, writeSettings } from "./settings-file.js";

/** Whose licence is said. */
export interface Licensed {
  /** Id of the model. */
  readonly id: string;
  /** The licence, in a word. */
  readonly licence: string;
  /** Where its words are. */
  readonly page?: string | undefined;
}

/**
 * Says a sentence about weights, unless that was done before on this machine. Without `onNotice` nobody has heard it, and it is said the
 * next time.
 *
 * @param id - of what it is about
 */
export async function noticeOnce(id: string, notice: string, options: ModelOptions): Promise<void> {
  const { onNotice } = options;
  if (onNotice === undefined) return;
  const before = await said(options);
  if (before.includes(id)) return;
  onNotice(notice);
  // Where nothing can be written it will be said again.
  await writeSettings(pathOf(options), { version: 1, said: [...before, id] }).catch(() => undefined);
}

/** Says the licence of a model, unless that was done before. */
export const sayLicence = ({ id, licence, page }: Licensed, options: ModelOptions): Promise<void> =>
  noticeOnce(
    id,
    `Licence of the weights of ${id}: ${licence}${page === undefined ? "" : `; see ${page}`}. It is yours to follow.`,
    options,
  );

const pathOf = ({ env = process.env }: ModelOptions): string => settingsPath(env, "licences.json");

async function said(options: ModelOptions): Promise<readonly string[]> {
  try {
    const { said } = JSON.parse((await readSmallFile(pathOf(options), 1 << 20)) ?? "") as { said?: unknown };
    return Array.isArray(said) ? said.filter((id) => typeof id === "string") : [];
  } catch {
    return []; // nothing was said yet
  }
}
