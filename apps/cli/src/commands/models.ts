/** `foley models`: what weights are here, fetching them, looking into them, checking and removing them. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { FoleyError } from "@foley-control/core";
import {
  checkWeights,
  fetchModel,
  hubSettings,
  KNOWN_MODELS,
  type KnownModel,
  knownModel,
  parseModelReference,
  planRemoval,
  summariseWeights,
  verifyCachedRevision,
} from "@foley-control/weights/node";
import { type Io, UsageError } from "../io.js";
import { type AddedFile, additionsPath, readAdditions, writeAdditions } from "../models/additions.js";
import { findHeld, type Held, heldModels, requireKnown } from "../models/held.js";
import { filesToAdd, guessKnown, type HeldFile, isWeights, sizeOf } from "../models/local.js";
import { createProgress } from "../terminal/progress.js";
import { painter } from "../terminal/style.js";

/** Flags that every subcommand has. */
interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `foley models list`. */
export async function listModels(flags: CommonFlags & { readonly all?: boolean }, io: Io): Promise<void> {
  const settings = hubSettings(io.env);
  const held = await heldModels(settings, io);
  const isOurs = ({ known, addition }: Held): boolean => known !== undefined || addition !== undefined;
  const shown = flags.all ? held : held.filter(isOurs);
  const absent = KNOWN_MODELS.filter(({ id }) => !held.some(({ known }) => known?.id === id));
  if (flags.json) {
    const available = absent.map(({ id, title, kind, licence, gated, page, url }) => ({
      id,
      title,
      kind,
      licence,
      gated,
      page,
      url,
    }));
    return json(io, { cache: settings.cache, list: additionsPath(io.env), models: shown.map(heldJson), available });
  }
  const paint = painter(io.outIsTerminal, io.env);
  if (shown.length > 0) {
    const rows = shown.map((each) => [
      each.id,
      each.known?.kind ?? "-",
      each.revision || "yours",
      bytesText(sum(each.files)),
      each.missing.length === 0 ? "complete" : `lacks ${each.missing.join(", ")}`,
    ]);
    io.out(columns(rows));
  } else io.out("No models of the kinds that foley reads are here yet.\n");
  const others = held.length - held.filter(isOurs).length;
  if (others > 0 && !flags.all) io.out(paint(`${others} more in the cache that foley does not know (--all)\n`, "dim"));
  if (absent.length > 0) {
    io.out(`\n${paint("Not here", "bold")}\n`);
    io.out(
      columns(
        absent.map(({ id, kind, title, gated, url }) => [`  ${id}`, kind, title, url ?? (gated ? "conditions to accept" : "")]),
      ),
    );
  }
  io.out(`\nCache: ${settings.cache}\n`);
}

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
  const progress = createProgress(io, flags.quiet === true);
  try {
    const model = await fetchModel(reference, {
      files: flags.file,
      settings,
      signal: io.signal,
      onProgress(event) {
        if (event.type !== "download-progress") return;
        const total = event.total ?? 0;
        const detail = io.errIsTerminal ? `  ${bytesText(event.done)} of ${bytesText(total)}` : "";
        progress.say(`downloading ${event.file}${detail}`, total === 0 ? 0 : event.done / total);
      },
    });
    progress.end();
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
    if (!flags.quiet) {
      if (licence !== undefined) io.err(`Licence of the weights: ${licence}. It is yours to follow.\n`);
      for (const id of lacking) io.err(`It also needs ${id}: foley models add ${id}\n`);
    }
  } catch (error) {
    progress.end();
    if (io.signal.aborted) io.err("What has arrived is kept; the same command continues.\n");
    throw error;
  } finally {
    progress.end();
  }
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

