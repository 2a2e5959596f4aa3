/** Guides as tests read them: their blocks, commands as a shell splits them, and messages that must be those of the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A guide. */
export const readGuide = (name: string): string => readFileSync(join(root, "docs/guides", name), "utf8");

/** The blocks of a language. */
export const blocksOf = (guide: string, language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] as string);

/** Lines that are typed. */
export const linesOf = (guide: string): readonly string[] => blocksOf(guide, "sh").flatMap((block) => block.trim().split("\n"));

/** What a shell makes of a line without variables. */
export const wordsOf = (line: string): readonly string[] =>
  [...line.replace(/\s+#.*$/, "").matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? (match[2] as string));

/** Messages of a guide's tables, the first cell of each row: whatever stands below a header `| message |`. */
export const messagesOf = (guide: string): readonly string[] =>
  guide
    .split(/^\| message \|.*$/m)
    .slice(1)
    .flatMap((part) => (part.trimStart().split("\n\n")[0] as string).split("\n").slice(1))
    .map((row) => row.split(" | ")[0]?.slice(2) as string);

/**
 * Which of some messages is said nowhere in the sources. Values are left out of a guide with "…", and stand as `${…}` in the code; flags are options
 * there. What stands in quotes in a guide is a value too where the code has it from elsewhere.
 */
export function saidNowhere(messages: readonly string[]): readonly string[] {
  const code = ["packages", "apps"]
    .flatMap((folder) =>
      readdirSync(join(root, folder)).flatMap((name) => {
        const own = join(root, folder, name, "src");
        return readdirSync(own, { recursive: true, encoding: "utf8" }).map((file) => join(own, file));
      }),
    )
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  return messages.filter((message) => {
    const pieces = message
      .replace(/^--/, "options.")
      .split("…")
      .map((piece) => piece.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return !new RegExp(pieces.join(".{0,120}?")).test(code);
  });
}
