/**
 * How long a Fréchet distance takes here, beside scipy's matrix root where python3 has scipy, and how much memory it needs.
 *
 *     npm run bench -- frechet --rows 5000 --width 2048 --scipy
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { frechetDistance, type Rows, randomState } from "@foley-control/metrics";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "5000" },
    width: { type: "string", default: "2048" },
    scipy: { type: "boolean", default: false },
  },
});
const [count, width] = [Number(values.rows), Number(values.width)];

/** Features as behind a ReLU: neighbours go together, a part is zero. */
function features(seed: number): Rows {
  const { uint32 } = randomState(seed);
  const data = new Float32Array(count * width);
  for (let i = 0, at = 0; i < data.length; i++) {
    at = (i % width === 0 ? 0 : 0.6 * at) + uint32() / 2 ** 32 - 0.5;
    data[i] = Math.max(0, at + 0.1);
  }
  return { count, width, data };
}

const [a, b] = [features(1), features(2)];
const before = process.resourceUsage();
const begun = performance.now();
const distance = frechetDistance(a, b);
const seconds = (performance.now() - begun) / 1000;
const after = process.resourceUsage();
const processor = (after.userCPUTime - before.userCPUTime) / 1e6;
console.log(
  `${count} × ${width}: ${distance.toFixed(6)} in ${seconds.toFixed(1)} s (${processor.toFixed(1)} s of one core), ${(after.maxRSS / 1024).toFixed(0)} MB at most`,
);

// The same features, so the same distance: two covariances, their product, its root.
const script = `
import sys, time, numpy, scipy.linalg
x = numpy.frombuffer(sys.stdin.buffer.read(), dtype=numpy.float32).reshape(2, ${count}, ${width})
begun = time.time()
(m, s), (n, t) = [(numpy.mean(y, axis=0), numpy.cov(y, rowvar=False)) for y in x]
root = scipy.linalg.sqrtm(s @ t)
found = ((m - n) ** 2).sum() + numpy.trace(s) + numpy.trace(t) - 2 * numpy.trace(root).real
print(f"scipy {scipy.__version__}: {found:.6f} in {time.time() - begun:.1f} s")`;
if (values.scipy) {
  const input = Buffer.concat([a, b].map(({ data }) => Buffer.from(data.buffer)));
  const { stdout, stderr } = spawnSync("python3", ["-c", script], { input, encoding: "utf8" });
  console.log(stdout.trim() || stderr.trim());
}
