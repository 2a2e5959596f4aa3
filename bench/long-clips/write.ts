/**
 * One writing in a process of its own: `write.ts CLIP OUT AT` gives CLIP four seconds of sound and prints what it took, as JSON, with what the
 * processes took in which clips are read; of those only Linux tells.
 */
import { readFileSync } from "node:fs";
import { openMedia } from "@foley-control/media/node";

const RATE = 48_000;
const [clip = "", out = "", at = "0"] = process.argv.slice(2);
const tone = new Float32Array(4 * RATE).map((_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / RATE));
const media = await openMedia(clip);
await media.saveWithAudio(out, { sampleRate: RATE, channels: [tone, tone] }, { at: Number(at) });
const children =
  process.platform === "linux" ? readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ") : [];
const theirs = children.filter((pid) => pid !== "").map(usageOf);
media.dispose();
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
console.log(
  JSON.stringify({
    megabytes: theirs.reduce((sum, { megabytes }) => sum + megabytes, maxRSS / 1000),
    cpuSeconds: theirs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, (userCPUTime + systemCPUTime) / 1e6),
  }),
);

/** The largest memory and the processor time of another process: proc(5). */
function usageOf(pid: string): { readonly megabytes: number; readonly cpuSeconds: number } {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0;
  // After the name in brackets: the 12th and 13th are ticks of a hundredth of a second in user and in system mode.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return { megabytes: Number(peak) / 1000, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}
