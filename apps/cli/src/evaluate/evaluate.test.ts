/** `foley evaluate` as a person calls it: scenes, folders, bad input, networks, sounds that are made first. */

import { existsSync } from "node:fs";
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@foley-control/core";
import { goldenPath } from "@foley-control/golden/node";
import { encodeWav } from "@foley-control/media";
import { benchmarkLayouts, type EvaluationReport, evaluationPresets, metrics, networkNeeds } from "@foley-control/metrics/node";
import { writeUntrainedMini } from "@foley-control/mini/node";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { synchformerShapes } from "../../../../packages/metrics/src/networks/synchformer/shapes.test-support.js";
import { type Ran, ran } from "../testing.js";

// Sounds are made and videos encoded, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

let folder: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-evaluate-cli-"));
  env = { FOLEY_CONFIG_DIR: join(folder, "config") };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const RATE = 24_000;
const at = (...names: readonly string[]): string => join(folder, ...names);

/** A strike at each of the times, on a faint noise that no two sounds share. */
function strikes(times: readonly number[], { seconds = 2, rate = RATE, channels = 1, hertz = 700 } = {}): Uint8Array {
  let state = Math.round(times.reduce((sum, time) => sum + time * 1e4, 1));
  const samples = Float32Array.from({ length: seconds * rate }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return times.reduce(
      (sum, time) => {
        const t = i / rate - time;
        return t < 0 ? sum : sum + 0.5 * Math.exp(-25 * t) * Math.sin(2 * Math.PI * hertz * t);
      },
      (state / 2 ** 31) * 1e-4,
    );
  });
  return encodeWav({ sampleRate: rate, channels: Array.from({ length: channels }, () => samples) });
}

