/**
 * A small model from the hub: what it is and under which licence is told before anything is fetched; its files come in pieces onto the disk, go on
 * where they stopped, and count only when their digests are those that the hub announced. Asked for by a person, never by the page.
 */
import { concatBytes } from "@foley-control/core";
import type { ModelSource, SmallModelFiles } from "../engine/engine.js";
import type { Disk } from "../storage/disk.js";
import { sha256Hex } from "../storage/sha256.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { NAMES } from "./model-names.js";

/** The hub; the page's policy allows no other. */
const HUB = "https://huggingface.co";
/** Folder of models on the disk. */
const FOLDER = "models";
/** What is known of a model, written when all of it is there. */
const CARD = "model.json";
/** Bytes that are written at once. */
const PIECE = 4 * 2 ** 20;
/** Largest file that is taken for a small model's; the pipeline holds it in memory. */
const MOST_BYTES = 2 ** 30;

/** A file as the hub announces it. */
interface Announced {
  readonly size: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** A model of the hub, before any of it is fetched. */
export interface HubModel {
  /** `org/name`. */
  readonly repository: string;
  /** Commit: what is fetched later is what was looked at. */
  readonly commit: string;
  /** Identifier of its licence; `undefined` where the hub knows none. */
  readonly licence: string | undefined;
  readonly files: Readonly<Record<keyof SmallModelFiles, Announced>>;
}

/** Where requests go; a test gives another. */
export interface HubOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
}

/** Bytes of all files. */
export const bytesOf = ({ files }: HubModel): number => Object.values(files).reduce((sum, { size }) => sum + size, 0);

/** Address of its page, where the licence can be read. */
export const pageOf = ({ repository }: HubModel): string => `${HUB}/${repository}`;

/** Asks the hub what lies there. `reference` is `org/name` or `org/name@revision`. */
export async function lookUp(reference: string, { fetch = globalThis.fetch, signal }: HubOptions = {}): Promise<HubModel> {
  const [, repository, revision = "main"] = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(reference.trim()) ?? [];
  if (repository === undefined || repository.includes(".."))
    throw new ToldError("invalid-argument", text("models.hubName", { name: reference }), { hint: text("models.hubNameHint") });
  const answer = await asked(
    `${HUB}/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`,
    fetch,
    signal,
  );
  if (!answer.ok)
    throw new ToldError("not-found", text("models.hubNone", { name: reference, status: answer.status }), {
      hint: text("models.hubNameHint"),
    });
  const told = (await answer.json()) as {
    readonly sha?: unknown;
    readonly cardData?: { readonly license?: unknown };
    readonly siblings?: readonly {
      readonly rfilename?: unknown;
      readonly size?: unknown;
      readonly lfs?: { readonly sha256?: unknown };
    }[];
  };
  const announced = (name: string): Announced => {
    const { size, lfs } = told.siblings?.find(({ rfilename }) => rfilename === name) ?? {};
    const digest = lfs?.sha256;
    if (typeof size !== "number" || typeof digest !== "string" || !/^[0-9a-f]{64}$/.test(digest) || size > MOST_BYTES)
      throw new ToldError("not-found", text("models.hubLacks", { name: reference, file: name }), {
        hint: text("models.folderLacksHint"),
      });
    return { size, digest };
  };
  const { sha, cardData } = told;
  if (typeof sha !== "string" || !/^[0-9a-f]{40}$/.test(sha))
    throw new ToldError("not-found", text("models.hubNone", { name: reference, status: "?" }), {
      hint: text("models.hubNameHint"),
    });
  return {
    repository,
    commit: sha,
    licence: typeof cardData?.license === "string" ? cardData.license : undefined,
    files: { backbone: announced(NAMES.backbone), encoder: announced(NAMES.encoder), bridge: announced(NAMES.bridge) },
  };
}

