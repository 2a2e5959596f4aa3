/** Under which licence weights are used: said once, before their first use on this machine, and accepted where it is not for every use. */
import { FoleyError } from "@foley-control/core";
import { readSmallFile } from "@foley-control/files/node";
import type { LicenceTerms, ModelOptions } from "./options.js";
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
  if ((await kept(options)).said.includes(id)) return;
  onNotice(notice);
  await keep("said", id, options);
}

/** Says the licence of a model, unless that was done before. */
export const sayLicence = ({ id, licence, page }: Licensed, options: ModelOptions): Promise<void> =>
  noticeOnce(
    id,
    `Licence of the weights of ${id}: ${licence}${page === undefined ? "" : `; see ${page}`}. It is yours to follow.`,
    options,
  );

/**
 * Has terms accepted, unless that was done before.
 *
 * @throws FoleyError `access-denied` when they are refused, or nobody can be asked
 */
export async function acceptTerms(terms: LicenceTerms, options: ModelOptions): Promise<void> {
  const { name, title, licence, page } = terms;
  if ((await kept(options)).accepted.includes(name)) return;
  const answer = await options.acceptLicence?.(terms);
  if (answer === true) return keep("accepted", name, options);
  const was = answer === undefined ? "nobody accepted that yet" : "that was not accepted";
  throw new FoleyError(
    "access-denied",
    `The weights of ${title} are for non-commercial use only (${licence}), and ${was}; nothing was fetched.`,
    { hint: `Read ${page}; if that is your use, give options.acceptLicence.` },
  );
}

/** What was said and accepted, by id or word. */
type Kept = Readonly<Record<"said" | "accepted", readonly string[]>>;

const pathOf = ({ env = process.env }: ModelOptions): string => settingsPath(env, "licences.json");

async function keep(which: keyof Kept, id: string, options: ModelOptions): Promise<void> {
  const before = await kept(options);
  // Where nothing can be written it will be said, or asked, again.
  await writeSettings(pathOf(options), { version: 1, ...before, [which]: [...before[which], id] }).catch(() => undefined);
}

async function kept(options: ModelOptions): Promise<Kept> {
  const words = (list: unknown): readonly string[] => (Array.isArray(list) ? list.filter((id) => typeof id === "string") : []);
  try {
    const file = JSON.parse((await readSmallFile(pathOf(options), 1 << 20)) ?? "") as Partial<Record<keyof Kept, unknown>>;
    return { said: words(file.said), accepted: words(file.accepted) };
  } catch {
    return { said: [], accepted: [] }; // nothing was said yet
  }
}