async function write(name: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  await mkdir(at(name), { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(at(name, file), content);
  return at(name);
}

interface Printed {
  readonly reports: readonly EvaluationReport[];
  readonly generated: { readonly made: number; readonly kept: number; readonly failed: readonly { name: string }[] };
  readonly missing: readonly { readonly id: string }[];
  readonly html?: string;
}
const evaluate = (...argv: readonly string[]): Promise<Ran> => ran(["evaluate", ...argv], { env });
async function printed(...argv: readonly string[]): Promise<Printed & { readonly err: string }> {
  const { code, out, err } = await evaluate(...argv, "--json");
  expect([code, err.includes("unforeseen")]).toEqual([0, false]);
  return { ...(JSON.parse(out) as Printed), err };
}
const valueOf = (report: EvaluationReport | undefined, id: string) => report?.results.find((one) => one.id === id)?.value;

describe("scenes", () => {
  it("scores the default model without any download; the report says what the JSON says; again keeps everything", async () => {
    const argv = ["--scenes", "2", "-o", at("scenes"), "--cache", at("features"), "--device", "cpu", "--html", at("scenes.html")];
    const { reports, generated, html } = await printed(...argv);
    const [ours, truth] = reports;
    expect(reports.map(({ system, pairs }) => [system, pairs])).toEqual([
      ["foley", 2],
      ["the truth itself", 2],
    ]);
    expect([generated?.made, generated?.kept, html]).toEqual([2, 0, at("scenes.html")]);
    // The true sounds are in time with their events; ours are, more often than not, and not exactly.
    expect(valueOf(truth, "onset-f1-50ms")).toBeGreaterThan(0.9);
    expect(valueOf(truth, "spectral-distance")).toBe(0);
    expect(valueOf(ours, "onset-f1-100ms")).toBeGreaterThan(0.5);
    expect(valueOf(ours, "envelope-correlation")).toBeGreaterThan(0.3);
    expect(valueOf(ours, "spectral-distance")).toBeGreaterThan(0);

    const text = await readFile(at("scenes.html"), "utf8");
    const document = parseHTML(text).document as unknown as Document;
    const section = (heading: string): Element =>
      [...document.querySelectorAll("section")].find((one) => one.querySelector("h2")?.textContent === heading) as Element;
    const rows = [...section("Table").querySelectorAll("tbody tr")];
    expect(
      rows.map((row) => [...row.children].map((cell) => cell.querySelector("data")?.getAttribute("value") ?? cell.textContent)),
    ).toEqual(reports.map((report) => [report.system, `${report.pairs}`, ...report.results.map(({ value }) => `${value}`)]));
    expect(section("Distributions").querySelectorAll("figure.plot svg").length).toBe(7);
    const names = [...section("Clips of foley").querySelectorAll("h3")].map((one) => one.textContent);
    const worstFirst = Object.entries(ours?.results.find(({ id }) => id === "onset-f1-50ms")?.perClip ?? {}).sort(
      ([a, x], [b, y]) => x - y || (a < b ? -1 : 1),
    );
    expect(names).toEqual([`Worst: ${worstFirst[0]?.[0]}`, `Best: ${worstFirst[1]?.[0]}`]);
    const players = [...document.querySelectorAll("video, audio")].map((one) => one.getAttribute("src") as string);
    expect(players.length).toBe(4);
    for (const source of players) expect((await stat(join(folder, decodeURIComponent(source)))).size).toBeGreaterThan(10_000);

    // The second time nothing is made; a sound that is missing alone is.
    await rm(at("scenes", "generated", `${worstFirst[0]?.[0]}.wav`));
    const again = await printed(...argv);
    expect([again.generated?.made, again.generated?.kept]).toEqual([1, 1]);
    expect(again.reports).toEqual(reports);
  });
});

describe("folders", () => {
  it("several systems are rows of one table, in every form, with equal numbers", async () => {
    const reference = await write("true", {
      "a.wav": strikes([0.4, 1.1]),
      "b.wav": strikes([0.7]),
      "c.wav": strikes([0.5, 1.5]),
    });
    const good = await write("good", { "a.wav": strikes([0.41, 1.11]), "b.wav": strikes([0.7]), "c.wav": strikes([0.5, 1.5]) });
    const late = await write("late", {
      "a.wav": strikes([0.65, 1.35]),
      "b.wav": strikes([0.95]),
      "c.wav": strikes([0.75, 1.75]),
    });
    const argv = [
      "--reference",
      reference,
      "--system",
      `good=${good}`,
      "--system",
      `a|late & <b>=${late}`,
      "--truth",
      "--no-cache",
    ];
    const { reports } = await printed(...argv);
    expect(reports.map(({ system }) => system)).toEqual(["good", "a|late & <b>", "the truth itself"]);
    expect(reports.map((report) => valueOf(report, "onset-f1-50ms"))).toEqual([1, 0, 1]);
    const f1 = (report: EvaluationReport | undefined) => (valueOf(report, "envelope-correlation") as number).toFixed(3);
    const markdown = (await evaluate(...argv, "--markdown")).out.split("\n");
    expect(markdown[0]).toMatch(/^\| system \| Onset precision ±50 ms ↑ \|/);
    expect(markdown[3]).toContain(String.raw`| a\|late & <b> | 0.000`);
    expect(markdown[3]).toContain(f1(reports[1]));
    const latex = (await evaluate(...argv, "--latex")).out;
    expect(latex).toMatch(/^System & Onset precision .*\\\\\ngood & \\textbf\{1\.000\}/);
    // What is true is no system that could be the best.
    expect(latex).toContain("the truth itself & 1.000 &");
    expect(markdown[4]).toContain("| the truth itself | 1.000 |");
    const csv = (await evaluate(...argv, "--csv")).out.split("\n");
    expect(csv).toContain(`good,onset-f1-50ms,a,1,,,,`.replace(/,+$/, ""));
    expect(csv.filter((line) => line.startsWith("good,onset-f1-50ms")).length).toBe(4);
    const text = (await evaluate(...argv)).out;
    expect(text.split("\n")[2]).toContain(f1(reports[1]));
    // One system alone: metrics as rows, with intervals.
    const one = (await evaluate(good, "--reference", reference, "--no-cache")).out;
    expect(one).toMatch(/metric +value +95 % interval +unit +clips\n.*Onset precision ±50 ms ↑ +1 +1 to 1 +3/);
    expect(existsSync("foley-features")).toBe(false);
  });

  it("names what does not pair, is silent, damaged, of another length, rate or number of channels", async () => {
    const reference = await write("odd-true", {
      "a.wav": strikes([0.5]),
      "broken.wav": strikes([0.5]),
      "long.wav": strikes([0.5]),
      "nan.wav": strikes([0.5]),
      "only-true.wav": strikes([0.5]),
      "quiet.wav": strikes([0.5]),
      "surround.wav": strikes([0.5], { channels: 6, rate: 48_000 }),
    });
    // A sample that is no number, in a file that is in order otherwise.
    const notFinite = encodeWav({ sampleRate: RATE, channels: [new Float32Array(2 * RATE).fill(0.1)] }, { bits: "32f" });
    new DataView(notFinite.buffer, notFinite.byteOffset).setFloat32(notFinite.byteLength - 400, Number.NaN, true);
    const made = await write("odd-made", {
      "a.wav": strikes([0.5], { rate: 44_100, channels: 2 }),
      "broken.wav": strikes([0.5]).subarray(0, 40),
      "long.wav": strikes([0.5], { seconds: 3 }),
      "only-made.wav": strikes([0.5]),
      "quiet.wav": encodeWav({ sampleRate: RATE, channels: [new Float32Array(2 * RATE)] }),
      "nan.wav": notFinite,
      "surround.wav": strikes([0.5], { channels: 2 }),
    });
    const { code, out, err } = await evaluate(made, "--reference", reference, "--no-cache", "--html", at("odd.html"));
    expect(code).toBe(0);
    expect(err).toContain("Note: odd-made: nothing generated for only-true");
    expect(err).toContain("Note: odd-made: no true clip for only-made");
    expect(err).toContain("Note: odd-made: silent: quiet");
    expect(err).toContain("the two sounds differ in length: long (2.00 s, 3.00 s)");
    expect(err).toMatch(/Note: odd-made: not scored broken: .*broken\.wav/);
    expect(err).toMatch(/Note: odd-made: not scored nan: Sample .* finite numbers only/);
    expect(out).not.toMatch(/NaN|undefined|null/);
    const page = await readFile(at("odd.html"), "utf8");
    for (const name of ["only-true", "only-made", "quiet", "broken", "long"])
      expect(page).toContain(`<th scope="row">${name}</th>`);
    const { reports } = await printed(made, "--reference", reference, "--no-cache");
    for (const { value, perClip } of reports[0]?.results ?? []) {
      expect(Number.isFinite(value)).toBe(true);
      expect(perClip).toHaveProperty("surround");
    }
  });

  it("one clip only has numbers without intervals; the same folder on both sides is said", async () => {
    const reference = await write("single", { "a.wav": strikes([0.5]) });
    const { reports, err } = await printed(reference, "--reference", reference, "--no-cache");
    expect(reports[0]?.results.map(({ interval }) => interval)).toEqual(reports[0]?.results.map(() => undefined));
    expect(err).toMatch(/single is the folder of the true sounds itself/);
  });

  it("captions and events beside a clip, and captions of a list", async () => {
    const events = {
      caption: "of the json",
      events: [
        { time: 0.5, kind: "hit" },
        { time: 0.52, kind: "hit" },
        { time: 1.2, kind: "stroke" },
      ],
    };
    const reference = await write("beside", { "a.wav": strikes([0.5, 1.5]), "a.json": JSON.stringify(events) });
    // The second strike of the sound is no event: the truth itself has one too many.
    const { reports } = await printed(reference, "--reference", reference, "--no-cache", "--html", at("beside.html"));
    expect(valueOf(reports[0], "onset-precision-50ms")).toBe(0.5);
    expect(valueOf(reports[0], "onset-recall-50ms")).toBe(1);
    expect(await readFile(at("beside.html"), "utf8")).toContain("of the json");
    await writeFile(at("captions.csv"), 'name,caption\na,"of the list, <i>"\n');
    await printed(
      reference,
      "--reference",
      reference,
      "--no-cache",
      "--captions",
      at("captions.csv"),
      "--html",
      at("beside.html"),
    );
    expect(await readFile(at("beside.html"), "utf8")).toContain("of the list, &lt;i&gt;");
  });

  it("a benchmark is read by its list, and what is missing is named", async () => {
    const benchmark = await write("bench", {
      "test.csv": "audiocap_id,youtube_id,start_time,caption\n11,aaaaaaaaaaa,30,Wind\n12,bbbbbbbbbbb,0,Rain\n",
      "Yaaaaaaaaaaa.wav": strikes([0.5]),
    });
    const made = await write("bench-made", { "11.wav": strikes([0.5]), "12.wav": strikes([0.5]) });
    const { reports, missing, err } = await printed(made, "--benchmark", `audiocaps=${benchmark}`, "--no-cache");
    expect(reports[0]?.pairs).toBe(1);
    expect(missing.map(({ id }) => id)).toEqual(["12"]);
    expect(err).toMatch(/Note: the benchmark's folder lacks 12 \(audio\)/);
    for (const { id } of benchmarkLayouts) expect((await evaluate("--help")).out.replace(/\s+/g, " ")).toContain(id);
  });
});

describe("bad input", () => {
  it.each([
    [[], { preset: "vggsound" }, /nothing to evaluate/],
    [["good"], {}, /good was given without --reference/],
    [["none"], { reference: "true" }, /The folder none cannot be read/],
    [["made"], { reference: "nowhere" }, /cannot be read/],
    [["true"], { reference: "true", scenes: "3" }, /--scenes was given; scenes are rendered/],
    [["true"], { reference: "true", list: "x" }, /--list was given without --benchmark/],
    [["true"], { reference: "true", benchmark: "vggsound=true" }, /--benchmark was given, and --reference/],
    [["true"], { benchmark: "vggsound" }, /LAYOUT=FOLDER was expected/],
    [["true"], { benchmark: "opera=true" }, /no benchmark "opera"/],
    [["true"], { reference: "true", system: "x" }, /NAME=FOLDER was expected/],
    [["true"], { reference: "true", system: "true=good" }, /Two systems are called "true"/],
    [["true"], { reference: "true", by: "desync" }, /--by was given without --html/],
    [["true"], { reference: "true", html: "report.pdf" }, /ends in .html/],
    [["true"], { reference: "true", html: "r.html", by: "fd-panns" }, /a number of the whole set/],
    [["true"], { reference: "true", html: "r.html", by: "beauty" }, /no metric "beauty"/],
    [["true"], { reference: "true", captions: "none.csv" }, /captions .* does not exist/],
    [["true"], { reference: "true", weights: "nothing" }, /no folder and not NETWORK=FILE/],
    [["true"], { reference: "true", weights: "lens=x.pt" }, /no network "lens". Known are vggish/],
    [["true"], { reference: "true", preset: "strict" }, /No weights of VGGish .* cannot be measured\. Get them from http/],
    [["true"], { reference: "true", generate: true }, /would go to the folder of the true ones/],
    [[], { reference: "true", generate: true }, /--generate was given without the folder/],
    [["empty"], { reference: "true" }, /has no sounds/],
    [["twice"], { reference: "true" }, /both named "a"/],
    [["strangers"], { reference: "true" }, /has the name of a true clip: it has "x"; the true clips are "a", "b", "c"/],
    [["true"], { reference: "true", csv: true, latex: true }, /--csv and --latex were given/],
  ] as const)("%j %j", async (folders, flags, message) => {
    await write("true", { "a.wav": strikes([0.4, 1.1]), "b.wav": strikes([0.7]), "c.wav": strikes([0.5, 1.5]) });
    await write("empty", { "notes.txt": "" });
    await write("twice", { "a.wav": strikes([1]), "a.flac": "" });
    await write("strangers", { "x.wav": strikes([1]) });
    const inside = new Set(["reference", "html"]);
    const named = (text: string): string => (existsSync(at(text)) ? at(text) : text);
    const argv = Object.entries(flags).flatMap(([flag, value]) => [
      `--${flag}`,
      ...(value === true
        ? []
        : [
            inside.has(flag)
              ? at(value as string)
              : (value as string).replace(/=(true|good)$/, (_, name: string) => `=${at(name)}`),
          ]),
    ]);
    const { code, err } = await evaluate(...folders.map(named), ...argv, "--no-cache", "--output", at("nothing"));
    expect([code, err]).toEqual([expect.toSatisfy((one) => one === 1 || one === 2), expect.stringMatching(message)]);
    expect(err).not.toMatch(/unforeseen/);
    expect(existsSync(at("r.html"))).toBe(false);
  });

  it("presets of the help are those that there are", async () => {
    const { err } = await evaluate("x", "--preset", "paper");
    for (const { id } of evaluationPresets) expect(err).toContain(id);
    const help = (await evaluate("--help")).out.replace(/\s+/g, " ");
    for (const { network } of networkNeeds(metrics)) expect(help).toContain(network);
    expect(help).toMatch(/Examples: foley evaluate/);
  });

  it("Ctrl-C is no failure, and nothing half-written is left", async () => {
    const controller = new AbortController();
    controller.abort(new Error("interrupted"));
    await write("true", { "a.wav": strikes([0.4]) });
    const argv = ["evaluate", at("true"), "--reference", at("true"), "--no-cache", "--html", at("stopped.html")];
    expect((await ran(argv, { env, signal: controller.signal })).code).toBe(130);
    expect(existsSync(at("stopped.html"))).toBe(false);
  });
});

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

describe("--generate", () => {
  let model: string;
  beforeAll(async () => {
    model = at("model");
    await writeUntrainedMini(model, { vocabulary: CAPTION_VOCABULARY });
    await ran(["scenes", "-o", at("videos"), "--count", "2", "--seconds", "2", "--size", "64", "--class", "strike", "--quiet"]);
  });

  it("makes what is missing, keeps what is there, names what fails, and does not touch sounds of others", async () => {
    await writeFile(at("videos", "broken.mp4"), "Dear diary, ".repeat(100));
    const made = at("generated");
    const argv = [
      made,
      "--generate",
      "--reference",
      at("videos"),
      "--model",
      model,
      "--device",
      "cpu",
      "--steps",
      "1",
      "--no-cache",
    ];
    const first = await printed(...argv);
    expect(first.generated).toMatchObject({ made: 2, kept: 0, failed: [{ name: "broken" }] });
    expect(first.err).toMatch(/Note: no sound was made for broken: .*broken\.mp4/);
    expect(first.reports[0]).toMatchObject({ system: "generated", pairs: 2, onlyReference: ["broken"] });
    expect((await readdir(made)).sort()).toEqual(["generated.jsonl", "scene-0.wav", "scene-1.wav"]);
    const rows = (await readFile(join(made, "generated.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; seed: number; prompt: string });
    expect(rows.map(({ name }) => name)).toEqual(["scene-0", "scene-1"]);
    expect(rows[0]?.seed).not.toBe(rows[1]?.seed);
    const { caption } = JSON.parse(await readFile(at("videos", "scene-0.json"), "utf8")) as { caption: string };
    expect(rows[0]?.prompt).toBe(caption);

    // Killed: one sound is missing, the last line was cut off.
    const before = await readFile(join(made, "scene-0.wav"));
    const untouched = (await stat(join(made, "scene-1.wav"))).mtimeMs;
    await rm(join(made, "scene-0.wav"));
    await appendFile(join(made, "generated.jsonl"), '{"name":"scene-');
    const again = await printed(...argv);
    expect(again.generated).toMatchObject({ made: 1, kept: 1 });
    expect(Buffer.compare(await readFile(join(made, "scene-0.wav")), before)).toBe(0);
    expect((await stat(join(made, "scene-1.wav"))).mtimeMs).toBe(untouched);
    expect((await printed(...argv)).generated).toMatchObject({ made: 0, kept: 2 });

    // Another seed makes others in their place.
    const other = await printed(...argv, "--seed", "5");
    expect(other.generated).toMatchObject({ made: 2, kept: 0 });
    expect(Buffer.compare(await readFile(join(made, "scene-0.wav")), before)).not.toBe(0);

    // Ctrl-C at the last of three clips (one is broken): the one before is kept, nothing half-written is left, and the same command makes the other.
    const controller = new AbortController();
    const stopped = at("stopped");
    const stop = (text: string) => void (text.includes("making sound 3") && controller.abort(new Error("interrupted")));
    const interrupted = await ran(["evaluate", stopped, ...argv.slice(1)], { env, signal: controller.signal, err: stop });
    expect([interrupted.code, (await readdir(stopped)).sort()]).toEqual([130, ["generated.jsonl", "scene-0.wav"]]);
    expect((await printed(stopped, ...argv.slice(1))).generated).toMatchObject({ made: 1, kept: 1 });
    expect(Buffer.compare(await readFile(join(stopped, "scene-0.wav")), before)).toBe(0);

    const strange = await write("of-others", { "scene-1.wav": strikes([0.5]) });
    const refused = await evaluate(strange, ...argv.slice(1));
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(/scene-1\.wav" is there and was not made by this command/),
    ]);
    expect(await readFile(join(strange, "scene-1.wav"))).toEqual(Buffer.from(strikes([0.5])));
  });
});