/** `foley models info`. */
export async function modelInfo(name: string, flags: CommonFlags, io: Io): Promise<void> {
  const held = await findHeld(name, hubSettings(io.env), io);
  const models = [];
  for (const model of held) {
    const weights = [];
    for (const file of model.files)
      if (isWeights(file.name) && file.size > 0)
        weights.push({ file: file.name, ...(await summariseWeights(file.path, model.known?.parts)) });
    models.push({ ...model, weights });
  }
  if (flags.json) {
    return json(io, {
      models: models.map((model) => ({
        ...heldJson(model),
        licence: model.known?.licence ?? null,
        page: model.known?.page ?? null,
        weights: model.weights,
      })),
    });
  }
  const paint = painter(io.outIsTerminal, io.env);
  for (const model of models) {
    const { known } = model;
    io.out(`${paint(model.id, "bold")}\n`);
    const rows = [
      ["  what", known === undefined ? "not a model that foley knows" : `${known.title}, ${known.kind}`],
      ["  licence", known === undefined ? "unknown: see where it is from" : `${known.licence}; ${known.page}`],
      ...(model.cached ? [["  revision", `${model.revision}, commit ${model.cached.revision.commit}`]] : []),
      ["  folder", model.folder],
      ["  size", bytesText(sum(model.files))],
      ...(model.missing.length > 0 ? [["  lacks", model.missing.join(", ")]] : []),
    ];
    io.out(columns(rows));
    for (const { file, format, total, parts } of model.weights) {
      const row = (label: string, part: typeof total): string[] => [
        label,
        `${(part.parameters / 1e6).toFixed(2)} million parameters`,
        `${part.tensors} tensors`,
        part.precision.join(", "),
        bytesText(part.bytes),
      ];
      io.out(columns([row(`  ${file} (${format})`, total), ...parts.map((part) => row(`    ${part.name}`, part))]));
    }
  }
}

/** What was found out about one file. */
interface Finding {
  readonly model: string;
  readonly file: string;
  readonly state: "ok" | "wrong" | "unknown";
  readonly detail: string;
}

/** `foley models verify`. */
export async function verifyModels(
  name: string | undefined,
  flags: CommonFlags & { readonly deep?: boolean },
  io: Io,
): Promise<void> {
  const settings = hubSettings(io.env);
  const held =
    name === undefined
      ? (await heldModels(settings, io)).filter(({ known, addition }) => known ?? addition)
      : await findHeld(name, settings, io);
  const progress = createProgress(io, flags.quiet === true);
  const findings: Finding[] = [];
  try {
    for (const model of held) {
      findings.push(...model.missing.map((file) => ({ model: model.id, file, state: "wrong" as const, detail: "is missing" })));
      for (const finding of await compareDigests(model, flags, io)) {
        const file = model.files.find((each) => each.name === finding.file);
        const readable = finding.state === "wrong" || file === undefined || !isWeights(file.name);
        const broken = readable ? undefined : await problemOf(file, model, flags, io);
        findings.push(broken === undefined ? finding : { ...finding, state: "wrong", detail: broken });
      }
    }
  } finally {
    progress.end();
  }
  const wrong = findings.filter(({ state }) => state === "wrong");
  if (flags.json) json(io, { ok: wrong.length === 0, findings });
  else {
    const paint = painter(io.outIsTerminal, io.env);
    const mark = { ok: paint("ok     ", "green"), wrong: paint("WRONG  ", "red"), unknown: paint("unknown", "yellow") };
    for (const { model, file, state, detail } of findings) io.out(`${mark[state]}  ${model}  ${file}: ${detail}\n`);
    if (findings.length === 0) io.out("There is nothing to verify.\n");
  }
  if (wrong.length > 0) {
    throw new FoleyError("bad-file", `${wrong.length} of ${findings.length} files are not what they should be.`, {
      hint: "Remove the model and add it again.",
    });
  }
}

async function compareDigests(model: Held, flags: CommonFlags, io: Io): Promise<readonly Finding[]> {
  if (model.cached !== undefined) {
    const progress = createProgress(io, flags.quiet === true);
    const verified = await verifyCachedRevision(model.cached.model, model.cached.revision, {
      signal: io.signal,
      onProgress(event) {
        if (event.type === "read-progress") progress.say(`reading ${event.part}`, event.done / (event.total ?? 1));
      },
    }).finally(() => progress.end());
    return verified.map(({ name, state, expected, found }) => {
      const detail =
        state === "ok"
          ? `digest ${found} as named`
          : state === "wrong"
            ? `digest ${found}, named ${expected}`
            : "its name is no digest";
      return { model: model.id, file: name, state, detail };
    });
  }
  const present = model.files.filter(({ name }) => !model.missing.includes(name));
  const found = await digests(present, flags, io);
  return found.map(({ name, size, sha256 }) => {
    const then = model.addition?.files.find((file) => file.name === name);
    if (then === undefined) return { model: model.id, file: name, state: "unknown", detail: `digest ${sha256}, none was noted` };
    const same = then.sha256 === sha256 && then.size === size;
    const detail = same ? `digest ${sha256} as noted` : `digest ${sha256}, noted was ${then.sha256}`;
    return { model: model.id, file: name, state: same ? "ok" : "wrong", detail };
  });
}

