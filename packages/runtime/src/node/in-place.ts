/**
 * Weights that stay where they lie: ONNX Runtime maps stretches of files into memory, so that a release of 5 GB is neither read
 * into this process first nor held twice. It takes paths relative to one folder, so the folder is the root of the file system.
 */
import { statSync } from "node:fs";
import { parse, relative, resolve, sep } from "node:path";
import { FoleyError } from "@foley-control/core";

/** The folder that locations are relative to. */
export const externalRoot = parse(process.cwd()).root;

/**
 * The location of a file below {@link externalRoot}; `undefined` on another drive, from where bytes have to be read.
 *
 * @param end - the file must have at least this many bytes
 * @throws FoleyError `bad-file` when the file cannot be opened or is shorter
 */
export function locationInPlace(path: string, end: number): string | undefined {
  const absolute = resolve(path);
  let size: number;
  try {
    ({ size } = statSync(absolute));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FoleyError("bad-file", `The weights file ${path} cannot be opened (${code}).`, { cause });
  }
  if (size < end) throw new FoleyError("bad-file", `The weights file ${path} ends at ${size}, expected ${end} bytes.`);
  if (parse(absolute).root !== externalRoot) return undefined;
  return relative(externalRoot, absolute).split(sep).join("/");
}
