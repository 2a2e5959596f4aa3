/** Tar archives: what is written can be read, by us and by the `tar` of the system, and hostile ones are refused. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FoleyError } from "@foley-control/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TAR_BLOCK, type TarEntry, tarEntries, tarHeader, tarSamples } from "./tar.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "foley-tar-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files: Readonly<Record<string, string>> = {
  "a.txt": "one",
  "a.json": "{}",
  "deep/er/b.x.txt": "",
  [`${"long-".repeat(40)}name.txt`]: "x".repeat(1000),
  "ümläut/ファイル.txt": "5",
};
function archive(contents: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  for (const [name, text] of Object.entries(contents)) {
    const content = new TextEncoder().encode(text);
    const filled = new Uint8Array(Math.ceil(content.length / TAR_BLOCK) * TAR_BLOCK);
    filled.set(content);
    pieces.push(tarHeader(name, content.length), filled);
  }
  return new Uint8Array(Buffer.concat([...pieces, new Uint8Array(2 * TAR_BLOCK)]));
}
const entriesOf = (bytes: Uint8Array, size = bytes.length) =>
  tarEntries(async (at, n) => bytes.subarray(at, at + n), size, "it.tar");
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
const contentsOf = async (bytes: Uint8Array): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await all(entriesOf(bytes))).map(({ name, offset, size }: TarEntry) => [
      name,
      new TextDecoder().decode(bytes.subarray(offset, offset + size)),
    ]),
  );

describe("round trip", () => {
  test("what is written is read", async () => {
    expect(await contentsOf(archive(files))).toEqual(files);
  });
  test("the system's tar reads what we write", () => {
    const path = join(folder, "ours.tar");
    writeFileSync(path, archive(files));
    const out = join(folder, "out");
    mkdirSync(out);
    execFileSync("tar", ["-xf", path, "-C", out]);
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join(out, name), "utf8")).toBe(text);
  });
  test.each(["gnu", "ustar", "pax"])("we read what the system's tar writes (%s)", async (format) => {
    const source = join(folder, `in-${format}`);
    // Names over 100 bytes without a slash do not fit into ustar.
    const wanted = Object.fromEntries(Object.entries(files).filter(([name]) => format !== "ustar" || name.length < 100));
    for (const [name, text] of Object.entries(wanted)) {
      mkdirSync(dirname(join(source, name)), { recursive: true });
      writeFileSync(join(source, name), text);
    }
    symlinkSync("a.txt", join(source, "link.txt"));
    const path = join(folder, `${format}.tar`);
    execFileSync("tar", [`--format=${format}`, "-cf", path, "-C", source, "."]);
    expect(await contentsOf(readFileSync(path))).toEqual(wanted);
  });
});

test("neighbours of one name are one sample", async () => {
  const samples = await all(
    tarSamples(entriesOf(archive({ "x/1.mp4": "v", "x/1.txt": "t", "x/2.MP4": "w", README: "no", "y.json.gz": "" }))),
  );
  expect(samples.map(({ key, files: parts }) => [key, [...parts.keys()]])).toEqual([
    ["x/1", ["mp4", "txt"]],
    ["x/2", ["mp4"]],
    ["y", ["json.gz"]],
  ]);
});

describe("hostile archives", () => {
  test.each(["/etc/passwd", "../x.txt", "a/../../x.txt", "a\\..\\x.txt"])("the name %j is refused", async (name) => {
    await expect(all(entriesOf(archive({ [name]: "x" })))).rejects.toThrow(/leaves the archive/);
  });
  test("an entry that is longer than the archive, a wrong checksum, text, a gzip file", async () => {
    await expect(all(entriesOf(new Uint8Array([...tarHeader("a.txt", 5000), ...new Uint8Array(TAR_BLOCK)])))).rejects.toThrow(
      /longer than/,
    );
    const damaged = archive({ "a.txt": "x" });
    damaged[0] = 0x62;
    await expect(all(entriesOf(damaged))).rejects.toThrow(/checksum/);
    await expect(all(entriesOf(new TextEncoder().encode("Dear diary ".repeat(100))))).rejects.toThrow(FoleyError);
    const huge = tarHeader("a.txt", 1);
    huge.set([0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 124);
    await expect(all(entriesOf(huge))).rejects.toThrow(FoleyError);
  });
  test("an archive changed anywhere ends in an error or a list, never in a crash or without end", async () => {
    const whole = archive(files);
    for (let at = 0; at < whole.length; at += 97) {
      const changed = whole.slice();
      changed[at] = ((changed[at] as number) + 1 + at) & 255;
      await all(entriesOf(changed)).catch((error: unknown) => expect(FoleyError.isInstance(error), String(error)).toBe(true));
    }
  });
});