/** What is wrong with a file of weights by its header and, when asked for, by its numbers. */
async function problemOf(
  file: HeldFile,
  model: Held,
  flags: CommonFlags & { readonly deep?: boolean },
  io: Io,
): Promise<string | undefined> {
  const progress = createProgress(io, flags.quiet === true);
  try {
    await summariseWeights(file.path, model.known?.parts);
    if (!flags.deep) return undefined;
    await checkWeights(file.path, {
      signal: io.signal,
      onProgress(event) {
        if (event.type === "read-progress") progress.say(`looking for NaN in ${file.name}`, event.done / (event.total ?? 1));
      },
    });
    return undefined;
  } catch (error) {
    if (!FoleyError.isInstance(error)) throw error;
    return error.message;
  } finally {
    progress.end();
  }
}

/** `foley models remove`. */
export async function removeModel(name: string, flags: CommonFlags & { readonly yes?: boolean }, io: Io): Promise<void> {
  const settings = hubSettings(io.env);
  const held = await findHeld(name, settings, io);
  const [first] = held as [Held];
  if (first.cached === undefined) {
    if (first.addition === undefined) {
      throw new FoleyError("not-found", `${first.id} is not on the list; foley deletes no files of yours.`, {
        hint: "The list is shown by: foley models list",
      });
    }
    await ask(`Take ${held.map(({ id }) => id).join(", ")} off the list? The files stay.`, flags, io);
    const paths = held.map(({ id }) => id);
    await writeAdditions(
      io.env,
      (await readAdditions(io.env)).filter(({ path }) => !paths.includes(path)),
    );
    if (flags.json) return json(io, { removed: [], bytes: 0, unlisted: paths });
    return io.out(`${paths.map((path) => `${path} is off the list; the files are where they were.`).join("\n")}\n`);
  }
  const { model, revision } = first.cached;
  const removal = await planRemoval(settings, model, name.includes("@") ? revision.commit : undefined);
  await ask(
    `Delete ${bytesText(removal.bytes)} in\n${removal.paths.map((path) => `  ${path}`).join("\n")}\nOther programs that use the cache lose it too. Go on?`,
    flags,
    io,
  );
  await removal.run();
  if (flags.json) return json(io, { removed: removal.paths, bytes: removal.bytes, unlisted: [] });
  io.out(`${bytesText(removal.bytes)} are free again.\n`);
}

async function ask(question: string, flags: { readonly yes?: boolean }, io: Io): Promise<void> {
  if (flags.yes) return;
  if (io.confirm === undefined) throw new UsageError("Nobody is here to be asked; say --yes.");
  if (!(await io.confirm(question))) throw new FoleyError("unsupported", "Nothing was removed.");
}

async function digests(files: readonly HeldFile[], flags: CommonFlags, io: Io): Promise<readonly AddedFile[]> {
  const progress = createProgress(io, flags.quiet === true);
  const noted: AddedFile[] = [];
  try {
    for (const { name, path, size } of files) {
      const hash = createHash("sha256");
      let done = 0;
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
        io.signal.throwIfAborted();
        hash.update(chunk);
        done += chunk.length;
        progress.say(`reading ${name}`, size === 0 ? 1 : done / size);
      }
      noted.push({ name, size: done, sha256: hash.digest("hex") });
    }
  } finally {
    progress.end();
  }
  return noted;
}

function heldJson({ id, known, revision, folder, files, missing, cached }: Held) {
  return {
    id,
    source: cached === undefined ? "local" : "cache",
    model: known?.id ?? null,
    kind: known?.kind ?? null,
    revision: revision || null,
    commit: cached?.revision.commit ?? null,
    folder,
    bytes: sum(files),
    complete: missing.length === 0,
    missing,
    files: Object.fromEntries(files.map(({ name, path }) => [name, path])),
  };
}

function json(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** A table; names come out of files, so what could steer a terminal is taken out of them. */
function columns(rows: readonly (readonly string[])[]): string {
  const plain = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, "?")));
  const widths = (plain[0] ?? []).map((_, column) => Math.max(...plain.map((row) => (row[column] ?? "").length)));
  return plain
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

const sum = (files: readonly HeldFile[]): number => files.reduce((total, { size }) => total + size, 0);

function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}
