/**
 * An engine that says nothing for too long is ended, and started again on one thread: bundlers, servers and extensions can keep the threads
 * of ONNX Runtime from starting, and it waits for them for ever.
 */
import { FoleyError } from "@foley-control/core";
import { type StartedEngine, startOnce } from "../shared/host.js";
import type { Channel, EngineSettings } from "../shared/protocol.js";

/** What {@link startPatiently} needs to know. */
export interface Patience {
  /** Seconds without a sign of the engine, which is on its way as long as bytes of it come. */
  readonly seconds: number;
  /** Whether the page may have threads. */
  readonly mayShare: boolean;
  /** Has the function called at every sign of the engine that is being started. */
  readonly onSign: (listener: () => void) => void;
}

/**
 * Starts an engine, on one thread when it does not start on more; its report says so.
 *
 * @throws FoleyError `device-unavailable` when it does not start on one thread either
 */
export async function startPatiently(
  open: () => Promise<Channel>,
  settings: EngineSettings,
  patience: Patience,
): Promise<StartedEngine> {
  const threaded = patience.mayShare && settings.threads !== 1;
  const first = await attempt(open, settings, patience);
  if (first !== undefined) {
    const why =
      "The page is not cross-origin isolated: serve it with Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.";
    return patience.mayShare || settings.threads === 1 ? first : withReason(first, why);
  }
  const second = threaded ? await attempt(open, { ...settings, threads: 1 }, patience) : undefined;
  if (second === undefined) {
    throw new FoleyError("device-unavailable", `The engine did not start: there was no sign of it for ${patience.seconds} s.`, {
      hint: "Look at the page's console and network: its worker, or the .wasm file of ONNX Runtime, may be blocked. `startTimeout` is the limit.",
    });
  }
  return withReason(second, `The engine's threads did not start: there was no sign of them for ${patience.seconds} s.`);
}

const withReason = ({ channel, report }: StartedEngine, threadsReason: string): StartedEngine => ({
  channel,
  report: { ...report, threadsReason },
});

/** `undefined` when there was no sign for too long; the engine is then ended. */
async function attempt(
  open: () => Promise<Channel>,
  settings: EngineSettings,
  { seconds, onSign }: Patience,
): Promise<StartedEngine | undefined> {
  let opened: Channel | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve(undefined), seconds * 1000);
    };
    onSign(wait);
    wait();
  });
  const started = startOnce(async () => (opened = await open()))(settings);
  try {
    const first = await Promise.race([started, silence]);
    if (first === undefined) {
      started.catch(() => undefined); // it fails because it is ended
      await opened?.close();
    }
    return first;
  } finally {
    onSign(() => undefined);
    clearTimeout(timer);
  }
}
