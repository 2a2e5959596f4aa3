/** Pages of Firefox, driven over WebDriver BiDi. It has no WebGPU, no file pickers and no AAC encoder: the other road through the studio. */
import { mkdir, mkdtemp, readdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bidi, openBidi } from "./bidi.js";
import { firefoxThing } from "./firefox-thing.js";
import { pressed, typed } from "./keys.js";
import {
  type BrowserKind,
  LONGEST_ANSWER,
  OWN_ROOM,
  PATIENCE,
  type PageOptions,
  type RunningBrowser,
  type StudioPage,
  until,
  withinTime,
} from "./page.js";
import { KEEP_NAMES } from "./pickers.js";
import { startBrowser } from "./process.js";

/** What the browser does by itself is off: it would ask its makers. Sound may play without a click, as in the other browser. */
const preferences: Readonly<Record<string, string | number | boolean>> = {
  "app.update.enabled": false,
  "app.normandy.enabled": false,
  "browser.region.network.url": "",
  "browser.safebrowsing.blockedURIs.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.search.update": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.getAddons.cache.enabled": false,
  "extensions.update.enabled": false,
  "media.autoplay.default": 0,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "http://127.0.0.1:9/",
  "toolkit.telemetry.enabled": false,
};

/** Firefox, at a path. */
export function firefoxKind(path: string): BrowserKind {
  return {
    name: "firefox",
    async start(profile, own = false): Promise<RunningBrowser> {
      await mkdir(profile, { recursive: true });
      // What addresses of one host may store together is a fifth of this, in KiB.
      const room = { "dom.quotaManager.temporaryStorage.fixedLimit": Math.round((5 * OWN_ROOM) / 1024) };
      const lines = Object.entries({ ...preferences, ...(own && room) }).map(
        ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
      );
      await writeFile(join(profile, "user.js"), lines.join("\n"));
      const process = await startBrowser(path, [
        "--headless",
        "--no-remote",
        "--remote-debugging-port",
        "0",
        "--profile",
        profile,
        "--width",
        "1280",
        "--height",
        "800",
      ]);
      const bidi = await openBidi(process.address);
      await bidi.send("session.subscribe", { events: ["network.beforeRequestSent", "log.entryAdded", "input.fileDialogOpened"] });
      const folder = await mkdtemp(join(tmpdir(), "foley-saved-"));
      await bidi.send("browser.setDownloadBehavior", { downloadBehavior: { type: "allowed", destinationFolder: folder } });
      return {
        newPage: (options) => openPage(bidi, folder, options),
        async kill() {
          bidi.close();
          await process.kill();
        },
        async close() {
          bidi.close();
          await process.kill();
        },
      };
    },
  };
}

/**
 * Fills the disk with a file, and goes on doing so: what the page takes away meanwhile would be room again. Firefox cannot be told another limit while
 * it runs.
 */
async function fill(): Promise<void> {
  const code = `onmessage = async () => {
    const root = await navigator.storage.getDirectory();
    const file = await (await root.getFileHandle("ballast", { create: true })).createSyncAccessHandle();
    const grow = () => {
      for (let part = 2 ** 26; part >= 1; part /= 2)
        for (;;) {
          const size = file.getSize();
          try {
            file.truncate(size + part);
          } catch {}
          if (file.getSize() !== size + part) break;
        }
    };
    grow();
    const growing = setInterval(grow, 50);
    onmessage = async () => {
      clearInterval(growing);
      file.close();
      await root.removeEntry("ballast");
      postMessage("");
    };
    postMessage("");
  }`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  Object.assign(globalThis, { ballast: worker });
  await new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.postMessage("");
  });
}

/** Takes the file away. */
async function empty(): Promise<void> {
  const { ballast } = globalThis as unknown as { readonly ballast: Worker };
  await new Promise((resolve) => {
    ballast.onmessage = resolve;
    ballast.postMessage("");
  });
  ballast.terminate();
}

/**
 * What Firefox says of a load that a reload ended while the service worker's answer was still coming; which one, it does not say. At another time, or
 * with an address, it is an error of the page.
 */
const ENDED_BY_RELOAD = /^Failed to load ‘’\. A ServiceWorker intercepted/;

