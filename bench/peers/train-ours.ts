/** This project's side of `npm run bench -- peers-train`: writes weights, batch and gradients for the peer, then a step for every line on stdin. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PHASE_RATE } from "@foley-control/bridge";
import { nodeRuntime } from "@foley-control/runtime/node";
import { createTrainer, flatten, gradientStep, parameterLayout, unflatten } from "@foley-control/train";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { miniTraining } from "../shared/mini-training.js";

const [folder, threads, rows] = [process.argv[2] as string, Number(process.argv[3]), Number(process.argv[4])];
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const { loss, frozen, start, batch, site, config, depth } = await miniTraining(rows);
await using runtime = nodeRuntime({ device: "cpu", threads });

if (process.argv[5] === "write") {
  const layout = parameterLayout(loss, Object.keys(start));
  await using executable = await runtime.load(gradientStep(loss, layout), frozen.source);
  const vector = flatten(layout, (name) => start[name] as (typeof start)[string]);
  const found = await executable.run({ ...batch, "state.parameters": vector });
  await writeSafetensorsFile(join(folder, "found.safetensors"), {
    ...unflatten(layout, found["gradients"] as typeof vector),
    loss: found["loss"] as typeof vector,
  });
  await writeSafetensorsFile(join(folder, "frozen.safetensors"), frozen.tensors);
  await writeSafetensorsFile(join(folder, "bridge.safetensors"), start);
  await writeSafetensorsFile(join(folder, "batch.safetensors"), batch);
  const tokens = batch["video"]?.shape[1] ?? 0;
  const about = {
    heads: site.heads,
    headWidth: site.headWidth,
    depth,
    prefix: site.prefixTokens,
    audio: [...new Array<number>(site.prefixTokens).fill(0), ...site.seconds.map((seconds) => seconds * PHASE_RATE)],
    video: Array.from(
      { length: tokens },
      (_, i) => ((Math.floor(i / config.tokensPerStep) + 0.5) / config.tokenRate) * PHASE_RATE,
    ),
  };
  await writeFile(join(folder, "about.json"), JSON.stringify(about));
  say({ written: folder });
} else {
  const trainer = await createTrainer(runtime, loss, start, { frozen: frozen.source, learningRate: () => 1e-4 });
  say({ loaded: true });
  for await (const _ of createInterface({ input: process.stdin })) {
    const [begun, busy] = [performance.now(), process.cpuUsage()];
    const report = await trainer.advance(batch);
    const peak = Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
    const { user, system } = process.cpuUsage(busy);
    say({ seconds: (performance.now() - begun) / 1000, busy: (user + system) / 1e6, loss: report.loss, peak });
  }
  await trainer.dispose();
}
