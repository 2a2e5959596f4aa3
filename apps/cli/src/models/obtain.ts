/** From what a flag of `foley generate` says to a path that its reader opens. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import {
  fetchModel,
  hubSettings,
  type KnownModel,
  knownModel,
  type ModelKind,
  type ModelReference,
} from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { download } from "./download.js";
import { ofAddition } from "./held.js";
import { licenceSaid, sayLicence } from "./licence.js";
import { guessKnown } from "./local.js";
import { meaningOf } from "./named.js";

/** The flag that names each kind of model. */
const flagOf: Readonly<Record<ModelKind, string>> = {
  "audio-backbone": "--backbone",
  "text-encoder": "--text-encoder",
  "video-encoder": "--encoder",
  bridge: "--bridge",
};

/** A model that is here now. */
export interface Obtained {
  /** Its folder, or its file. */
  readonly path: string;
  /** Its files below the folder where it is of the hub; `undefined` for a path of one's own. */
  readonly files: readonly string[] | undefined;
}

/**
 * Finds a model by path, by its name on the list, or on the hub: from the cache when all of it is there, else downloaded into it. Its
 * licence is said before its first use.
 *
 * @throws FoleyError, UsageError for words that mean nothing, several things, or a model of another kind
 */
export async function obtain(text: string, kind: ModelKind, flags: { readonly quiet?: boolean }, io: Io): Promise<Obtained> {
  const settings = hubSettings(io.env);
  const meaning = await meaningOf(text, settings, io);
  if (meaning.kind === "hub") return obtainOfHub(text, meaning, kind, flags, io);
  if (meaning.kind === "path")
    return { path: await readable(meaning.path, kind, guessKnown(meaning.path), flags, io), files: undefined };
  const [addition, ...others] = meaning.additions;
  if (addition === undefined || others.length > 0) {
    throw new UsageError(
      `${flagOf[kind]} was given "${text}", which can be ${meaning.additions.map(({ path }) => path).join(" or ")}. Give the path.`,
    );
  }
  const { missing, known } = await ofAddition(addition);
  if (missing.length > 0) {
    throw new FoleyError("not-found", `${addition.path}, which is "${text}" on your list, lacks ${missing.join(", ")}.`, {
      hint: "Put it back, or take the model off the list with: foley models remove",
    });
  }
  return { path: await readable(addition.path, kind, known, flags, io), files: undefined };
}

/** A path of one's own; of a folder with a bridge in it, the file. */
async function readable(
  path: string,
  kind: ModelKind,
  known: KnownModel | undefined,
  flags: { readonly quiet?: boolean },
  io: Io,
): Promise<string> {
  if (known !== undefined && known.kind === kind && !flags.quiet) {
    await sayLicence(known, io);
    await licenceSaid(known.id, io);
  }
  const isFolder = await stat(path).then(
    (is) => is.isDirectory(),
    () => false,
  );
  return kind === "bridge" && isFolder ? onlyFile((await fetchModel({ kind: "path", path }, { kind })).files) : path;
}

async function obtainOfHub(
  text: string,
  reference: ModelReference & { kind: "hub" },
  kind: ModelKind,
  flags: { readonly quiet?: boolean },
  io: Io,
): Promise<Obtained> {
  const known = knownModel(reference.repository);
  if (known !== undefined && known.kind !== kind)
    throw new UsageError(`${flagOf[kind]} was given ${text}, which is of another kind: ${known.title}, ${known.kind}.`);
  if (known !== undefined && !flags.quiet) await sayLicence(known, io);
  const options = { kind, settings: hubSettings(io.env), preferCached: true };
  const model = await download(reference, options, flags, io).catch((error: unknown) => {
    if (!FoleyError.isInstance(error) || error.code !== "not-found") throw error;
    throw new FoleyError("not-found", error.message, {
      hint: `No file or folder ${resolve(text)} is here either.`,
      cause: error,
    });
  });
  const id = reference.repository;
  if (known === undefined && model.licence !== undefined && !flags.quiet) await sayLicence({ id, licence: model.licence }, io);
  if (!flags.quiet && (known ?? model.licence) !== undefined) await licenceSaid(id, io);
  return { path: kind === "bridge" ? onlyFile(model.files) : model.directory, files: [...model.files.keys()] };
}

/** A bridge is one file. */
const onlyFile = (files: ReadonlyMap<string, string>): string => [...files.values()][0] as string;
