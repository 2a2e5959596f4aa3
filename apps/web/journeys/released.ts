/** Models that others released, from a folder: narrow ones, laid out as they are downloaded. What is missing is named; the whole folder makes a sound. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { goldenModel, goldenPath, writeFormulaWeights } from "@foley-control/golden/node";
import {
  letterTokeniser,
  SMALL_MMAUDIO,
  writeMmaudioRelease,
} from "../../../packages/models/src/node/mmaudio-release.test-support.js";
import { pickOwnFolder } from "./folders.js";
import type { StudioPage } from "./stage/page.js";
import type { Journey } from "./stage/stage.js";

const LONG = { timeout: 120_000 };
const button = (page: StudioPage, name: string | RegExp) => page.getByRole("button", { name });

/** Stable Audio 3 as one that makes four seconds at once. */
async function writeStableAudio3(folder: string): Promise<void> {
  for (const name of [
    "model_config.json",
    ...["config.json", "tokenizer.json", "model.safetensors"].map((one) => `${TEXT}/${one}`),
  ]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(goldenPath(`sa3/sa3-tiny/${name}`), join(folder, name));
  }
  const path = join(folder, "model_config.json");
  const config = JSON.parse(await readFile(path, "utf8")) as { readonly sample_rate: number };
  await writeFile(path, JSON.stringify({ ...config, sample_size: 4 * config.sample_rate }));
  const table = goldenModel("sa3/sa3-tiny");
  await writeFormulaWeights(join(folder, "model.safetensors"), table.weights, table);
}
const TEXT = "t5gemma-b-b-ul2";

/** MMAudio of 16 kHz, with the CLIP in a folder of its own. */
async function writeMmaudio(folder: string): Promise<void> {
  await writeMmaudioRelease(folder, join(folder, "clip"), SMALL_MMAUDIO);
  await writeFile(join(folder, "clip/tokenizer.json"), JSON.stringify(letterTokeniser()));
}

/** Files of a folder that is written for the time of a call: path and bytes as base64. */
async function filesOf(write: (folder: string) => Promise<void>): Promise<readonly (readonly [string, string])[]> {
  const folder = await mkdtemp(join(tmpdir(), "foley-released-"));
  try {
    await write(folder);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), (await readFile(path)).toString("base64")] as const),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts files into the folder of the page's own file system that is picked. */
async function put(files: readonly (readonly [string, string])[]): Promise<void> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("mine", { create: true });
  for (const [path, base64] of files) {
    const folders = path.split("/");
    const name = folders.pop() as string;
    let folder = root;
    for (const one of folders) folder = await folder.getDirectoryHandle(one, { create: true });
    const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await writable.write(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
    await writable.close();
  }
}

/** A journey with a folder of which one file comes later. */
const journey = (
  model: string,
  { write, late, said }: { readonly write: (folder: string) => Promise<void>; readonly late: string; readonly said: RegExp },
): Journey => ({
  name: `the folder of ${model} makes a sound in the page, and says what it lacks`,
  // Others have no handles of folders to give.
  only: "chromium",
  before: pickOwnFolder,
  async run({ page, clip, screen }) {
    const files = await filesOf(write);
    await page.drop([await clip("bounce")]);
    await page.evaluate(
      put,
      files.filter(([path]) => path !== late),
    );
    await button(page, "Models & storage").click();
    await button(page, "Use weights from a folder…").click();
    await page.getByRole("alert").says(said, LONG);
    await page.evaluate(
      put,
      files.filter(([path]) => path === late),
    );
    await button(page, "Use weights from a folder…").click();
    await page.getByRole("radio", { name: "mine" }).waitFor(LONG);
    await screen(`released ${model}`);
    await page.press("Escape");
    const prompt = page.getByRole("textbox", { name: "What should it sound like?" });
    await prompt.fill("a dog barks");
    await prompt.press("Enter");
    await button(page, "Take 1").waitFor(LONG);
    await button(page, "Generate").waitFor(LONG);
    await screen(`a take of ${model}`);
  },
});

/** See above. */
export const journeys: readonly Journey[] = [
  journey("Stable Audio 3", {
    write: writeStableAudio3,
    late: `${TEXT}/model.safetensors`,
    said: /mine\/t5gemma-b-b-ul2\/model\.safetensors is missing: the text encoder, 1\.2 GB/,
  }),
  journey("MMAudio", {
    write: writeMmaudio,
    late: "ext_weights/best_netG.pt",
    said: /lacks best_netG\.pt, which .*429 MiB, https:/s,
  }),
];
