/** From what a person says for a model to a path that its opener takes. */
import { resolve } from "node:path";
import { FoleyError } from "@foley-control/core";
import type { ModelReference } from "@foley-control/weights/node";
import { type KnownModel, knownModel, type ModelKind } from "../registry.js";
import { fetchFiles, lookAt } from "./fetch.js";
import { ofAddition } from "./held.js";
import { sayLicence } from "./licences.js";
import { guessKnown } from "./local.js";
import { meaningOf } from "./meaning.js";
import { obtainNamed, refuseSeveral } from "./named.js";
import type { Obtained } from "./obtained.js";
import type { ModelOptions } from "./options.js";

/** The option that names each kind of model, for the words of errors. */
const OPTION_OF: Readonly<Record<ModelKind, string>> = {
  "audio-backbone": "options.backbone",
  "text-encoder": "options.textEncoder",
  "video-encoder": "options.encoder",
  bridge: "options.bridge",
};

/**
 * Finds a model by path, by its name on the list, or on the hub: from the cache when all of it is there, else downloaded into it. Its
 * licence is said before its first use, and accepted where it is not for every use.
 *
 * @param text - a path, a name on the list, the word of a model that has one, `org/name` or `org/name@revision`
 * @throws FoleyError for words that mean nothing, several things, or a model of another kind
 */
export async function obtainModel(text: string, kind: ModelKind, options: ModelOptions = {}): Promise<Obtained> {
  const meaning = await meaningOf(text, options);
  if (meaning.kind === "hub") return obtainOfHub(text, meaning, kind, options);
  if (meaning.kind === "named") {
    const { model } = meaning;
    if (model.kind !== kind)
      throw new FoleyError(
        "invalid-argument",
        `${OPTION_OF[kind]} was given ${text}, which is of another kind: ${model.title}, ${model.kind}.`,
      );
    return obtainNamed(model, options);
  }
  if (meaning.kind === "path")
    return { path: await readable(meaning.path, kind, guessKnown(meaning.path), options), files: undefined };
  const [addition, ...others] = meaning.additions;
  if (addition === undefined || others.length > 0) {
    const paths = meaning.additions.map(({ path }) => path).join(" or ");
    throw new FoleyError("invalid-argument", `${OPTION_OF[kind]} was given "${text}", which can be ${paths}. Give the path.`);
  }
  const { missing, known } = await ofAddition(addition);
  if (missing.length > 0) {
    throw new FoleyError("not-found", `${addition.path}, which is "${text}" on your list, lacks ${missing.join(", ")}.`, {
      hint: "Put it back, or take the model off the list with writeAdditions().",
    });
  }
  return { path: await readable(addition.path, kind, known, options), files: undefined };
}

/** A path of one's own; of a folder with a bridge in it, the file. */
async function readable(path: string, kind: ModelKind, known: KnownModel | undefined, options: ModelOptions): Promise<string> {
  if (known !== undefined && known.kind === kind) await sayLicence(known, options);
  const isFolder = kind === "bridge" && (await lookAt(path)).file === undefined;
  return isFolder ? onlyFile((await fetchFiles({ kind: "path", path }, { kind })).files) : path;
}

async function obtainOfHub(
  text: string,
  reference: ModelReference & { kind: "hub" },
  kind: ModelKind,
  options: ModelOptions,
): Promise<Obtained> {
  const id = reference.repository;
  const known = knownModel(id);
  if (known !== undefined && known.kind !== kind) {
    throw new FoleyError(
      "invalid-argument",
      `${OPTION_OF[kind]} was given ${text}, which is of another kind: ${known.title}, ${known.kind}.`,
    );
  }
  refuseSeveral(known);
  if (known !== undefined) await sayLicence(known, options);
  const model = await fetchFiles(reference, { kind, preferCached: true }, options).catch((error: unknown) => {
    if (!FoleyError.isInstance(error) || error.code !== "not-found") throw error;
    throw new FoleyError("not-found", error.message, {
      hint: `No file or folder ${resolve(text)} is here either.`,
      cause: error,
    });
  });
  if (known === undefined && model.licence !== undefined) await sayLicence({ id, licence: model.licence }, options);
  return { path: kind === "bridge" ? onlyFile(model.files) : model.directory, files: [...model.files.keys()] };
}

/** A bridge is one file. */
const onlyFile = (files: ReadonlyMap<string, string>): string => [...files.values()][0] as string;
