import { expect, test } from "vitest";
import type { SmallModelFiles } from "../engine/engine.js";
import { filesOfInput, modelOfFiles } from "./folder.js";
import { looksLikeModel } from "./model-names.js";

const files = (...paths: readonly string[]) =>
  filesOfInput(
    paths.map((path) => {
      const file = new File([path], path.split("/").at(-1) as string);
      return Object.defineProperty(file, "webkitRelativePath", { value: path });
    }),
  );
const three = (folder: string) => ["backbone", "video-encoder", "bridge"].map((name) => `${folder}/${name}.safetensors`);

test("a folder with all three files is a model of its name, read when it is used", async () => {
  const model = modelOfFiles(files("mine/README.md", ...three("mine")));
  expect(model).toMatchObject({ name: "mine", id: "folder:mine" });
  const { encoder } = (await model.files()) as SmallModelFiles;
  expect(new TextDecoder().decode(encoder as Uint8Array)).toBe("mine/video-encoder.safetensors");
});

test("the complete folder is taken, and of two the one that lies nearer", () => {
  expect(modelOfFiles(files("run/backbone.safetensors", ...three("run/model"))).name).toBe("model");
  expect(modelOfFiles(files(...three("run/a/old"), ...three("run/b"))).name).toBe("b");
});

test("what is dropped is a model by the names of its files; other weights are one where no video lies beside them", () => {
  const likes = (names: readonly string[], videos = false) => looksLikeModel(names, { videos });
  expect(likes(["backbone.safetensors", "clip.mp4"], true)).toBe(true);
  expect(likes(["model_config.json"], true)).toBe(true);
  expect(likes(["mmaudio_small_16k.pth"])).toBe(true);
  expect(likes(["lora.safetensors"])).toBe(true);
  expect(likes(["lora.safetensors", "clip.mp4"], true)).toBe(false);
  expect(likes(["clip.mp4", "notes.txt", "config.json"])).toBe(false);
});

test("what is missing is named", () => {
  expect(() => modelOfFiles(files("mine/bridge.safetensors", "mine/notes.txt"))).toThrow(
    /backbone\.safetensors, video-encoder\.safetensors/,
  );
  expect(() => modelOfFiles([])).toThrow(/bridge\.safetensors/);
});

test.each(["mmaudio_small_16k.pth", "model_config.json"])(
  "a release, told by %s, is a model whose files stay where they are",
  async (name) => {
    const given = files(`MMAudio/weights/${name}`, "MMAudio/ext_weights/v1-16.pth");
    const model = modelOfFiles(given);
    expect(model).toMatchObject({ name: "MMAudio", id: "folder:MMAudio" });
    const found = await model.files();
    if (!("released" in found)) throw new Error("it is taken for a small model");
    expect(found.released.map(({ path }) => path)).toEqual(given.map(({ path }) => path));
    expect(await (await found.released[1]?.file.getFile())?.text()).toBe("MMAudio/ext_weights/v1-16.pth");
  },
);