async function openPage(bidi: Bidi, folder: string, { news, before }: PageOptions): Promise<StudioPage> {
  const { context } = (await bidi.send("browsingContext.create", { type: "tab" })) as { readonly context: string };
  const preload = before
    ? ((await bidi.send("script.addPreloadScript", {
        functionDeclaration: `() => { ${KEEP_NAMES}; (${String(before)})(); }`,
        contexts: [context],
      })) as object)
    : undefined;
  let reloading = false;
  const quiet = [
    bidi.on("network.beforeRequestSent", ({ request }) => news.request(request.url, request.bodySize ?? 0)),
    bidi.on("log.entryAdded", ({ level, text, source }) => {
      if (level !== "error" || source.context !== context || (reloading && ENDED_BY_RELOAD.test(text))) return;
      news.error(text);
    }),
  ];
  const evaluate: StudioPage["evaluate"] = async (run, argument) => {
    const asked = bidi.send("script.callFunction", {
      functionDeclaration: `async (argument) => { ${KEEP_NAMES}; return JSON.stringify(await (${String(run)})(argument === "" ? undefined : JSON.parse(argument))); }`,
      arguments: [{ type: "string", value: argument === undefined ? "" : JSON.stringify(argument) }],
      target: { context },
      awaitPromise: true,
      userActivation: true,
    });
    const { result, exceptionDetails } = await withinTime(LONGEST_ANSWER, asked);
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.type === "string" ? JSON.parse(result.value) : undefined;
  };
  const keys = (actions: readonly object[]): Promise<void> =>
    bidi.send("input.performActions", { context, actions: [{ type: "key", id: "keyboard", actions }] });
  const setFiles = async (selector: string, files: readonly string[]): Promise<void> => {
    const { nodes } = await bidi.send("browsingContext.locateNodes", { context, locator: { type: "css", value: selector } });
    if (nodes.length === 0) throw new Error(`there is no ${selector}`);
    await bidi.send("input.setFiles", { context, element: { sharedId: nodes.at(-1).sharedId }, files });
  };
  return {
    getByRole: (role, named) => firefoxThing({ bidi, context }, [{ role, named }]),
    goto: (url) => bidi.send("browsingContext.navigate", { context, url, wait: "complete" }),
    async reload() {
      reloading = true;
      await bidi.send("browsingContext.reload", { context, wait: "complete" }).finally(() => {
        reloading = false;
      });
    },
    press: (key) => keys(pressed(key)),
    type: (text) => keys(typed(text)),
    async choose(opener, paths) {
      const asked = new Promise<{ readonly sharedId: string }>((resolve) => {
        const stop = bidi.on("input.fileDialogOpened", ({ context: where, element }) => {
          if (where !== context) return;
          stop();
          resolve(element);
        });
      });
      await opener.click();
      const { sharedId } = await withinTime(PATIENCE, asked, "a file dialog");
      await bidi.send("input.setFiles", { context, element: { sharedId }, files: paths });
    },
    async drop(paths) {
      await evaluate(() => {
        document.body.append(Object.assign(document.createElement("input"), { type: "file", multiple: true, id: "dropped" }));
      }, undefined);
      await setFiles("#dropped", paths);
      await evaluate(() => {
        const field = document.querySelector("#dropped") as HTMLInputElement;
        const dataTransfer = new DataTransfer();
        for (const file of field.files ?? []) dataTransfer.items.add(file);
        field.remove();
        const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
        for (const type of ["dragenter", "dragover", "drop"])
          target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }, undefined);
    },
    async saved(action, { timeout = PATIENCE } = {}) {
      const old = new Set(await readdir(folder));
      await action();
      const name = await until(
        async () => (await readdir(folder)).find((one) => !old.has(one) && !one.endsWith(".part")),
        "a saved file",
        timeout,
      );
      const path = join(folder, name);
      // The name is taken before the bytes are there.
      await until(
        async () =>
          (await stat(path)).size > 0 && !(await readdir(folder)).some((one) => one.endsWith(".part")) ? true : undefined,
        path,
        timeout,
      );
      return path;
    },
    evaluate,
    async inject(source) {
      await bidi.send("script.callFunction", {
        functionDeclaration: `() => { ${source}\n}`,
        target: { context },
        awaitPromise: false,
      });
    },
    fillStorage: (full) => evaluate(full ? fill : empty, undefined),
    async screenshot(path) {
      const { data } = await bidi.send("browsingContext.captureScreenshot", { context });
      await writeFile(path, Buffer.from(data, "base64"));
    },
    resize: (width, height) => bidi.send("browsingContext.setViewport", { context, viewport: { width, height } }),
    async close() {
      for (const stop of quiet) stop();
      if (preload) await bidi.send("script.removePreloadScript", preload);
      await bidi.send("browsingContext.close", { context });
    },
  };
}
