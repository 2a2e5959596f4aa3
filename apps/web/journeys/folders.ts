/** A model of a folder: known after a reload, and read again once it is allowed. */
import { fileURLToPath } from "node:url";
import type { StudioPage } from "./stage/page.js";
import type { Journey } from "./stage/stage.js";

const button = (page: StudioPage, name: string | RegExp) => page.getByRole("button", { name });

/** A picker that gives a folder of the page's own file system, which this browser asks for once in each load of the page. */
export function pickOwnFolder(): void {
  const realm = globalThis as unknown as { showDirectoryPicker: () => Promise<FileSystemDirectoryHandle> };
  if (!("storage" in navigator) || !("showDirectoryPicker" in globalThis)) return;
  let allowed = false;
  realm.showDirectoryPicker = async () => {
    allowed = true;
    return (await navigator.storage.getDirectory()).getDirectoryHandle("mine", { create: true });
  };
  Object.assign(FileSystemHandle.prototype, {
    queryPermission: async () => (allowed ? "granted" : "prompt"),
    requestPermission: async () => {
      allowed = true;
      return "granted";
    },
  });
}

/** Puts the studio's own model into that folder. */
async function fillFolder(): Promise<void> {
  const list = (await (await fetch("./asset-manifest.json")).json()) as { readonly assets: readonly { readonly path: string }[] };
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("mine", { create: true });
  for (const { path } of list.assets) {
    const name = /(backbone|video-encoder|bridge)-[^/]*\.safetensors$/.exec(path)?.[1];
    if (name === undefined) continue;
    const writable = await (await folder.getFileHandle(`${name}.safetensors`, { create: true })).createWritable();
    await writable.write(await (await fetch(`./${path}`)).arrayBuffer());
    await writable.close();
  }
}

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "a model of a folder is known after a reload, and used once reading it is allowed",
    // Others have no handles: they say that the folder has to be chosen again.
    only: "chromium",
    before: pickOwnFolder,
    async run({ page, clip, screen }) {
      await page.evaluate(fillFolder, undefined);
      // The first screen has this dialog too, and goes with it.
      const inStudio = () => button(page, "Generate").waitFor();
      await page.drop([await clip("bounce")]);
      await inStudio();
      await button(page, "Models & storage").click();
      await button(page, "Use weights from a folder…").click();
      await page.getByRole("radio", { name: "mine" }).waitFor();
      await page.reload();
      await inStudio();
      await button(page, "Models & storage").click();
      await button(page, "Allow reading “mine”").waitFor();
      await screen("models-folder");
      await button(page, "Allow reading “mine”").click();
      await page.getByRole("radio", { name: "mine" }).waitFor();
      await button(page, "Remove “mine”").click();
      await page.getByRole("radio", { name: "mine" }).waitFor({ state: "hidden" });
    },
  },
  {
    name: "a model that is dropped is used where it lies: its folder, or its files, of which it says what is missing",
    async run({ page, browser, screen }) {
      const weights = fileURLToPath(new URL("../../../packages/mini/weights/", import.meta.url));
      const files = ["backbone", "video-encoder", "bridge"].map((name) => `${weights}${name}.safetensors`);
      const dialog = page.getByRole("dialog", { name: "Models & storage" });
      await button(page, "Choose a video…").waitFor();
      await page.drop(files.slice(0, 2));
      await dialog.getByRole("alert").says(/bridge\.safetensors/);
      await screen("models-lacks");
      // Firefox is driven by a way that drops files alone.
      await page.drop(browser === "chromium" ? [weights.slice(0, -1)] : files);
      const name = browser === "chromium" ? "weights" : "Own model";
      await dialog.getByRole("radio", { name }).waitFor();
      await dialog.getByRole("alert").waitFor({ state: "hidden" });
      await dialog.getByRole("button", { name: `Verify “${name}”` }).click();
      await dialog.says(/The files are whole and belong together/, { timeout: 60_000 });
    },
  },
];
