/** From what a person writes for a model to files on this machine: a path as it is, a model of the hub through the cache. */
import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { FoleyError, type ProgressListener, parseJson } from "@foley-control/core";
import { chooseLayout, type FileLayout, type ModelFiles } from "../release.js";
import { downloadFile } from "./download.js";
import { type HubClient, persist, send, textOfAnswer } from "./http.js";
import { cachedCommit, isCommit, modelFolder, snapshotFile, writeRef } from "./layout.js";
import { type ModelReference, parseModelReference } from "./reference.js";
import { type HubSettings, hubSettings } from "./settings.js";

/** Options of {@link fetchModel}. */
export interface FetchModelOptions {
  /** Files that are needed; default: those of `layouts`, else weights, configuration and tokeniser at the top of the repository. */
  readonly files?: readonly string[] | undefined;
  /** In which ways the model may be laid out, by a listing of its files; of these only what is needed is fetched. */
  readonly layouts?: ((there: readonly string[]) => readonly FileLayout[]) | undefined;
  /** Where the hub and the cache are; default: from the environment. */
  readonly settings?: HubSettings;
  /** Never touch the network; default: as the settings say. */
  readonly localFilesOnly?: boolean;
  /** Use what is in the cache as far as it is complete, without asking the hub whether the branch has moved on; default: false. */
  readonly preferCached?: boolean;
  /** Told of every file, at most ten times a second. */
  readonly onProgress?: ProgressListener | undefined;
  /** Stops a download; what has arrived is kept for the next one. */
  readonly signal?: AbortSignal | undefined;
  /** Does the requests; default: the global one. */
  readonly fetch?: typeof fetch;
  /** Failures in a row, none having brought a byte, that are put up with; default: 5. */
  readonly retries?: number;
  /** Milliseconds before the first repetition; default: 1000. */
  readonly retryDelayMs?: number;
}

/** A model whose files are on this machine. */
export interface LocalModel {
  /** What was asked for. */
  readonly reference: ModelReference;
  /** Folder that the files are in. */
  readonly directory: string;
  /** Names as in the repository → absolute paths. */
  readonly files: ReadonlyMap<string, string>;
  /** The commit; `undefined` for a path. */
  readonly commit: string | undefined;
  /** Licence as the hub tells it, for example `"apache-2.0"`; `undefined` where it was not asked. */
  readonly licence: string | undefined;
}

/**
 * Makes sure that a model is on this machine: a path is looked up, a model of the hub is downloaded into the cache that Python's
 * `huggingface_hub` uses, as far as it is not there. A download that was cut off goes on where it stopped. When the hub cannot be
 * reached, files that are in the cache are used.
 *
 * @param reference - a path, `org/name` or `org/name@revision`
 * @throws FoleyError `access-denied` when conditions must be accepted or a token is missing, `not-found`, `download-failed`, `bad-file`
 * when content is not what the hub announced, `not-writable` when there is no room
 * @example
 * ```ts
 * const { files } = await fetchModel("facebook/vjepa2-vitl-fpc64-256");
 * const weights = await openSafetensors(files.get("model.safetensors")!);
 * ```
 */
export async function fetchModel(reference: string | ModelReference, options: FetchModelOptions = {}): Promise<LocalModel> {
  const wanted = typeof reference === "string" ? parseModelReference(reference) : reference;
  if (wanted.kind === "path") return localModel(wanted, options);
  const settings = options.settings ?? hubSettings();
  const { repository, revision } = wanted;
  const folder = modelFolder(settings.cache, repository);
  const choose = chooser(options);
  const offline = options.localFilesOnly ?? settings.offline;
  if (offline || (choose !== undefined && (options.preferCached === true || isCommit(revision)))) {
    const cached = await cachedModel(wanted, folder, choose);
    if (cached.missing.length === 0) return cached.model;
    if (offline) throw missingOffline(wanted, settings, cached.missing);
  }
  const client: HubClient = {
    settings,
    fetch: options.fetch ?? fetch,
    retries: options.retries ?? 5,
    retryDelayMs: options.retryDelayMs ?? 1000,
    stallMs: 60_000,
    signal: options.signal,
  };
  let listed: Listing;
  try {
    listed = await list(client, repository, revision);
  } catch (error) {
    if (!FoleyError.isInstance(error) || error.code !== "download-failed" || choose === undefined) throw error;
    const cached = await cachedModel(wanted, folder, choose);
    if (cached.missing.length === 0) return cached.model;
    throw error;
  }
  const { commit } = listed;
  const chosen = choose?.(listed.files) ?? { files: weightsAndConfigs(listed.files, repository), missing: [] };
  // A hub that lists nothing is asked for the files themselves.
  if (listed.files.length > 0 && chosen.missing.length > 0) throw noSuchFiles(chosen.missing, wanted, listed.files);
  const files = new Map<string, string>();
  for (const file of chosen.files)
    files.set(file, await downloadFile(client, { folder, repository, commit, file }, options.onProgress));
  await writeRef(folder, revision, commit);
  return { reference: wanted, directory: join(folder, "snapshots", commit), files, commit, licence: listed.licence };
}

/** What to have of a listing; `undefined` where neither files nor layouts say so. */
type Chooser = ((there: readonly string[]) => ModelFiles) | undefined;

function chooser({ files, layouts }: Pick<FetchModelOptions, "files" | "layouts">): Chooser {
  if (files !== undefined) return (there) => ({ files, missing: files.filter((file) => !there.includes(file)) });
  return layouts && ((there) => chooseLayout(layouts(there), there));
}

interface Listing {
  readonly commit: string;
  readonly files: readonly string[];
  readonly licence: string | undefined;
}

