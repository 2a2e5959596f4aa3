/** `foley models add`: a download into the cache, or files of one's own onto the list. */

import { FoleyError } from "@foley-control/core";
import { KNOWN_MODELS, type KnownModel, knownModel } from "@foley-control/models";
import { additionsPath, addLocal, addOfHub, guessKnown, sizeOf } from "@foley-control/models/node";
import { parseModelReference } from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { bytesText, printJson } from "../terminal/print.js";
import { type CommonFlags, sum } from "./show.js";
import { withModels } from "./with-models.js";

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
    const known = flags.as === undefined ? guessKnown(reference.path) : requireKnown(flags.as);
    const { path, files } = await withModels(flags, io, (options) => addLocal(reference.path, known, options));
    if (flags.json) return printJson(io, { path, model: known?.id ?? null, files, list: additionsPath(io.env) });
    return io.out(`${path}  ${known?.title ?? "no known model; say which with --as"}, ${bytesText(sum(files))}\n`);
  }
  if (flags.as !== undefined) throw new UsageError("--as is for folders and files of your own.");
  const { model, licence, lacking } = await withModels(flags, io, (options) => addOfHub(reference, flags.file, options));
  if (flags.json) {
    return printJson(io, {
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

/** The known model behind `--as`. */
function requireKnown(id: string): KnownModel {
  const known = knownModel(id);
  if (known === undefined)
    throw new UsageError(`--as was given "${id}"; known are ${KNOWN_MODELS.map((each) => each.id).join(", ")}.`);
  return known;
}
