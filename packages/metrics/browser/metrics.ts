/** Metrics are the same in a page: the statistics with their WebAssembly loop, and an evaluation of sounds through a network. */
import { webRuntime } from "@foley-control/runtime/web";
import { distances as computed, evaluation } from "./support/evaluation.js";

type Numbers = Readonly<Record<string, number | undefined>>;

/** Throws unless every number of Node's is here, within a relative error. */
function near(found: Numbers, fromNode: unknown, allowed: number): Numbers {
  const expected = fromNode as Numbers;
  for (const name of new Set([...Object.keys(found), ...Object.keys(expected)])) {
    const [here, there] = [found[name] ?? Number.NaN, expected[name] ?? Number.NaN];
    if (!(Math.abs(here - there) <= allowed * Math.max(1e-3, Math.abs(there))))
      throw new Error(`${name} is ${here} here, ${there} in Node`);
  }
  return found;
}

/** Fréchet distances by both ways, and a kernel distance, in float64. */
export const distances = async (fromNode: unknown): Promise<Numbers> => near(computed(), fromNode, 1e-9);

/** Onsets, loudness and features of a network, on wasm. */
export async function evaluationOfSounds(fromNode: unknown): Promise<Numbers> {
  await using runtime = webRuntime({ wasmPaths: "/ort/", device: "wasm", threads: 1, worker: false });
  return near(await evaluation(runtime), fromNode, 1e-3);
}
