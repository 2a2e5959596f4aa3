/** Pages of Chromium, driven by Playwright. The process is our own, because Playwright's cannot be killed and started again on its profile. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type BrowserContext, chromium, type Download, type Locator, type Page } from "playwright-core";
import {
  type BrowserKind,
  LONGEST_ANSWER,
  PATIENCE,
  type PageOptions,
  type Place,
  type RunningBrowser,
  type StudioPage,
  type Thing,
  until,
  withinTime,
} from "./page.js";
import { KEEP_NAMES, savedInPage, saveIntoPage, withoutOpenPickers } from "./pickers.js";
import { startBrowser } from "./process.js";

/** WebGPU runs on SwiftShader, in software: right numbers, little speed. No background work of the browser's own asks anybody anything. */
/** Quality of pictures of the documentation: letters stay sharp, a screen has about 50 kB. */
const WEBP_QUALITY = 80;

const browserArguments = [
  "--headless=new",
  "--no-sandbox",
  "--remote-debugging-port=0",
  "--disable-quic",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-features=Translate,OptimizationHints,MediaRouter",
  "--autoplay-policy=no-user-gesture-required",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--window-size=1280,800",
];

/** Chromium, at a path. */
export function chromiumKind(path: string): BrowserKind {
  return {
    name: "chromium",
    async start(profile): Promise<RunningBrowser> {
      const process = await startBrowser(path, [...browserArguments, `--user-data-dir=${profile}`, "about:blank"]);
      const browser = await chromium.connectOverCDP(process.address);
      const context = browser.contexts()[0] as BrowserContext;
      context.setDefaultTimeout(PATIENCE);
      return {
        newPage: (options) => openPage(context, options),
        kill: process.kill,
        async close() {
          await browser.close().catch(() => undefined);
          await process.kill();
        },
      };
    },
  };
}

async function openPage(context: BrowserContext, { news, before }: PageOptions): Promise<StudioPage> {
  const page = await context.newPage();
  await page.addInitScript(KEEP_NAMES);
  await page.addInitScript(saveIntoPage);
  await page.addInitScript(withoutOpenPickers);
  if (before) await page.addInitScript(before);
  // Heard from the beginning: who listens only when a key or a click opens a dialog may listen too late, since keys and that wish go different ways.
  page.on("filechooser", () => undefined);
  page.on("pageerror", (error) => news.error(error.stack ?? String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") news.error(message.text());
  });
  // The context's requests are those of pages, workers and service workers alike.
  const heard = (request: { url(): string; postDataBuffer(): Buffer | null }): void =>
    news.request(request.url(), request.postDataBuffer()?.length ?? 0);
  context.on("request", heard);
  page.once("close", () => context.off("request", heard));
  return studioPage(page);
}