/** Fetches all files of a model, from where an earlier try stopped. */
export async function download(
  model: HubModel,
  disk: Disk,
  { fetch = globalThis.fetch, signal, onProgress }: HubOptions & { readonly onProgress?: (share: number) => void } = {},
): Promise<ModelSource> {
  const folder = folderOf(model);
  const total = bytesOf(model);
  let before = 0;
  for (const part of PARTS) {
    const { size, digest } = model.files[part];
    const path = `${folder}/${NAMES[part]}`;
    let have = (await disk.list(folder)).find(({ name }) => name === NAMES[part])?.size ?? 0;
    if (have > size) have = 0;
    const tell = (): void => onProgress?.((before + have) / total);
    tell();
    if (have < size) {
      const url = `${HUB}/${model.repository}/resolve/${model.commit}/${NAMES[part]}`;
      const answer = await asked(url, fetch, signal, have > 0 ? { range: `bytes=${have}-` } : {});
      if (!answer.ok || answer.body === null)
        throw new ToldError("download-failed", text("models.hubFailed", { file: NAMES[part], status: answer.status }), {
          hint: text("models.hubAgain"),
        });
      if (answer.status !== 206) have = 0; // a server that knows no ranges sends all of it
      for await (const piece of pieces(answer.body, signal)) {
        have = await disk.append(path, have, piece);
        tell();
        if (have > size) break;
      }
    }
    if (have !== size || (await digestOf(disk, path)) !== digest) {
      const short = have < size;
      if (!short) await disk.remove(path); // what is wrong is not gone on with
      throw new ToldError("download-failed", text(short ? "models.hubShort" : "models.hubWrong", { file: NAMES[part] }), {
        hint: text("models.hubAgain"),
      });
    }
    before += size;
  }
  await disk.write(`${folder}/${CARD}`, [new TextEncoder().encode(JSON.stringify(model))]);
  return sourceOf(model, disk);
}

/** Models that are there whole. */
export async function storedModels(disk: Disk): Promise<readonly { readonly model: HubModel; readonly source: ModelSource }[]> {
  const cards = await Promise.all((await disk.list(FOLDER)).map(({ name }) => disk.read(`${FOLDER}/${name}/${CARD}`)));
  return cards.flatMap((card) => {
    if (card === undefined) return [];
    const model = JSON.parse(new TextDecoder().decode(card)) as HubModel;
    return [{ model, source: sourceOf(model, disk) }];
  });
}

/** Removes a model, or what was fetched of it. */
export const removeModel = (model: HubModel, disk: Disk): Promise<void> => disk.remove(folderOf(model));

const PARTS = ["encoder", "bridge", "backbone"] as const;
const folderOf = ({ repository, commit }: HubModel): string =>
  `${FOLDER}/${repository.replace("/", "--")}--${commit.slice(0, 12)}`;

function sourceOf(model: HubModel, disk: Disk): ModelSource {
  return {
    id: `${model.repository}@${model.commit.slice(0, 12)}`,
    name: model.repository,
    async files() {
      const read = async (part: keyof SmallModelFiles): Promise<Uint8Array> => {
        const bytes = await disk.read(`${folderOf(model)}/${NAMES[part]}`);
        if (bytes === undefined) throw new ToldError("not-found", text("models.hubGone", { name: model.repository }));
        return bytes;
      };
      return { backbone: await read("backbone"), encoder: await read("encoder"), bridge: await read("bridge") };
    },
  };
}

async function asked(
  url: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const init: RequestInit = { headers, credentials: "omit", referrerPolicy: "no-referrer", ...(signal && { signal }) };
  return fetch(url, init).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new ToldError("download-failed", text("models.hubOffline"), { hint: text("models.hubAgain"), cause });
  });
}

/** A body in pieces of at least {@link PIECE} bytes, but for the last; also what came before it broke off. */
async function* pieces(body: ReadableStream<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let kept: Uint8Array[] = [];
  let bytes = 0;
  const taken = (): Uint8Array => {
    const whole = concatBytes(kept);
    [kept, bytes] = [[], 0];
    return whole;
  };
  try {
    for (;;) {
      const next = await reader.read().catch((): { done: true; value: undefined } => ({ done: true, value: undefined }));
      if (next.done) break;
      kept.push(next.value);
      bytes += next.value.length;
      if (bytes >= PIECE) yield taken();
    }
    if (bytes > 0) yield taken();
    signal?.throwIfAborted();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function digestOf(disk: Disk, path: string): Promise<string> {
  const bytes = (await disk.read(path)) ?? new Uint8Array();
  return sha256Hex(bytes as Uint8Array<ArrayBuffer>);
}
