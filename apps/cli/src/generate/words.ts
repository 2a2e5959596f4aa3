/** What the words after `foley generate` are: clips, and perhaps a prompt behind them. A file is never taken for a prompt. */
import { existsSync } from "node:fs";
import { UsageError } from "../io.js";
import { STREAM } from "./standard-input.js";

/** What was asked for. */
export interface Words {
  /** One or more. */
  readonly clips: readonly string[];
  /** What it should sound like, if anything was said. */
  readonly prompt: string | undefined;
}

/** Endings that no prompt has. */
const MEDIA = /\.(?:mp4|m4v|mov|webm|mkv|ts|avi|wav|flac|mp3|m4a|aac|ogg|opus)$/i;

/**
 * Tells clips from the prompt: the last of several words is the prompt, unless it was given with a flag. With `--prompt` or `--output-dir`
 * a last word that is a file is a clip.
 *
 * @throws UsageError for a file in the place of the prompt, and for a prompt that is there twice
 */
export function clipsAndPrompt(
  words: readonly string[],
  { prompt, outputDir }: { readonly prompt?: string | undefined; readonly outputDir?: string | undefined },
): Words {
  const last = words.at(-1) as string;
  if (words.length === 1) return { clips: words, prompt };
  const isFile = last === STREAM || MEDIA.test(last) || existsSync(last);
  if (prompt !== undefined) {
    if (!isFile) throw new UsageError("The prompt was given twice: as an argument and with --prompt. Give it once.");
    return { clips: words, prompt };
  }
  if (!isFile) return { clips: words.slice(0, -1), prompt: last };
  if (outputDir !== undefined) return { clips: words, prompt };
  throw new UsageError(
    `"${last}" is a file, and stands where the prompt is expected. Say what it should sound like with --prompt; for several clips also name a folder with --output-dir.`,
  );
}
