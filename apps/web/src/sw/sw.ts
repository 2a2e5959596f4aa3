/**
 * The studio's service worker: keeps its files so that it works without a network, joins those that hosts take only in parts, adds the headers that
 * threads need where a host cannot, and counts requests. It is one script without imports at run time; the build puts in the version and the headers.
 */
import { type AssetManifest, assetAt, type EngineBuild, neededOffline } from "./assets.js";
import { openCounter } from "./count.js";
import { keeper, keepFailure } from "./keep.js";
import type { KeepFailure, Question, StoreNews } from "./messages.js";

declare const __VERSION__: string;
declare const __HEADERS__: Readonly<Record<string, string>>;

/** The parts of a service worker's global scope that are used. */
interface Scope {
  readonly registration: { readonly scope: string; readonly active: unknown };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Lasting & FetchLike) => void): void;
  addEventListener(type: "message", listener: (event: Lasting & MessageEvent) => void): void;
}
interface Lasting {
  waitUntil(promise: Promise<unknown>): void;
}
interface FetchLike {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const worker = globalThis as unknown as Scope;
const { scope } = worker.registration;
const cacheName = `foley-${__VERSION__}`;
const counter = openCounter(() => Date.now());
const files = keeper({
  ...{ cacheName, scope, headers: __HEADERS__ },
  get(address) {
    counter.sent(address, false);
    return fetch(address, { cache: "no-cache" });
  },
});

/** The list of this version; fetched when the worker is installed. */
let list: Promise<AssetManifest> | undefined;
const manifest = (): Promise<AssetManifest> =>
  (list ??= (async () => {
    const address = new URL("asset-manifest.json", scope).href;
    const cache = await caches.open(cacheName);
    const kept = await cache.match(address);
    const response = kept ?? (await fetch(address, { cache: "no-store" }));
    const read = (await response.clone().json()) as AssetManifest;
    if (read.version !== __VERSION__) throw new Error(`the list is of version ${read.version}, this is ${__VERSION__}`);
    if (!kept) await cache.put(address, response);
    return read;
  })().catch((error: unknown) => {
    list = undefined;
    throw error;
  }));

/** A new version comes whole: what the old one kept, it has too before it may begin. */
async function install(): Promise<void> {
  const { assets } = await manifest();
  if (!worker.registration.active) return;
  for (const asset of assets) {
    const earlier = await caches.match(new URL(asset.path, scope).href);
    if (asset.engine !== undefined && earlier === undefined) continue;
    if ((await files.find(asset)) === undefined) await files.fetch(asset);
  }
}

async function activate(): Promise<void> {
  const names = (await caches.keys()).filter((name) => /^foley-[0-9a-f]+$/.test(name) && name !== cacheName);
  await Promise.all(names.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Keeps all that is needed without a network. */
async function store(engines: readonly EngineBuild[], say: (news: StoreNews) => void): Promise<void> {
  const needed = neededOffline((await manifest()).assets, new Set(engines));
  const total = needed.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const missing: string[] = [];
  let failure: KeepFailure = { what: "error", message: "" };
  const waiting = [...needed];
  const next = async (): Promise<void> => {
    for (let asset = waiting.shift(); asset !== undefined; asset = waiting.shift()) {
      try {
        if ((await files.find(asset)) === undefined) await files.fetch(asset);
      } catch (error) {
        missing.push(asset.path);
        failure = keepFailure(error);
      }
      done += asset.bytes;
      say({ type: "storing", done, total });
    }
  };
  await Promise.all([next(), next(), next()]);
  say(missing.length > 0 ? { type: "missing", paths: missing, failure } : { type: "stored", total });
}

/** With the headers that a host should send: those with which a page may use all processors, and its policy. */
function isolated(response: Response): Response {
  // What is opaque or has no body cannot be made again.
  if (response.status === 0 || response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(__HEADERS__)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response([204, 304].includes(status) ? null : response.body, { status, statusText, headers });
}

async function answer(request: Request): Promise<Response> {
  const known = await manifest().catch(() => undefined);
  const asset = known && assetAt(known.assets, request.url, scope);
  if (asset) {
    const kept = await files.find(asset);
    if (kept) {
      counter.kept();
      return kept;
    }
    // On its way already, perhaps. A host that has another version by now gives that one.
    const fetched = await files.fetch(asset).catch(() => undefined);
    if (fetched) return fetched;
  }
  counter.sent(request.url, false);
  return isolated(await fetch(request));
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  event.waitUntil(counter.remember());
  const own = new URL(request.url).origin === new URL(scope).origin;
  // What is not ours, or carries something, goes its way; it is only counted.
  if (own && request.method === "GET" && !request.headers.has("range")) event.respondWith(answer(request));
  else counter.sent(request.url, request.body !== null && request.method !== "GET" && request.method !== "HEAD");
});
worker.addEventListener("message", (event) => {
  const question = event.data as Question;
  const say = (news: unknown): void => event.ports[0]?.postMessage(news);
  const run = async (): Promise<void> => {
    if (question.type === "take-over") await worker.skipWaiting();
    else if (question.type === "requests") say(await counter.read());
    else if (question.type === "store") await store(question.engines, say);
    else {
      for (const address of question.addresses) counter.sent(address, false);
      await counter.remember();
    }
  };
  event.waitUntil(run().catch((error: unknown) => say({ type: "missing", paths: [], failure: keepFailure(error) })));
});
