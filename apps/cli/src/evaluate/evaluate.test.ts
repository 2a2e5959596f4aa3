/** `foley evaluate` as a person calls it: folders, lists, and what is wrong with a call. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { goldenPath } from "@foley-control/golden/node";
import { encodeWav } from "@foley-control/media";
import { benchmarkLayouts, type EvaluationReport, evaluationPresets, metricNetworks } from "@foley-control/metrics/node";
import { describe, expect, it } from "vitest";
import { ran } from "../testing.js";
import { evaluationDesk, RATE, strikes, valueOf } from "./evaluating.test-support.js";

const { at, env, write, evaluate, printed } = evaluationDesk();

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

  it("pairs names however accents are written, our own default names, and every ending whose content can be read", async () => {
    const [composed, decomposed] = ["Müller café".normalize("NFC"), "Müller café".normalize("NFD")];
    const sound = strikes([0.5, 1.1]);
    const clip = (name: string) => readFile(goldenPath(`clips/${name}`));
    const reference = await write("names-true", {
      [`${composed}.wav`]: sound,
      "clip.mp4": await clip("h264-aac.mp4"),
      "m4.wav": sound,
      "op.wav": sound,
      "other.wav": sound,
    });
    const made = await write("names-made", {
      [`${decomposed}.wav`]: sound,
      "clip.foley.mp4": await clip("h264-aac.mp4"),
      "m4.m4a": await clip("sound-only.mp4"),
      "op.opus": await clip("vp9-opus.webm"),
      "other.aiff": "",
      "unknown.aiff": "",
    });
    await writeFile(at("names.csv"), `name,caption\n${decomposed},accents\n`);
    const html = at("names.html");
    const argv = ["--reference", reference, "--captions", at("names.csv"), "--html", html, "--no-cache"];
    const { reports, err } = await printed(made, ...argv);
    expect(reports[0]).toMatchObject({
      pairs: 4,
      onlyReference: ["other"],
      onlyGenerated: [],
      unread: ["other.aiff"],
      failures: [],
    });
    expect(err).toContain("Note: names-made: the ending is not read of other.aiff");
    expect(await readFile(html, "utf8")).toContain("accents");
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
    for (const { name } of metricNetworks) expect(help).toContain(name);
    expect(help).toMatch(/Examples: foley evaluate/);
  });

  it("Ctrl-C is no failure, and nothing half-written is left", async () => {
    const controller = new AbortController();
    controller.abort(new Error("interrupted"));
    await write("true", { "a.wav": strikes([0.4]) });
    const argv = ["evaluate", at("true"), "--reference", at("true"), "--no-cache", "--html", at("stopped.html")];
    expect((await ran(argv, { env: env(), signal: controller.signal })).code).toBe(130);
    expect(existsSync(at("stopped.html"))).toBe(false);
  });
});
