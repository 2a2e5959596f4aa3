/** What a shell would offer: in bash by asking bash, in the others by what their scripts hold. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ran } from "../testing.js";

const has = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;
const script = async (shell: string): Promise<string> => (await ran(["completion", shell])).out;

describe.skipIf(!has("bash"))("bash", () => {
  /** Words that bash offers behind a line; the last word is the one that is being typed. */
  async function offered(...words: readonly string[]): Promise<readonly string[]> {
    const line = ["foley", ...words].map((word) => `'${word}'`).join(" ");
    const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _foley; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", `${await script("bash")}\n${ask}`], { encoding: "utf8" });
    expect(stderr).toBe("");
    return stdout.split("\n").filter((one) => one !== "");
  }
  it.each([
    [["gen"], ["generate"]],
    [["train", "bri"], ["bridge"]],
    [["generate", "clip.mp4", "--neg"], ["--negative-prompt"]],
    [
      ["generate", "--original", ""],
      ["replace", "mix", "keep"],
    ],
    [["train", "bridge", "--micro"], ["--micro-batch"]],
    // Files, which the shell offers by itself.
    [["generate", "cl"], []],
    [["generate", "--events", "gen"], []],
    [["generate", "generate", "--prom"], ["--prompt"]],
  ] as const)("%j", async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });
  it("offers every command of the help", async () => {
    const help = (await ran(["--help"])).out;
    const commands = await offered("");
    expect(commands.length).toBeGreaterThan(9);
    for (const name of commands) expect(help).toContain(`\n  ${name} `);
  });
});

it.each(["zsh", "fish"])("%s knows commands, flags and values, and can be read where the shell is", async (shell) => {
  const text = await script(shell);
  for (const word of ["generate", "output-dir", "negative-prompt", "webgpu", "micro-batch", "completion"])
    expect(text).toContain(word);
  if (!has(shell)) return;
  expect(spawnSync(shell, ["-n"], { input: text, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
});

it("no other shell", async () => {
  const { code, err } = await ran(["completion", "cmd"]);
  expect(code).toBe(2);
  expect(err).toMatch(/Allowed choices are bash, zsh, fish/);
});

it("help is in groups, with what all commands have at the end", async () => {
  const headings = async (...argv: readonly string[]) =>
    (await ran([...argv, "--help"])).out.split("\n").filter((line) => /^\S.{0,40}:$/.test(line));
  expect(await headings("generate")).toEqual([
    "Arguments:",
    "What is heard:",
    "Which part of a clip:",
    "What is written:",
    "Networks:",
    "What is said:",
    "Examples:",
  ]);
  for (const argv of [["evaluate"], ["dataset", "prepare"], ["train", "bridge"]]) {
    const found = await headings(...argv);
    expect(found).not.toContain("Options:");
    expect(found.length).toBeGreaterThan(4);
  }
  expect((await headings()).slice(1, 5)).toEqual(["Make sound:", "Measure:", "Train:", "This machine:"]);
});
