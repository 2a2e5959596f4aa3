/** `foley models add`: a download into the cache, or files of one's own onto the list. */

import { FoleyError } from "@foley-control/core";
import { KNOWN_MODELS, type KnownModel, knownModel, namedModel } from "@foley-control/models";
import { additionsPath, addLocal, addNamed, addOfHub, guessKnown, sizeOf } from "@foley-control/models/node";
import { parseModelReference } from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { bytesText, printJson } from "../terminal/print.js";
import { type CommonFlags, sum } from "./show.js";
import { withModels } from "./with-models.js";

/** Flags of the command. */
interface AddFlags extends CommonFlags {
  readonly file?: readonly string[];
  readonly as?: string;
  readonly nonCommercial?: boolean;
}

/** `foley models add`. */
export async function addModel(name: string, flags: AddFlags, io: Io): Promise<void> {
  const checkpoint = knownModel(name);
  if (checkpoint?.url !== undefined && (await sizeOf(name)) === undefined) {
    throw new FoleyError("not-found", `${name} is a checkpoint that is not on the hub.`, {
      hint: `Download it from ${checkpoint.url}, then: foley models add PATH/${name}`,
    });
  }
  if (namedModel(name) !== undefined && (await sizeOf(name)) === undefined) return addWord(name, flags, io);
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

/** A model that is asked for by one word: all of its repositories. */
async function addWord(name: string, flags: AddFlags, io: Io): Promise<void> {
  if (flags.file !== undefined || flags.as !== undefined)
    throw new UsageError(`--file and --as are not for ${name}, whose files are known.`);
  const { models, licence } = await withModels(flags, io, (options) => addNamed(name, options));
  const files = models.flatMap((model) => [...model.files.values()]);
  if (flags.json) return printJson(io, { id: name, directories: models.map(({ directory }) => directory), files, licence });
  for (const path of files) io.out(`${path}\n`);
}

/** The known model behind `--as`. */
function requireKnown(id: string): KnownModel {
  const known = knownModel(id);
  if (known === undefined)
    throw new UsageError(`--as was given "${id}"; known are ${KNOWN_MODELS.map((each) => each.id).join(", ")}.`);
  return known;
}
