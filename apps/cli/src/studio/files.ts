/** Files of a folder as a server gives them: none from outside, in parts, joined where a build had to cut one. */
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";

/** Types of what the studio is made of; anything else is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".mp4": "video/mp4",
  ".mov": "video/quicktime",
  ".webm": "video/webm",
  ".mkv": "video/x-matroska",
};

/** Something that can be sent. */
export interface Sendable {
  readonly bytes: number;
  readonly type: string;
  /** Changes when the content does. */
  readonly tag: string;
  /** The bytes from `from` up to, not with, `to`. */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** One file, which is there. */
export async function sendable(path: string): Promise<Sendable | undefined> {
  return joined([path], extname(path));
}

/**
 * The file of a folder that a decoded path means. `undefined`: there is none, or the path leads outside, by `..` or by a link.
 *
 * @param folder - absolute
 * @param path - begins with `/`
 */
export async function fileOf(folder: string, path: string): Promise<Sendable | undefined> {
  if (path.includes("\0")) return undefined;
  const wanted = resolve(join(folder, path === "/" ? "index.html" : path));
  if (!(await isInside(folder, wanted))) return undefined;
  const whole = await sendable(wanted);
  if (whole) return whole;
  const parts: string[] = [];
  while (await isInside(folder, `${wanted}.part${parts.length}`)) parts.push(`${wanted}.part${parts.length}`);
  return parts.length > 0 ? joined(parts, extname(wanted)) : undefined;
}

/** Whether a path is there, and below a folder when links are followed. */
async function isInside(folder: string, path: string): Promise<boolean> {
  if (!path.startsWith(folder + sep)) return false;
  const real = await realpath(path).catch(() => undefined);
  // What is not there cannot lead elsewhere; it may lie there in parts.
  return real === undefined ? !/\.part\d+$/.test(path) : real.startsWith((await realpath(folder)) + sep);
}

async function joined(paths: readonly string[], extension: string): Promise<Sendable | undefined> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  const sizes: number[] = [];
  for (const one of found) {
    if (!one?.isFile()) return undefined;
    sizes.push(one.size);
  }
  return {
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    type: TYPES[extension.toLowerCase()] ?? "application/octet-stream",
    tag: `"${found.map((one) => `${one?.size.toString(36)}-${Math.round(one?.mtimeMs ?? 0).toString(36)}`).join(".")}"`,
    async *read(from, to) {
      let start = 0;
      for (const [i, size] of sizes.entries()) {
        const [a, b] = [Math.max(from - start, 0), Math.min(to - start, size)];
        if (a < b) yield* createReadStream(paths[i] as string, { start: a, end: b - 1 }) as AsyncIterable<Uint8Array>;
        start += size;
      }
    },
  };
}
