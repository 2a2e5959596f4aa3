/** A model of a folder: known after a reload, and read again once it is allowed. */
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
      await page.drop([await clip("bounce")]);
      await button(page, "Models & storage").click();
      await button(page, "Use weights from a folder…").click();
      await page.getByRole("radio", { name: "mine" }).waitFor();
      await page.reload();
      await button(page, "Models & storage").click();
      await button(page, "Allow reading “mine”").waitFor();
      await screen("models-folder");
      await button(page, "Allow reading “mine”").click();
      await page.getByRole("radio", { name: "mine" }).waitFor();
      await button(page, "Remove “mine”").click();
      await page.getByRole("radio", { name: "mine" }).waitFor({ state: "hidden" });
    },
  },
];
