/** `foley models add`: a download into the cache, or files of one's own onto the list. */
import { FoleyError } from "@foley-control/core";
import { hubSettings, type KnownModel, knownModel, parseModelReference, summariseWeights } from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { additionsPath, readAdditions, writeAdditions } from "./additions.js";
import { digests } from "./digests.js";
import { download } from "./download.js";
import { heldModels, requireKnown } from "./held.js";
import { filesToAdd, guessKnown, isWeights, sizeOf } from "./local.js";
import { bytesText, type CommonFlags, json, sum } from "./show.js";

/** `foley models add`. */
export async function addModel(
  name: string,
  flags: CommonFlags & { readonly file?: readonly string[]; readonly as?: string },
  io: Io,
): Promise<void> {
  const checkpoint = knownModel(name);
  if (checkpoint?.url !== undefined && (await sizeOf(name)) === undefined) {
    throw new FoleyError("not-found", `${name} is a checkpoint that is not on the hub.`, {
      hint: `Download it from ${checkpoint.url}, then: foley models add PATH/${name}`,
    });
  }
  const reference = parseModelReference(name);
  if (reference.kind === "path") {
    if (flags.file) throw new UsageError("--file is for models of the hub.");
    return addLocal(reference.path, flags.as === undefined ? guessKnown(reference.path) : requireKnown(flags.as), flags, io);
  }
  if (flags.as !== undefined) throw new UsageError("--as is for folders and files of your own.");
  const settings = hubSettings(io.env);
  const model = await download(reference, { files: flags.file, settings }, flags, io);
  const known = knownModel(reference.repository);
  const licence = model.licence ?? known?.licence;
  const needs = known?.needs ?? [];
  const here = await heldModels(settings, io);
  const lacking = needs.filter((id) => !here.some((each) => each.known?.id === id));
  if (flags.json) {
    return json(io, {
      id: reference.repository,
      commit: model.commit,
      directory: model.directory,
      files: Object.fromEntries(model.files),
      licence: licence ?? null,
      needs: lacking,
    });
  }
  for (const path of model.files.values()) io.out(`${path}\n`);
  if (flags.quiet) return;
  if (licence !== undefined) io.err(`Licence of the weights: ${licence}. It is yours to follow.\n`);
  for (const id of lacking) io.err(`It also needs ${id}: foley models add ${id}\n`);
}

async function addLocal(path: string, known: KnownModel | undefined, flags: CommonFlags, io: Io): Promise<void> {
  const files = await filesToAdd(path, known);
  for (const file of files) if (isWeights(file.name)) await summariseWeights(file.path, known?.parts);
  const noted = await digests(files, flags, io);
  const others = (await readAdditions(io.env)).filter((each) => each.path !== path);
  await writeAdditions(io.env, [...others, { path, ...(known === undefined ? {} : { model: known.id }), files: noted }]);
  if (flags.json) return json(io, { path, model: known?.id ?? null, files: noted, list: additionsPath(io.env) });
  io.out(`${path}  ${known?.title ?? "no known model; say which with --as"}, ${bytesText(sum(files))}\n`);
}