/** Longest answer to the question for a model's files; a thousand names take a tenth of a megabyte. */
const MAXIMUM_LISTING_BYTES = 16 << 20;

/** Most files of a repository that are looked at, and longest name. */
const MAXIMUM_FILES = 20_000;
const MAXIMUM_NAME = 500;

/** What an answer says; `undefined` when it is no JSON. */
function asJson(text: string): unknown {
  try {
    return parseJson(text, { what: "The answer" });
  } catch {
    return undefined;
  }
}

/** Which commit a revision is now, and its files. */
async function list(client: HubClient, repository: string, revision: string): Promise<Listing> {
  const subject = { repository, revision };
  const url = `${client.settings.endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}`;
  const body = await persist(client, subject, async () => {
    const { response } = await send(client, { method: "GET", url, leaveHub: false }, subject);
    return textOfAnswer(response, MAXIMUM_LISTING_BYTES, subject);
  }).then(asJson);
  const { sha, siblings, cardData } = (body ?? {}) as { sha?: unknown; siblings?: unknown; cardData?: { license?: unknown } };
  if (typeof sha !== "string" || !isCommit(sha)) {
    const what = `${new URL(url).host} does not answer as a hub does: there is no commit of ${repository}.`;
    throw new FoleyError("download-failed", what, { hint: "Check HF_ENDPOINT." });
  }
  const files = (Array.isArray(siblings) ? siblings : [])
    .slice(0, MAXIMUM_FILES)
    .map((each: { rfilename?: unknown } | null) => each?.rfilename)
    .filter((name): name is string => typeof name === "string" && name.length <= MAXIMUM_NAME && !/\p{Cc}/u.test(name));
  return { commit: sha, files, licence: isWord(cardData?.license) ? cardData.license : undefined };
}

/** What a hub says is shown on terminals, so it must be plain. */
function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[\w .:/+-]{1,80}$/.test(value);
}

/** Of an unknown repository: weights in a format that is read here, with what describes them. */
function weightsAndConfigs(files: readonly string[], repository: string): readonly string[] {
  const top = files.filter((file) => !file.includes("/"));
  const weights = top.filter((file) => file.endsWith(".safetensors"));
  if (weights.length === 0) {
    throw new FoleyError("not-found", `${repository} has no .safetensors file at its top.`, {
      hint: `Name the files that you need; there are ${files.slice(0, 20).join(", ") || "none"}.`,
    });
  }
  return [
    ...weights,
    ...top.filter((file) => /^(?:config|model_config|tokenizer)\.json$|\.safetensors\.index\.json$/.test(file)),
  ];
}

async function cachedModel(
  reference: ModelReference & { kind: "hub" },
  folder: string,
  choose: Chooser,
): Promise<{ readonly model: LocalModel; readonly missing: readonly string[] }> {
  const commit = await cachedCommit(folder, reference.revision);
  const directory = join(folder, "snapshots", commit ?? "");
  const there = commit === undefined ? [] : await filesBelow(directory);
  const chosen = choose?.(there) ?? { files: there, missing: there.length === 0 ? ["everything"] : [] };
  const files = new Map<string, string>();
  for (const file of chosen.files) if (there.includes(file)) files.set(file, snapshotFile(folder, commit as string, file));
  return { model: { reference, directory, files, commit, licence: undefined }, missing: chosen.missing };
}

/** Files below a folder whose content is there, with `/` between names. */
export async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const is = await stat(path).catch(() => undefined); // a link whose blob is gone is no file
    if (is?.isFile()) files.push(relative(directory, path).split(sep).join("/"));
  }
  return files.sort();
}

async function localModel(
  reference: ModelReference & { kind: "path" },
  options: Pick<FetchModelOptions, "files" | "layouts">,
): Promise<LocalModel> {
  const is = await stat(reference.path).catch(() => undefined);
  if (is === undefined) {
    throw new FoleyError("not-found", `${reference.path} does not exist.`, { hint: "Check the path." });
  }
  if (is.isFile()) {
    const name = basename(reference.path);
    return {
      reference,
      directory: join(reference.path, ".."),
      files: new Map([[name, reference.path]]),
      commit: undefined,
      licence: undefined,
    };
  }
  const there = await filesBelow(reference.path);
  const chosen = chooser(options)?.(there) ?? { files: there, missing: [] };
  if (chosen.missing.length > 0) {
    throw new FoleyError("not-found", `${reference.path} has no ${some(chosen.missing, ", ")}.`, {
      hint: "Give the folder that the model was downloaded into.",
    });
  }
  const files = new Map(chosen.files.map((name) => [name, join(reference.path, ...name.split("/"))]));
  return { reference, directory: reference.path, files, commit: undefined, licence: undefined };
}

/** The first of some names: a listing may make them thousands. */
const some = (names: readonly string[], between: string): string =>
  `${names.slice(0, 5).join(between)}${names.length > 5 ? `${between}… (${names.length} in all)` : ""}`;

function noSuchFiles(
  missing: readonly string[],
  reference: ModelReference & { kind: "hub" },
  files: readonly string[],
): FoleyError {
  return new FoleyError("not-found", `${reference.repository}@${reference.revision} has no file "${some(missing, '", "')}".`, {
    hint: `It has ${files.slice(0, 20).join(", ")}${files.length > 20 ? ", …" : ""}.`,
  });
}

function missingOffline(
  reference: ModelReference & { kind: "hub" },
  settings: HubSettings,
  missing: readonly string[],
): FoleyError {
  const { repository, revision } = reference;
  return new FoleyError(
    "not-found",
    `The network must not be used, and of ${repository}@${revision} the cache ${settings.cache} lacks ${some(missing, ", ")}.`,
    { hint: "Unset HF_HUB_OFFLINE, or copy the model's folder from a machine that has it." },
  );
}
