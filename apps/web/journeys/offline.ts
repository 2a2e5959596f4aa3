/** Without a network, without headers, and what leaves the machine. */
import type { StudioPage } from "./stage/page.js";
import type { Journey } from "./stage/stage.js";

/** Waits until the studio says that it works offline. */
async function worksOffline(page: StudioPage): Promise<void> {
  await page.getByRole("main").says(/works offline ✓/, { timeout: 60_000 });
}

const isolation = (page: StudioPage): Promise<boolean> => page.evaluate(() => crossOriginIsolated, undefined);

/** Counts how often the page was loaded, in the tab. */
function countLoads(): void {
  if (location.protocol !== "http:") return;
  sessionStorage.setItem("loads", String(Number(sessionStorage.getItem("loads") ?? 0) + 1));
}

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "says that it works offline, and then does: the server is stopped and the page loaded again",
    async run({ page, server }) {
      await worksOffline(page);
      await page.getByRole("button", { name: "Reload with the new version" }).waitFor({ state: "hidden", timeout: 1000 });
      await server.stop();
      await page.reload();
      await page.getByRole("heading", { name: /Foley/ }).waitFor();
      await worksOffline(page);
      await page.getByRole("button", { name: "Privacy" }).click();
      await page.getByRole("dialog", { name: "Privacy" }).waitFor();
      await server.start();
    },
  },
  {
    name: "a host without headers: one more load, and threads are there",
    isolated: false,
    before: countLoads,
    async run({ page }) {
      await worksOffline(page);
      if (!(await isolation(page))) throw new Error("the page is not isolated");
      const loads = await page.evaluate(() => sessionStorage.getItem("loads"), undefined);
      if (loads !== "2") throw new Error(`the page was loaded ${loads} times`);
    },
  },
  {
    name: "no service worker and no headers: no threads, no loop, and the studio is there",
    isolated: false,
    before: () => {
      if (location.protocol !== "http:") return;
      sessionStorage.setItem("loads", String(Number(sessionStorage.getItem("loads") ?? 0) + 1));
      // As in private windows.
      Object.defineProperty(Navigator.prototype, "serviceWorker", { get: () => undefined });
    },
    async run({ page }) {
      await page.getByRole("main").says(/not offline/);
      await page.getByRole("button", { name: "What this browser can do" }).click();
      const sheet = page.getByRole("dialog", { name: "What this browser can do" });
      await sheet.says(/Threads– missing/);
      const loads = await page.evaluate(() => sessionStorage.getItem("loads"), undefined);
      if (loads !== "1") throw new Error(`the page was loaded ${loads} times`);
    },
  },
  {
    name: "in a folder of a plain host without headers: threads are there, it is kept, and the engine finds what is to be heard",
    under: "tools",
    async run({ page, elsewhere, clip }) {
      // Such a host knows no folder's first page.
      await page.goto(`${elsewhere}index.html`);
      await worksOffline(page);
      if (!(await isolation(page))) throw new Error("the page is not isolated");
      const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope, undefined);
      if (scope !== elsewhere) throw new Error(`the service worker answers for ${scope}`);
      await page.drop([await clip("bounce")]);
      await page.getByRole("button", { name: "Go to event 1" }).waitFor({ timeout: 120_000 });
    },
  },
  {
    name: "the doctor's sheet says what is there and what is done instead",
    async run({ page, screen, browser }) {
      await page.getByRole("button", { name: "What this browser can do" }).click();
      const sheet = page.getByRole("dialog", { name: "What this browser can do" });
      const told = await sheet.says(/Offline and counting/);
      if (!/H\.264/.test(told)) throw new Error(`no codec is named: ${told}`);
      if (browser === "firefox" && !/Saving where you choose– missing/.test(told)) throw new Error("Firefox has no save picker");
      await screen("doctor");
      await page.press("Escape");
      await sheet.waitFor({ state: "hidden" });
    },
  },
  {
    name: "the privacy sheet counts the requests, all of them to this origin",
    async run({ page, screen }) {
      await worksOffline(page);
      await page.getByRole("button", { name: "Privacy" }).click();
      const told = await page.getByRole("dialog", { name: "Privacy" }).says(/Requests made since .*: (\d+), all to this origin/);
      const sent = Number(/: (\d+), all/.exec(told)?.[1]);
      const files = await page.evaluate(
        async () =>
          ((await (await fetch("./asset-manifest.json")).json()) as { readonly assets: readonly unknown[] }).assets.length,
        undefined,
      );
      if (!(sent >= files)) throw new Error(`${sent} requests are counted, the studio has ${files} files`);
      if (!told.includes("carried anything with them: 0.")) throw new Error(told);
      await screen("privacy");
      return `${sent} requests`;
    },
  },
];
