/** `foley evaluate` through networks: weights and tokenisers that are found, missing or of others, and whose licence is said when. */
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { describe, expect, it } from "vitest";
import { synchformerShapes } from "../../../../packages/metrics/src/networks/synchformer/shapes.test-support.js";
import { ran } from "../testing.js";
import { evaluationDesk, strikes, valueOf } from "./evaluating.test-support.js";

const { at, write, evaluate, printed } = evaluationDesk();

describe("networks", () => {
  const fixture = (name: string) => goldenPath(`metrics/${name}`);
  const weights = fixture("vggish-tiny");

  it("licences are said before first use and once; what is missing is named with its address", async () => {
    const reference = await write("heard", { "a.wav": strikes([0.4]), "b.wav": strikes([0.7]), "c.wav": strikes([1]) });
    const made = await write("heard-made", { "a.wav": strikes([0.5]), "b.wav": strikes([0.8]), "c.wav": strikes([1.2]) });
    const argv = [
      made,
      "--reference",
      reference,
      "--preset",
      "vggsound",
      "--seconds",
      "2",
      "--weights",
      weights,
      "--device",
      "cpu",
    ];
    const first = await printed(...argv, "--cache", at("heard-features"));
    expect(first.err).toMatch(/Licence of weights: VGGish \(vggish-10086976\.pth\): Apache-2\.0.*; see https:/);
    expect(first.err).toMatch(/Note: No weights of PANNs .*: FD-PANNs, .* cannot be measured\. Get them from https:/);
    expect(first.err).toMatch(/FD-VGG: .*(?:too few|rows|clips)/i);
    expect(Number.isFinite(valueOf(first.reports[0], "fd-vggish"))).toBe(true);
    expect(valueOf(first.reports[0], "fd-panns")).toBeUndefined();
    const again = await printed(...argv, "--cache", at("heard-features"));
    expect(again.err).not.toMatch(/Licence of weights/);
    expect(again.reports).toEqual(first.reports);
    // By its name, as well.
    const named = [
      ...argv.slice(0, 7),
      "--weights",
      `vggish=${join(weights, "vggish-10086976.pth")}`,
      "--device",
      "cpu",
      "--no-cache",
    ];
    expect((await printed(...named)).reports[0]?.results).toEqual(first.reports[0]?.results);
  });

  it("captions are compared with sounds; a tokeniser that is missing or of another network is asked for", async () => {
    const made = await write("said-made", { "a.wav": strikes([0.5]), "b.wav": strikes([0.8, 1.2]), "c.wav": strikes([1]) });
    await writeFile(at("said.csv"), "name,caption\na,a dog\nb,dog bark! dog bark!\n");
    const argv = [
      made,
      "--reference",
      made,
      "--captions",
      at("said.csv"),
      "--preset",
      "audiocaps",
      "--seconds",
      "2",
      "--device",
      "cpu",
    ];
    const { reports, err } = await printed(...argv, "--weights", fixture("ms-clap-tiny"), "--cache", at("said-features"));
    expect(err).toMatch(/Licence of weights: MS-CLAP 2023 \(CLAP_weights_2023\.pth\): MS-PL; see https:/);
    const score = reports[0]?.results.find(({ id }) => id === "clap-ms");
    expect(score?.perClip).toEqual({ a: expect.any(Number), b: expect.any(Number) });
    for (const value of Object.values(score?.perClip ?? {})) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    expect(err).toMatch(/c: There is no caption/);
    const file = join(fixture("ms-clap-tiny"), "CLAP_weights_2023.pth");
    await mkdir(at("alone"));
    await copyFile(file, at("alone", "CLAP_weights_2023.pth"));
    const without = await evaluate(...argv, "--weights", at("alone"), "--no-cache");
    expect([without.code, without.err]).toEqual([
      1,
      expect.stringMatching(/tokenizer\.json of openai-community\/gpt2.*--tokeniser/s),
    ]);
    await writeFile(at("other.json"), JSON.stringify({ model: { vocab: { "<s>": 0, "<|endoftext|>": 1 } } }));
    const other = await evaluate(...argv, "--weights", at("alone"), "--tokeniser", at("other.json"), "--no-cache");
    expect([other.code, other.err]).toEqual([1, expect.stringMatching(/not among .*other\.json/)]);
    const both = ["--tokeniser", at("other.json"), "--tokeniser", join(fixture("ms-clap-tiny"), "gpt2", "tokenizer.json")];
    const again = await printed(...argv, "--weights", at("alone"), ...both, "--no-cache");
    expect(again.reports[0]?.results.find(({ id }) => id === "clap-ms")?.perClip).toEqual(score?.perClip);
  });

  it("a clip that is too short for DeSync is named, and has no number", async () => {
    const synchformer = at("synchformer.safetensors");
    const random = createRandom(1, "synchformer");
    const shapes = Object.entries(synchformerShapes(64, 1));
    await writeSafetensorsFile(
      synchformer,
      Object.fromEntries(
        shapes.map(([name, shape]) => {
          const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.range(-0.1, 0.1));
          return [name, { dtype: "float32", shape, data }];
        }),
      ),
    );
    const seen = at("seen");
    await ran(["scenes", "-o", seen, "--count", "1", "--seconds", "5", "--size", "64", "--class", "strike", "--quiet"]);
    await ran(["scenes", "-o", at("brief"), "--count", "1", "--seconds", "2", "--size", "64", "--class", "strike", "--quiet"]);
    for (const file of await readdir(at("brief"))) await copyFile(at("brief", file), join(seen, `brief-${file}`));
    const argv = [seen, "--reference", seen, "--weights", `synchformer=${synchformer}`, "--device", "cpu", "--no-cache"];
    const { reports, err } = await printed(...argv, "--preset", "vggsound", "--seconds", "5");
    const found = reports[0]?.results.find(({ id }) => id === "desync");
    expect([Object.keys(found?.perClip ?? {}), Number.isFinite(found?.value)]).toEqual([["scene-0"], true]);
    expect(err).toMatch(/brief-scene-0: .*(?:5 s|too short|frames)/);
    const none = await printed(...argv, "--preset", "vggsound", "--seconds", "4");
    expect(valueOf(none.reports[0], "desync")).toBeUndefined();
    expect(none.err).toMatch(/A clip of 4 s is too short for DeSync; expected at least 4\.8 s/);
  });

  it("weights for non-commercial use are never a default, and are asked for by a flag", async () => {
    const reference = await write("heard", { "a.wav": strikes([0.4]), "b.wav": strikes([0.7]) });
    const argv = [reference, "--reference", reference, "--preset", "vggsound", "--no-cache"];
    await write("all-weights", { "imagebind_huge.pth": "nonsense" });
    const found = await printed(...argv, "--weights", at("all-weights"));
    expect(found.err).toMatch(/left out\. ImageBind.*NON-COMMERCIAL use only.*Say --non-commercial/);
    const given = await evaluate(...argv, "--weights", `imagebind=${at("all-weights", "imagebind_huge.pth")}`);
    expect([given.code, given.err]).toEqual([2, expect.stringMatching(/NON-COMMERCIAL.*Say --non-commercial/)]);
    const asked = await evaluate(...argv, "--weights", at("all-weights"), "--non-commercial");
    expect([asked.code, asked.err]).toEqual([1, expect.stringMatching(/imagebind_huge\.pth/)]);
  });
});
