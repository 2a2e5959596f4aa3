/** Archives as POSIX.1-1988 ustar has them: heads of 512 bytes, files padded to that. Every system opens them, and their parts stay where they are. */
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";

const BLOCK = 512;
/** Files of one archive that are looked at. */
const MOST_FILES = 20_000;
/** Largest size that a head can say, bytes. */
const LARGEST = 8 ** 11 - 1;

/** A file of an archive. */
export interface TarFile {
  readonly name: string;
  readonly content: Blob;
}

/** Makes an archive; contents are taken by reference, so nothing of them is read. */
export function writeTar(files: readonly TarFile[]): Blob {
  const parts = files.flatMap(({ name, content }) => [headOf(name, content.size), content, padding(content.size)]);
  return new Blob([...parts, new Uint8Array(2 * BLOCK)], { type: "application/x-tar" });
}

const padding = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

function headOf(name: string, size: number): Uint8Array<ArrayBuffer> {
  if (size > LARGEST || name.length > 99) throw new Error(`${name} does not fit into an archive.`);
  const head = new Uint8Array(BLOCK);
  const put = (at: number, words: string): void => void new TextEncoder().encodeInto(words, head.subarray(at));
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  put(0, name);
  for (const [at, value] of [
    [100, "0000644"],
    [108, "0000000"],
    [116, "0000000"],
    [124, octal(size, 11)],
    [136, octal(0, 11)],
    [148, "        "],
    [156, "0"],
    [257, "ustar"],
    [263, "00"],
  ] as const)
    put(at, value);
  put(
    148,
    `${octal(
      head.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  return head;
}

/** Files of an archive, by reference. @throws FoleyError `bad-file` for what is none, or ends too early */
export async function readTar(archive: Blob): Promise<readonly TarFile[]> {
  const files: TarFile[] = [];
  for (let at = 0; at + BLOCK <= archive.size && files.length < MOST_FILES; ) {
    const head = new Uint8Array(await archive.slice(at, at + BLOCK).arrayBuffer());
    if (head.every((byte) => byte === 0)) return files;
    const sum = head.reduce((all, byte, index) => all + (index >= 148 && index < 156 ? 32 : byte), 0);
    const size = Number.parseInt(wordsOf(head, 124, 12), 8);
    if (Number.parseInt(wordsOf(head, 148, 8), 8) !== sum || !(size >= 0) || at + BLOCK + size > archive.size) break;
    files.push({ name: wordsOf(head, 0, 100), content: archive.slice(at + BLOCK, at + BLOCK + size) });
    at += BLOCK + size + padding(size).length;
  }
  throw new ToldError("bad-file", text("bundle.damaged"), { hint: text("bundle.damagedHint") });
}

function wordsOf(head: Uint8Array, at: number, length: number): string {
  const bytes = head.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trim();
}
