/** The examples of the READMEs run as they are printed, one after the other in a folder with the files that they name. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { goldenPath } from "@foley-control/golden/node";
import { encodeWav } from "@foley-control/media";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { codeBlocks, pagesWithCode } from "./code-blocks.js";
import { root } from "./command.js";

const RATE = 24_000;
let folder: string;
beforeAll(async () => {
  mkdirSync(join(root, "out"), { recursive: true });
  // Inside the checkout, where packages are found as from any project.
  folder = mkdtempSync(join(root, "out", "code-blocks-"));
  copyFileSync(goldenPath("clips/h264-aac.mp4"), join(folder, "clip.mp4"));
  const sound = encodeWav({
    sampleRate: RATE,
    channels: [Float32Array.from({ length: 2 * RATE }, (_, i) => Math.exp(-(i % RATE) / 2000) * Math.sin(i / 8))],
  });
  writeFileSync(join(folder, "foley.wav"), sound);
  for (const name of ["true", "made", "other"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "a.wav"), sound);
  }
  const weight = { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;
  await writeSafetensorsFile(join(folder, "model.safetensors"), { "blocks.0.weight": weight });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("every block that needs nothing that is not here", { timeout: 300_000 }, async () => {
  const blocks = pagesWithCode(root)
    .flatMap((page) => codeBlocks(page, readFileSync(join(root, page), "utf8")))
    .filter(({ language, given, notRun }) => language === "js" && !given && notRun === undefined);
  expect(blocks.length).toBeGreaterThan(12);
  const names = blocks.map(({ page, line, before, code }) => {
    const name = `${page.replaceAll("/", "-")}.${line}.mjs`;
    writeFileSync(join(folder, name), before + code);
    return name;
  });
  // One after the other in one process, which reads the packages once; the last line says that all came to their end.
  const all = names.map((name) => `console.log("▶ ${name}");\nawait import("./${name}");\n`).join("");
  writeFileSync(join(folder, "all.mjs"), `${all}console.log("all done");\n`);
  const argv = ["--conditions=@foley-control/source", "--import", "tsx", "all.mjs"];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: folder });
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("all done");
  for (const made of ["clip.foley.mp4", "clip.wav", "foley.24.wav", "copy.safetensors", "run/log.jsonl"])
    expect(statSync(join(folder, made)).size).toBeGreaterThan(10);
});
