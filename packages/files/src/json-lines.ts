/**
 * Journals of JSON objects. A process that is killed amid a line leaves its beginning; one that went on behind it, or a loss of power,
 * leaves such a beginning before a whole object. What is whole counts, and the next who opens the file for writing mends it.
 */
import { completeLines } from "./lines.js";
import { writeFileAtomically } from "./write-file.js";

/** Options of {@link jsonLines}. */
export interface JsonLinesOptions {
  /** How every whole line begins, such as `{"name":`. */
  readonly head: string;
  /** Leaves only whole lines in the file; for the one process that will append. Default false. */
  readonly repair?: boolean | undefined;
  /** Hears of what is torn: the text, and the number of its line. What it throws ends the reading, before anything is mended. */
  readonly onTorn?: ((text: string, line: number) => void) | undefined;
}

/** A whole line. */
export interface JsonLine {
  /** The text of the object alone. */
  readonly text: string;
  /** What it says. */
  readonly value: unknown;
  /** Number of the line, from 1. */
  readonly line: number;
}

/**
 * The whole lines of a journal of JSON objects; none when there is no such file.
 *
 * @throws FoleyError `bad-file` when it cannot be read, `not-writable` when it cannot be mended
 */
export async function* jsonLines(path: string, options: JsonLinesOptions): AsyncGenerator<JsonLine, void, undefined> {
  const { head, repair, onTorn } = options;
  let line = 0;
  let torn = false;
  for await (const { text } of completeLines(path, { repair, onTorn: (rest) => onTorn?.(rest, line + 1) })) {
    line++;
    const found = wholeObject(text, head);
    if (found.torn !== "") {
      torn = true;
      onTorn?.(found.torn, line);
    }
    if (found.whole) yield { ...found.whole, line };
  }
  if (!repair || !torn) return;
  await writeFileAtomically(path, async (writer) => {
    for await (const { text } of jsonLines(path, { head })) await writer.write(new TextEncoder().encode(`${text}\n`));
  });
}

/** The object that a line ends with, and what stands before it. Blocks that a loss of power left empty are zeros. */
function wholeObject(
  line: string,
  head: string,
): { readonly torn: string; readonly whole?: { readonly text: string; readonly value: unknown } } {
  const empty = /^\0*/.exec(line)?.[0].length ?? 0;
  for (let at = empty; at >= 0; at = line.indexOf(head, at + 1)) {
    const text = line.slice(at);
    try {
      return { torn: line.slice(0, at), whole: { text, value: JSON.parse(text) as unknown } };
    } catch {
      // Torn here; another may follow.
    }
  }
  return { torn: line };
}
