/** Commands that pages print are commands that the program understands: names, flags, values and arguments of every line. */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, CommanderError } from "commander";
import { expect, it } from "vitest";
import { buildProgram } from "./run.js";
import { quietIo } from "./testing.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Lines of shell blocks that call the program, without the program's name. */
async function calls(): Promise<readonly (readonly [string, string])[]> {
  const folders = ["apps", "packages"].map((folder) =>
    readdir(join(root, folder)).then((names) => names.map((name) => join(folder, name, "README.md"))),
  );
  const guides = readdir(join(root, "docs/guides")).then((names) =>
    names.filter((name) => name.endsWith(".md")).map((name) => join("docs/guides", name)),
  );
  const pages = ["README.md", "CONTRIBUTING.md", ...(await Promise.all([...folders, guides])).flat()];
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
      block
        .replace(/\\\n\s*/g, " ")
        .split("\n")
        .flatMap((line) => {
          const call = /^(?:npx @foley-control\/cli|npm run foley --|foley) (.*?)(?:\s+#.*)?$/.exec(line.trim())?.[1];
          return call === undefined ? [] : [[page, call] as const];
        }),
    );
  });
}

/** What a shell makes of a line without variables; what is in single quotes is kept together too. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? (match[3] as string));

/** Takes away what commands do, so that a call is read and nothing else. */
function withoutActions(command: Command): Command {
  command.action(() => undefined);
  for (const one of command.commands) withoutActions(one);
  return command;
}

it("every line is a call that is understood", async () => {
  const lines = await calls();
  expect(lines.length).toBeGreaterThan(40);
  const failures: string[] = [];
  for (const [page, line] of lines) {
    try {
      await withoutActions(buildProgram(quietIo())).parseAsync([...words(line)], { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0) failures.push(`${page}: ${line}: ${error.message}`);
    }
  }
  expect(failures).toEqual([]);
});
