/** Starts the worker thread of the Node runtime. */
import { Worker } from "node:worker_threads";
import { FoleyError } from "@foley-control/core";
import type { Channel } from "../shared/protocol.js";
import { workerChannel } from "../shared/worker-channel.js";

/** A channel to an engine in a new thread. The thread keeps the process alive only while a request is open. */
export function threadChannel(): Channel {
  const fromSource = import.meta.url.endsWith(".ts");
  const worker = fromSource
    ? new Worker(new URL("./worker-from-source.mjs", import.meta.url), { execArgv: [] })
    : new Worker(new URL("./node-worker.js", import.meta.url));
  const { channel, onMessage, onDeath } = workerChannel({
    post: (message, transfer) => worker.postMessage(message, transfer as ArrayBuffer[]),
    terminate: async () => void (await worker.terminate()),
    hold: (open) => (open ? worker.ref() : worker.unref()),
  });
  worker.on("message", onMessage);
  worker.on("error", (cause) =>
    onDeath(new FoleyError("device-unavailable", `The runtime's worker failed: ${cause.message}`, { cause })),
  );
  worker.on("exit", (code) => onDeath(new FoleyError("device-unavailable", `The runtime's worker ended with code ${code}.`)));
  worker.unref();
  return channel;
}
