/**
 * The page's side of the service worker: registers it, reloads once where that brings threads, asks it to keep everything, and says how that stands.
 * Nothing of the studio waits for it, and all of it works without.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type EngineBuild, engineFor } from "./assets.js";
import type { KeepFailure, Question, RequestCount, StoreNews } from "./messages.js";

/** Whether the studio works without a network. */
export type Offline =
  /** It does not, and will not: why. */
  | { readonly state: "none"; readonly failure: KeepFailure | { readonly what: "no-service-worker" | "silent" } }
  | { readonly state: "starting" }
  | { readonly state: "storing"; readonly done: number; readonly total: number }
  /** Every file is kept and was compared with the list. */
  | { readonly state: "ready"; readonly bytes: number };

/** What the page shows of it. */
export interface OfflineState {
  readonly offline: Offline;
  /** A new version waits. */
  readonly update: boolean;
}

/** How it stands. */
export const offlineStore: StoreApi<OfflineState> = createStore<OfflineState>(() => ({
  offline: { state: "starting" },
  update: false,
}));

/** Set when the page was loaded again for its headers, so that it never is twice. */
const RELOADED = "foley-reloaded-for-isolation";

const engines = new Set<EngineBuild>();
let registration: ServiceWorkerRegistration | undefined;

const give = (offline: Offline): void => offlineStore.setState({ offline });

/** Asks the worker; every answer is heard. */
function ask(worker: ServiceWorker, question: Question, hear?: (answer: unknown) => void): void {
  const { port1, port2 } = new MessageChannel();
  if (hear) port1.onmessage = ({ data }) => hear(data);
  worker.postMessage(question, [port2]);
}

/** Whether a page without threads may be loaded again to get them, now that a worker adds the headers: once. */
export function mayReload(page: { readonly isolated: boolean; readonly reloaded: boolean }): boolean {
  return !page.isolated && !page.reloaded;
}

/** Registers the worker. Resolves when it answers for this page, or when it is clear that it will not. */
export async function startOffline(): Promise<void> {
  const container = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (container === undefined) return give({ state: "none", failure: { what: "no-service-worker" } });
  try {
    const controlled = container.controller !== null;
    registration = await container.register("./sw.js", { updateViaCache: "none" });
    watchUpdates(registration, container);
    const worker = container.controller ?? (await controller(container));
    if (!controlled) {
      const addresses = [location.href, ...performance.getEntriesByType("resource").map(({ name }) => name)];
      ask(worker, { type: "earlier", addresses });
    }
    const reloaded = sessionStorage.getItem(RELOADED) !== null;
    if (mayReload({ isolated: crossOriginIsolated, reloaded })) {
      sessionStorage.setItem(RELOADED, "1");
      location.reload();
      return;
    }
    await keepOffline([engineFor({ adapter: await hasAdapter(), suspends: "Suspending" in WebAssembly })]);
  } catch (error) {
    give({
      state: "none",
      failure: error === SILENT ? { what: "silent" } : { what: "error", message: (error as Error).message },
    });
  }
}

/** A worker that does not answer. */
const SILENT = new Error("silent");

/** The worker that answers for this page; a first one takes over by itself. */
async function controller(container: ServiceWorkerContainer): Promise<ServiceWorker> {
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(SILENT), 20_000);
    const look = (): void => {
      if (container.controller === null) return;
      clearTimeout(late);
      container.removeEventListener("controllerchange", look);
      resolve();
    };
    container.addEventListener("controllerchange", look);
    look();
  });
  return container.controller as ServiceWorker;
}

/**
 * Whether a worker waits for pages of another to end. The first one of a browser does not: it takes over by itself, and Firefox still calls it
 * waiting while it already answers for the page.
 */
export const waits = (waiting: Pick<ServiceWorker, "state"> | null, controller: object | null): boolean =>
  waiting !== null && waiting.state === "installed" && controller !== null && controller !== waiting;

/** A version that has come and waits is said; it begins when the page is loaded again, and never under a page that works. */
function watchUpdates(found: ServiceWorkerRegistration, container: ServiceWorkerContainer): void {
  const look = (): void => {
    if (waits(found.waiting, container.controller)) offlineStore.setState({ update: true });
  };
  look();
  found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", look));
}

/** Keeps what is needed without a network, the files of these builds of the engine too. */
export async function keepOffline(builds: readonly EngineBuild[]): Promise<void> {
  const worker = navigator.serviceWorker.controller;
  if (worker === null) return;
  for (const build of builds) engines.add(build);
  give({ state: "storing", done: 0, total: 1 });
  await new Promise<void>((resolve) => {
    ask(worker, { type: "store", engines: [...engines] }, (answer) => {
      const news = answer as StoreNews;
      if (news.type === "storing") return give({ state: "storing", done: news.done, total: news.total });
      if (news.type === "stored") give({ state: "ready", bytes: news.total });
      else give({ state: "none", failure: news.failure });
      resolve();
    });
  });
}

/** Begins the version that waits, and loads the page again. */
export function takeUpdate(): void {
  const waiting = registration?.waiting;
  if (!waiting) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  ask(waiting, { type: "take-over" });
}

/** The requests that were made, or `undefined` where nothing counts them. */
export async function countRequests(): Promise<RequestCount | undefined> {
  const worker = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker?.controller;
  if (!worker) return undefined;
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(undefined), 3000);
    ask(worker, { type: "requests" }, (answer) => {
      clearTimeout(late);
      resolve(answer as RequestCount);
    });
  });
}

/** Whether WebGPU will be tried: then its build of the engine is the one to keep. */
async function hasAdapter(): Promise<boolean> {
  const { gpu } = navigator as {
    readonly gpu?: { requestAdapter(): Promise<{ info?: { isFallbackAdapter?: boolean } } | null> };
  };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && adapter?.info?.isFallbackAdapter !== true;
}
