/** Starts the process of a Node runtime that computes apart: if it dies, this one lives. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import type { Channel } from "../shared/protocol.js";
import { workerChannel } from "../shared/worker-channel.js";

/** A channel to an engine in a new process. It ends with this one, and keeps it alive only while a request is open. */
export function processChannel(): Channel {
  const fromSource = import.meta.url.endsWith(".ts");
  const child = fork(fileURLToPath(new URL(fromSource ? "./worker-from-source.mjs" : "./node-worker.js", import.meta.url)), {
    execArgv: fromSource ? ["--conditions=@foley-control/source"] : [],
    serialization: "advanced",
  });
  // What is given away is copied here all the same: processes share no memory.
  const { channel, onMessage, onDeath } = workerChannel({
    post: (message) =>
      child.send(message as object, (error) => {
        if (error) tellWhenEnded(error);
      }),
    terminate: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
    hold: (open) => {
      if (open) child.ref();
      else child.unref();
      if (open) child.channel?.ref();
      else child.channel?.unref();
    },
  });
  const lost = (how: string) =>
    new FoleyError("device-unavailable", `The runtime's process ${child.pid} ${how}.`, {
      hint: "Its error output tells more; a process that is killed for want of memory has none.",
    });
  // A pipe breaks before the end of the process behind it is known, and only the end says why: a signal, a code.
  const tellWhenEnded = (error: Error) => {
    const waiting = setTimeout(() => onDeath(lost(`could not be reached: ${error.message}`)), 1000);
    child.once("exit", () => clearTimeout(waiting));
  };
  child.on("message", onMessage);
  child.on("error", (cause) => onDeath(lost(`failed: ${cause.message}`)));
  child.on("exit", (code, signal) => onDeath(lost(signal ? `was ended by ${signal}` : `ended with code ${code}`)));
  child.unref();
  child.channel?.unref();
  return channel;
}
