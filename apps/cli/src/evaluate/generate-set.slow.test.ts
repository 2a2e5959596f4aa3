/** `foley evaluate` of sounds that are made first: held-out scenes by the default model, and `--generate`. */
import { appendFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CAPTION_VOCABULARY } from "@foley-control/scenes";
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, it } from "vitest";
import { ran, writeQuickMini } from "../testing.js";
import { evaluationDesk, strikes, valueOf } from "./evaluating.test-support.js";

const { at, env, write, evaluate, printed } = evaluationDesk();

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
    for (const source of players) expect((await stat(at(decodeURIComponent(source)))).size).toBeGreaterThan(10_000);

    // The second time nothing is made; a sound that is missing alone is.
    await rm(at("scenes", "generated", `${worstFirst[0]?.[0]}.wav`));
    const again = await printed(...argv);
    expect([again.generated?.made, again.generated?.kept]).toEqual([1, 1]);
    expect(again.reports).toEqual(reports);
  });
});

describe("--generate", () => {
  let model: string;
  beforeAll(async () => {
    model = at("model");
    await writeQuickMini(model, { vocabulary: CAPTION_VOCABULARY });
    await ran(["scenes", "-o", at("videos"), "--count", "2", "--seconds", "1", "--size", "64", "--class", "strike", "--quiet"]);
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

    // Killed amid a line, whose sound is there: it is made again. So is one before which another process went on.
    const lines = (await readFile(join(made, "generated.jsonl"), "utf8")).trimEnd().split("\n");
    await writeFile(join(made, "generated.jsonl"), lines.join("\n").slice(0, -40));
    expect((await printed(...argv)).generated).toMatchObject({ made: 1, kept: 1 });
    await writeFile(join(made, "generated.jsonl"), `${lines[1]?.slice(0, 25)}${lines.at(-1)}\n`);
    expect((await printed(...argv)).generated).toMatchObject({ made: 1, kept: 1 });
    expect(Buffer.compare(await readFile(join(made, "scene-0.wav")), before)).toBe(0);

    // Another seed makes others in their place.
    const other = await printed(...argv, "--seed", "5");
    expect(other.generated).toMatchObject({ made: 2, kept: 0 });
    expect(Buffer.compare(await readFile(join(made, "scene-0.wav")), before)).not.toBe(0);

    // So does what the same weights are not asked for.
    expect((await printed(...argv, "--no-clip")).generated).toMatchObject({ made: 2, kept: 0 });

    // Ctrl-C at the last of three clips (one is broken): the one before is kept, nothing half-written is left, and the same command makes the other.
    const controller = new AbortController();
    const stopped = at("stopped");
    const stop = (text: string) => void (text.includes("making sound 3") && controller.abort(new Error("interrupted")));
    const interrupted = await ran(["evaluate", stopped, ...argv.slice(1)], { env: env(), signal: controller.signal, err: stop });
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
