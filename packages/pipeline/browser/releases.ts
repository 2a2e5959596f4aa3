/**
 * Models that others released, opened in the page from files of a disk (`FileSystemFileHandle`s of the page's own, which are files as any): nothing is
 * read but what a network is made of, when it is loaded. On wasm they make the sound that they make in Node, in float16 nearly. (Narrow networks
 * have no matrix that int8 would touch; the bench `precision` has some.)
 */

import { formulaWeights } from "@foley-control/golden";
import { openBackboneFiles } from "@foley-control/models/web";
import { createFoley } from "@foley-control/pipeline/web";
import { webRuntime } from "@foley-control/runtime/web";
import { writeSafetensors } from "@foley-control/weights";
import type { GivenFile } from "@foley-control/weights/web";
import { recording } from "./support/recording.js";
import { type From, type FromNode, HEADS, RELEASES, REQUESTS } from "./support/releases.js";

/** Writes the files of a release to the disk that the page has, and gives ways to them. */
async function folderOf(name: keyof typeof RELEASES): Promise<readonly GivenFile[]> {
  const root = await navigator.storage.getDirectory();
  const given: GivenFile[] = [];
  for (const [path, from] of Object.entries<From>(RELEASES[name])) {
    const handle = await root.getFileHandle(`${name}-${path.replaceAll("/", "-")}`, { create: true });
    const writable = await handle.createWritable();
    await writable.write((await bytesOf(from)) as ArrayBuffer);
    await writable.close();
    given.push({ path: `chosen/${path}`, file: handle });
  }
  return given;
}

async function bytesOf(from: From): Promise<ArrayBuffer | Uint8Array | string> {
  if ("text" in from) return from.text;
  const response = await fetch(`/packages/golden/fixtures/${"golden" in from ? from.golden : from.formula}`);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return "golden" in from ? response.arrayBuffer() : writeSafetensors(formulaWeights(await response.json()), {});
}

/** ‖found − expected‖ / ‖expected‖. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): number {
  if (found.length !== expected.length) throw new Error(`${found.length} ${what} here, ${expected.length} in Node`);
  let [difference, whole] = [0, 0];
  for (let i = 0; i < found.length; i++) {
    difference += ((found[i] as number) - (expected[i] as number)) ** 2;
    whole += (expected[i] as number) ** 2;
  }
  return Math.sqrt(difference / whole);
}

/** How far latents may be from Node's, by precision. */
const LIMITS = { float32: 1e-4, float16: 2e-2 } as const;

async function sameAsNode(name: keyof typeof RELEASES, fromNode: unknown): Promise<object> {
  const expected = fromNode as FromNode;
  const clip = expected.clip && (await (await fetch(`data:video/mp4;base64,${expected.clip}`)).blob());
  const given = await folderOf(name);
  const found: Record<string, unknown> = {};
  for (const precision of ["float32", "float16"] as const) {
    const backbone = await openBackboneFiles(given, { heads: HEADS });
    if (backbone === undefined) throw new Error("the folder is not recognised");
    const kinds = new Set(backbone.weights.names().map((one) => backbone.weights.get(one)?.bytes.kind));
    if ([...kinds].join() !== "blob") throw new Error(`weights lie in ${[...kinds]}`);
    await using own = webRuntime({ device: "wasm", threads: 1, wasmPaths: "/ort/", precision });
    const { runtime, latents } = recording(own);
    await using foley = await createFoley({ backbone, runtime });
    const take = await foley.generate({ ...REQUESTS[name], ...(clip && { video: clip }) });
    const inLatents = apart(latents(), expected.latents, "latents");
    const inAudio = apart(take.audio.data, expected.audio, "samples");
    found[precision] = { inLatents, inAudio };
    if (!(inLatents < LIMITS[precision]) || !(precision === "float16" || inAudio < 1e-3))
      throw new Error(`in ${precision} latents differ from Node's by ${inLatents}, the sound by ${inAudio}`);
  }
  return found;
}

/** MMAudio small. */
export const mmaudioOfAFolder = (fromNode: unknown): Promise<object> => sameAsNode("mmaudio", fromNode);
/** Stable Audio 3 small. */
export const stableAudio3OfAFolder = (fromNode: unknown): Promise<object> => sameAsNode("stableAudio3", fromNode);
