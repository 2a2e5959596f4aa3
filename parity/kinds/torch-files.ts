/**
 * Files of `torch.save`: those that must be read, value by value, and those that must be refused. They come from strangers, so
 * a reader proves itself as much by what it does not run as by what it reads.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FoleyError, float16ToFloat32, type PlainTensor } from "@foley-control/core";
import { type Comparison, compare, type GoldenCase, numbers, verdict } from "@foley-control/golden";
import {
  type CheckpointValue,
  isDictionary,
  isTensor,
  memoryReader,
  openPytorchReader,
  type PytorchCheckpoint,
} from "@foley-control/weights";

interface ExpectedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}
interface ExpectedValue {
  readonly python: string;
  readonly value: unknown;
}
/** Everything in the file by path, or the name of the file that holds the same. */
type Content = Readonly<Record<string, ExpectedTensor | ExpectedValue>> | string;
interface TorchFile {
  readonly container?: string;
  /** `no-crash`: reading and refusing are both right. */
  readonly load: "ok" | "refuse" | "no-crash";
  readonly content?: Content;
  /** Paths of what stays data of another library. */
  readonly opaque?: Readonly<Record<string, string>>;
}
type TorchFiles = Readonly<Record<string, TorchFile>>;

const filesOf = ({ file }: GoldenCase) => file["files"] as TorchFiles | undefined;

/** Whether a case is of this kind. */
export const isTorchFiles = (golden: GoldenCase): boolean => {
  const files = Object.values(filesOf(golden) ?? {});
  return files.length > 0 && files.every(({ load }) => ["ok", "refuse", "no-crash"].includes(load));
};

/** Every file of the list. */
export async function checkTorchFiles(golden: GoldenCase): Promise<readonly Comparison[]> {
  const files = filesOf(golden) as TorchFiles;
  const found: Comparison[] = [];
  for (const [name, file] of Object.entries(files)) {
    const bytes = new Uint8Array(readFileSync(join(golden.folder, name)));
    const opened = await openPytorchReader(memoryReader(bytes, name)).catch((error: unknown) => error);
    if (file.load === "ok") {
      if (opened instanceof Error) found.push(verdict(name, `refused: ${opened.message}`));
      else found.push(...(await checkContent(name, opened as PytorchCheckpoint, file, files)));
      continue;
    }
    // An error that is not ours would be a crash that happened to be caught.
    const refused = FoleyError.isInstance(opened);
    if (opened instanceof Error && !refused) found.push(verdict(name, `crashed: ${opened.message}`));
    else found.push(verdict(name, file.load === "refuse" && !refused ? "read, must be refused" : undefined));
  }
  return found;
}

async function checkContent(
  name: string,
  checkpoint: PytorchCheckpoint,
  file: TorchFile,
  files: TorchFiles,
): Promise<Comparison[]> {
  const found: Comparison[] = [];
  if (file.container !== undefined && checkpoint.container !== file.container)
    found.push(verdict(name, `read as ${checkpoint.container}, it is ${file.container}`));
  for (const [path, expected] of Object.entries(contentOf(file, files))) {
    const label = `${name}: ${path}`;
    const value = at(checkpoint.root, path);
    if ("python" in expected) {
      const mine = JSON.stringify(typeof value === "bigint" ? String(value) : value);
      const wanted = JSON.stringify(expected.value);
      found.push(verdict(label, mine === wanted ? undefined : `${mine}, expected ${wanted}`));
    } else if (value === undefined || !isTensor(value)) found.push(verdict(label, "no tensor"));
    else if (value.strides.join() !== expected.stride.join())
      found.push(verdict(label, `strides [${value.strides.join(", ")}], expected [${expected.stride.join(", ")}]`));
    else found.push(sameElements(label, await checkpoint.read(value), expected));
  }
  for (const path of Object.keys(file.opaque ?? {})) {
    const value = at(checkpoint.root, path);
    const inert = typeof value === "object" && value !== null && "kind" in value && value.kind === "object";
    found.push(verdict(`${name}: ${path}`, inert && value.of.startsWith("numpy.") ? undefined : "no object of numpy"));
  }
  return found;
}

function contentOf({ content }: TorchFile, files: TorchFiles): Exclude<Content, string> {
  if (typeof content !== "string") return content ?? {};
  // "same as zip-mixed.pt": the file that is named.
  const other = Object.keys(files).find((name) => content.includes(name));
  return other === undefined ? {} : contentOf(files[other] as TorchFile, files);
}

/** Names of modules have dots, so slashes part the keys. */
function at(root: CheckpointValue, path: string): CheckpointValue | undefined {
  let value: CheckpointValue | undefined = root;
  for (const key of path.split("/")) value = isDictionary(value) ? value.get(key) : undefined;
  return value;
}

function sameElements(label: string, mine: PlainTensor, { dtype, shape, values }: ExpectedTensor): Comparison {
  if (mine.shape.join() !== shape.join())
    return verdict(label, `shape [${mine.shape.join(", ")}], expected [${shape.join(", ")}]`);
  // Too long for a double: compared as they are written.
  if (mine.dtype === "int64") {
    const written = [...(mine.data as BigInt64Array)].map(String).join();
    return verdict(label, written === values.map(String).join() ? undefined : `${written}, expected ${values.join()}`);
  }
  const data = mine.dtype === "float16" ? float16ToFloat32(mine.data as Uint16Array) : (mine.data as Float32Array);
  const expected = values.map((value) => (dtype === "float64" ? Math.fround(value as number) : Number(value)));
  return compare(label, numbers([...data]), numbers(expected), { maxAbs: 0 });
}
