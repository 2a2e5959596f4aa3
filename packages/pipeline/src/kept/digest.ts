/** What a window is made of, as one name: SHA-256 of digests, so that no two lists of parts look alike. */
import type { Graph, GraphValue, ParameterSource, StoredParameter } from "@foley-control/core";

/** Reads stretches [offset, length] of a file of weights; absent where there are no files. */
export type ReadWeights = (path: string, stretches: readonly (readonly [number, number])[]) => Promise<readonly Uint8Array[]>;

/** A digest of parts in their order, 64 hexadecimal digits. */
export async function digestOf(parts: readonly (string | ArrayBufferView)[]): Promise<string> {
  const each = await Promise.all(parts.map(sha256));
  const whole = await sha256(new Uint8Array(await new Blob(each as Uint8Array<ArrayBuffer>[]).arrayBuffer()));
  return Array.from(whole, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 of text, as UTF-8, or bytes. */
export async function sha256(part: string | ArrayBufferView): Promise<Uint8Array> {
  const data = typeof part === "string" ? new TextEncoder().encode(part) : part;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data as ArrayBufferView<ArrayBuffer>));
}

/** Bytes of weights up to which all of them are read. */
const READ_WHOLE = 64 * 2 ** 20;
/** Of a large matrix in more than that: so many stretches of so many bytes, evenly over it. A step of training changes every number. */
const [STRETCHES, STRETCH] = [16, 4096] as const;

const known = new WeakMap<ParameterSource, Promise<string>>();

/** A digest of weights; found once for each source. */
export function digestWeights(source: ParameterSource, read: ReadWeights | undefined): Promise<string> {
  const found = known.get(source) ?? weightsDigest(source, read);
  known.set(source, found);
  return found;
}

async function weightsDigest(source: ParameterSource, read: ReadWeights | undefined): Promise<string> {
  const parameters = source.names().map((name) => [name, stored(source.get(name) as StoredParameter)] as const);
  const total = parameters.reduce((sum, [, { bytes }]) => sum + lengthOf(bytes), 0);
  const parts: (string | Uint8Array)[] = [];
  for (const [name, { dtype, shape, bytes }] of parameters) {
    parts.push(JSON.stringify([name, dtype, shape]));
    const stretches = stretchesOf(lengthOf(bytes), total <= READ_WHOLE);
    if (bytes.kind === "blob") {
      for (const [at, length] of stretches) parts.push(new Uint8Array(await bytes.blob.slice(at, at + length).arrayBuffer()));
    } else if (bytes.kind !== "file") {
      const held = bytes.kind === "memory" ? bytes.bytes : bytes.make();
      parts.push(...stretches.map(([at, length]) => held.slice(at, at + length)));
    } else if (!read) throw new Error("Weights lie in files, and nothing reads files here.");
    else
      parts.push(
        ...(await read(
          bytes.path,
          stretches.map(([at, length]) => [bytes.offset + at, length] as const),
        )),
      );
  }
  return digestOf(parts);
}

type Plain = Exclude<StoredParameter["bytes"], { readonly kind: "quantised" }>;

/** What is quantised when it is loaded is told by what it is made from; how is the runtime's to say. */
function stored(parameter: StoredParameter): Omit<StoredParameter, "bytes"> & { readonly bytes: Plain } {
  const { bytes, ...rest } = parameter;
  return bytes.kind === "quantised" ? stored(bytes.of) : { ...rest, bytes };
}

function lengthOf(bytes: Plain): number {
  if (bytes.kind === "memory") return bytes.bytes.byteLength;
  return bytes.kind === "blob" ? bytes.blob.size : bytes.length;
}

function stretchesOf(length: number, whole: boolean): readonly (readonly [number, number])[] {
  if (whole || length <= STRETCHES * STRETCH) return [[0, length]];
  return Array.from({ length: STRETCHES }, (_, i) => [Math.floor((i * (length - STRETCH)) / (STRETCHES - 1)), STRETCH]);
}

/** A digest of what a graph computes: its ops, how they hang together, and its constants; names of weights, not their values. */
export function digestGraph(graph: Graph): Promise<string> {
  const numbers = new Map<GraphValue, number>();
  const parts: (string | ArrayBufferView)[] = [];
  const number = (value: GraphValue): number => {
    // Not by recursion: a network is deeper than a stack.
    const open = [value];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const waiting = numbers.has(top) ? [] : (top.node?.inputs.filter((input) => !numbers.has(input)) ?? []);
      if (waiting.length > 0) {
        open.push(...waiting);
        continue;
      }
      open.pop();
      if (numbers.has(top)) continue;
      const { kind, dtype, shape, name, node, index, data } = top;
      const inputs = node?.inputs.map((input) => numbers.get(input));
      parts.push(JSON.stringify([kind, dtype, shape, kind === "node" ? index : name, node?.op, node?.attributes, inputs]));
      if (data) parts.push(data as ArrayBufferView);
      numbers.set(top, numbers.size);
    }
    return numbers.get(value) as number;
  };
  const outputs = Object.entries(graph.outputs).map(([name, value]) => [name, number(value)]);
  return digestOf([...parts, JSON.stringify(outputs)]);
}