function studioPage(page: Page): StudioPage {
  const folder = mkdtemp(join(tmpdir(), "foley-saved-"));
  return {
    getByRole: (role, named) => thing(page, byRole(page, role, named)),
    goto: async (address) => void (await page.goto(address)),
    reload: async () => void (await page.reload()),
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    async choose(opener, paths) {
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), opener.click()]);
      await chooser.setFiles([...paths]);
    },
    async drop(paths) {
      const session = await page.context().newCDPSession(page);
      const data = { items: [], files: [...paths], dragOperationsMask: 1 };
      const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
      for (const type of ["dragEnter", "dragOver", "dragOver", "drop"] as const) {
        await session.send("Input.dispatchDragEvent", { type, x: width / 2, y: height / 2, data });
        if (type === "drop") break;
        // A page that has not answered yet does not take the drop: the browser then opens the file in its place. Frames would not do: a page
        // that is not shown has none.
        await page.evaluate(() => new Promise<void>((resolve) => setTimeout(resolve, 50)));
      }
      await session.detach();
    },
    async saved(action, { timeout = PATIENCE } = {}) {
      const download = page.waitForEvent("download", { timeout }).catch(() => undefined);
      const before = (await page.evaluate(savedInPage, undefined)).number;
      await action();
      const picked = until(
        async () => {
          const saved = await page.evaluate(savedInPage, undefined);
          return saved.number > before && saved.done ? saved.name : undefined;
        },
        "a saved file",
        timeout,
      );
      const first = await Promise.race([picked, download.then(async (one): Promise<Download | string> => one ?? picked)]);
      // The other one will not come.
      picked.catch(() => undefined);
      if (typeof first !== "string") {
        const path = join(await folder, first.suggestedFilename());
        await first.saveAs(path);
        return path;
      }
      const path = join(await folder, basename(first));
      await writeFile(path, Buffer.from((await page.evaluate(savedInPage, { bytes: true })).base64, "base64"));
      return path;
    },
    evaluate: (run, argument) => withinTime(LONGEST_ANSWER, page.evaluate(run as never, argument as never)),
    inject: async (source) => void (await page.evaluate(`(() => { ${source}\n})()`)),
    async fillStorage(full) {
      // It lasts as long as the session.
      const session = await page.context().newCDPSession(page);
      await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(page.url()).origin, quotaSize: full ? 1 : 1e9 });
    },
    async screenshot(path) {
      if (!path.endsWith(".webp")) return void (await page.screenshot({ path }));
      // Playwright writes no WebP, the browser does.
      const session = await page.context().newCDPSession(page);
      const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: WEBP_QUALITY });
      await writeFile(path, Buffer.from(data, "base64"));
      await session.detach();
    },
    resize: (width, height) => page.setViewportSize({ width, height }),
    close: () => page.close(),
  };
}

type Roles = Parameters<Page["getByRole"]>[0];

function byRole(from: Page | Locator, role: string, named?: { readonly name?: string | RegExp }): Locator {
  return from.getByRole(role as Roles, named?.name === undefined ? {} : { name: named.name, exact: true });
}

function thing(page: Page, locator: Locator): Thing {
  const at = async ({ x, y }: Place): Promise<{ x: number; y: number }> => {
    const box = await locator.boundingBox();
    if (box === null) throw new Error(`${String(locator)} is not seen`);
    return { x: box.x + x * box.width, y: box.y + y * box.height };
  };
  const said = (): Promise<string> =>
    locator.evaluate(
      (node) =>
        /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) ? String((node as HTMLInputElement).value) : (node.textContent ?? ""),
      undefined,
      {
        timeout: PATIENCE,
      },
    );
  return {
    getByRole: (role, named) => thing(page, byRole(locator, role, named)),
    nth: (index) => thing(page, locator.nth(index)),
    async click({ at: place, modifiers } = {}) {
      const options = { ...(modifiers && { modifiers: modifiers as ("Shift" | "Control" | "Alt" | "Meta")[] }) };
      if (place === undefined) return locator.click(options);
      const box = await locator.boundingBox();
      await locator.click({ ...options, position: { x: place.x * (box?.width ?? 0), y: place.y * (box?.height ?? 0) } });
    },
    async fill(text) {
      await locator.click();
      await locator.press("Control+a");
      await locator.press("Delete");
      await locator.pressSequentially(text);
    },
    press: (key) => locator.press(key),
    focus: () => locator.focus(),
    async drag(from, to) {
      await locator.scrollIntoViewIfNeeded();
      const [start, end] = [await at(from), await at(to)];
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
      await page.mouse.move(end.x, end.y, { steps: 4 });
      await page.mouse.up();
    },
    text: async () => (await locator.textContent()) ?? "",
    value: () => locator.inputValue(),
    attribute: async (name) => (await locator.getAttribute(name)) ?? undefined,
    count: () => locator.count(),
    waitFor: ({ state = "visible", timeout = PATIENCE } = {}) => locator.waitFor({ state, timeout }),
    says: (pattern, { timeout = PATIENCE } = {}) =>
      until(
        async () => {
          // While a page is loaded again there is nothing to read.
          const text = await said().catch(() => undefined);
          return text !== undefined && pattern.test(text) ? text : undefined;
        },
        `${String(locator)} that says ${pattern}`,
        timeout,
      ),
  };
}
