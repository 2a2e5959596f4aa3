/**
 * Where the time of a clip goes in V-JEPA 2 ViT-L: the kernels of two of its blocks on 64 frames, by ONNX Runtime's own profiler, and
 * the speed of each beside the fastest matrix product that was seen.
 *
 *     npm run bench -- peers-profile /var/tmp/releases
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, parse, relative } from "node:path";
import { normalArray } from "@foley-control/core";
import { describe, flopsOf, graph, input, toOnnx } from "@foley-control/graph";
import { inferVjepa2Config, visionTransformer } from "@foley-control/video-encoder";
import { vjepa2 } from "@foley-control/video-encoder/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { ensureVjepa2 } from "./shared/release.js";

const BLOCKS = 2;
const RUNS = 3;

const [releases] = process.argv.slice(2);
if (releases === undefined) {
  console.error("Give the folder that `npm run bench -- peers` uses.");
  process.exit(2);
}
const folder = join(releases, "vjepa2-vitl-fpc64-256");
await ensureVjepa2(folder);
const { weights, window, imageSize } = await vjepa2(folder);
const pixels = input("pixels", [1, window, 3, ...imageSize]);
const config = { ...inferVjepa2Config(weights, { heads: 16 }), layers: BLOCKS };
const network = graph("blocks", [pixels], { tokens: visionTransformer(pixels, config).tokens });
const root = parse(process.cwd()).root;
const model = toOnnx(network, {
  fuseTransposed: true,
  external(name) {
    const bytes = weights.get(name)?.bytes;
    if (bytes?.kind !== "file") throw new Error(`${name} does not lie in a file.`);
    return { location: relative(root, bytes.path), offset: bytes.offset, length: bytes.length };
  },
});
const profiles = mkdtempSync(join(tmpdir(), "foley-profile-"));
try {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: availableParallelism(),
    enableMemPattern: false,
    enableProfiling: true,
    profileFilePrefix: join(profiles, "run"),
    logSeverityLevel: 3,
    extra: { session: { model_external_initializers_file_folder_path: root, disable_prepacking: "1" } },
  });
  const shape = [...pixels.shape];
  const data = normalArray(
    1,
    ["pixels"],
    shape.reduce((product, size) => product * size, 1),
  );
  for (let run = 0; run < RUNS; run++) await session.run({ pixels: new Tensor("float32", data, shape) });
  session.endProfiling();
  await session.release();
  const file = readdirSync(profiles)[0] as string;
  const events = JSON.parse(readFileSync(join(profiles, file), "utf8")) as readonly {
    cat: string;
    name: string;
    dur: number;
    args: { op_name: string };
  }[];
  const kernels = events.filter(({ cat, name }) => cat === "Node" && name.endsWith("kernel_time"));
  const perRun = kernels.length / RUNS;
  // Of each kernel the fastest of the runs, so that what else the machine does counts least.
  const fastest = Array.from({ length: perRun }, (_, i) => {
    const same = Array.from({ length: RUNS }, (_, run) => (kernels[run * perRun + i] as (typeof kernels)[number]).dur / 1000);
    return { op: (kernels[i] as (typeof kernels)[number]).args.op_name, ms: Math.min(...same) };
  });
  const totals = new Map<string, number>();
  for (const { op, ms } of fastest) totals.set(op, (totals.get(op) ?? 0) + ms);
  const all = [...totals.values()].reduce((sum, ms) => sum + ms, 0);
  console.log(
    `${BLOCKS} blocks, ${describe(network).ops["MultiHeadAttention"]} attentions, ${(flopsOf(network) / 1e12).toFixed(2)} TFLOP`,
  );
  console.log(`${"kernel".padEnd(26)}${"ms".padStart(8)}${"share".padStart(8)}`);
  for (const [op, ms] of [...totals].sort(([, a], [, b]) => b - a).slice(0, 10))
    console.log(`${op.padEnd(26)}${ms.toFixed(0).padStart(8)}${`${((100 * ms) / all).toFixed(0)} %`.padStart(8)}`);
  console.log(`${"all".padEnd(26)}${all.toFixed(0).padStart(8)}`);
} finally {
  rmSync(profiles, { recursive: true, force: true });
}
