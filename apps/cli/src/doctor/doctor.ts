/** `foley doctor`: what works on this machine, found by doing it. */

import { availableParallelism, totalmem } from "node:os";
import { FoleyError, type RuntimeCapabilities } from "@foley-control/core";
import { encodeVideo, openMedia } from "@foley-control/media/node";
import { loadMini, miniDirectory } from "@foley-control/mini/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import type { Io } from "../io.js";
import type { ComputeFlags, PartsFlags } from "../parts/options.js";
import { printJson } from "../terminal/print.js";
import { painter } from "../terminal/style.js";
import { version } from "../version.js";

/** Flags of the command. */
export interface DoctorFlags extends Pick<PartsFlags, "model">, ComputeFlags {
  readonly json?: boolean;
}

/** One thing that was checked. */
interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Checks the machine; fails when the main job would not work. */
export async function doctor(flags: DoctorFlags, io: Io): Promise<void> {
  const findings: Finding[] = [
    { name: "foley", ok: true, detail: version() },
    {
      name: "node",
      ok: true,
      detail: `${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} processors, ${(totalmem() / 1e9).toFixed(1)} GB memory`,
    },
  ];
  const check = async (name: string, work: () => Promise<string>): Promise<void> => {
    try {
      findings.push({ name, ok: true, detail: await work() });
    } catch (error) {
      findings.push({ name, ok: false, detail: error instanceof Error ? error.message : String(error) });
    }
  };
  let capabilities: RuntimeCapabilities | undefined;
  await check("runtime", async () => {
    await using runtime = nodeRuntime({ device: flags.device });
    capabilities = await runtime.capabilities({ devices: true });
    const { selfTest } = capabilities;
    if (!selfTest.passed)
      throw new FoleyError("device-unavailable", `The self-test failed with an error of ${selfTest.maxError}.`);
    const fell = selfTest.fellBackFrom === undefined ? "" : `, fell back from ${selfTest.fellBackFrom}: ${selfTest.reason ?? ""}`;
    return `${capabilities.runtime} ${capabilities.version} on ${capabilities.device}, ${capabilities.threads} threads, self-test error ${selfTest.maxError.toExponential(1)}${fell}`;
  });
  for (const { device, available, reason, said } of capabilities?.devices ?? []) {
    if (!available) findings.push({ name: `device ${device}`, ok: true, detail: `not available: ${reason ?? ""}` });
    if (said !== undefined) findings.push({ name: `device ${device}`, ok: true, detail: `its drivers say: ${said}` });
  }
  await check("video codecs", async () => {
    const size = 32;
    const frames = Array.from({ length: 4 }, (_, k) => new Uint8Array(size * size * 3).fill(60 * k));
    const { bytes } = await encodeVideo({ frames, width: size, height: size, fps: 16 }, undefined);
    using media = await openMedia(bytes as Uint8Array);
    let count = 0;
    for await (const _frame of media.frames({ fps: 16, size: [size, size] })) count++;
    if (count !== frames.length) throw new FoleyError("bad-file", `${frames.length} frames were written and ${count} read back.`);
    return `H.264 written and read back, ${count} frames`;
  });
  await check("model", async () => {
    const { card } = await loadMini(flags.model === undefined ? {} : { directory: flags.model });
    const count = Object.values(card.parameters).reduce((sum, value) => sum + value, 0);
    return `${flags.model ?? miniDirectory()}, ${(count / 1e6).toFixed(1)} million parameters, ${card.vocabulary.length} words, digests agree`;
  });
  const failed = findings.filter(({ ok }) => !ok);
  if (flags.json) printJson(io, { ok: failed.length === 0, findings, capabilities: capabilities ?? null });
  else {
    const paint = painter(io.outIsTerminal, io.env);
    for (const { name, ok, detail } of findings)
      io.out(`${ok ? paint("ok  ", "green") : paint("FAIL", "red")}  ${name.padEnd(14)}  ${detail}\n`);
  }
  if (failed.length > 0)
    throw new FoleyError(
      "unsupported",
      `${failed.length} of ${findings.length} checks failed: ${failed.map(({ name }) => name).join(", ")}.`,
    );
}
