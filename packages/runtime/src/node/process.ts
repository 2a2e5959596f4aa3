/** Starts the process of a Node runtime that computes apart: if it dies, this one lives, and what its libraries write stays its own. */
import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { FoleyError } from "@foley-control/core";
import type { Channel } from "../shared/protocol.js";
import { workerChannel } from "../shared/worker-channel.js";

/** An engine in a process of its own. */
export interface ProcessChannel extends Channel {
  /** What it wrote, the end of it; all of it is there once the channel is closed. */
  said(): string;
}

/** A channel to an engine in a new process. It ends with this one, and keeps it alive only while a request is open. */
export function processChannel(): ProcessChannel {
  const fromSource = import.meta.url.endsWith(".ts");
  const child = fork(fileURLToPath(new URL(fromSource ? "./worker-from-source.mjs" : "./node-worker.js", import.meta.url)), {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const said = listenTo(child);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // What is given away is copied here all the same: processes share no memory.
  const { channel, onMessage, onDeath } = workerChannel({
    post: (message) =>
      child.send(message as object, (error) => {
        if (error) tellWhenEnded(error);
      }),
    terminate: async () => {
      // Its pipes close after its end: if they held nothing either, this process could end before, in the middle of the caller's wait.
      for (const handle of [child, ...pipesOf(child)]) handle.ref();
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
    hold: (open) => {
      if (open) child.ref();
      else child.unref();
      if (open) child.channel?.ref();
      else child.channel?.unref();
    },
  });
  const lost = (how: string) =>
    new FoleyError("device-unavailable", `The runtime's process ${child.pid} ${how}.`, {
      hint: said() === "" ? "A process that is killed for want of memory says nothing." : `The last it wrote: ${said()}`,
    });
  // A pipe breaks before the end of the process behind it is known, and only the end says why: a signal, a code.
  const tellWhenEnded = (error: Error) => {
    const waiting = setTimeout(() => onDeath(lost(`could not be reached: ${error.message}`)), 1000);
    child.once("close", () => clearTimeout(waiting));
  };
  child.on("message", onMessage);
  child.on("error", (cause) => onDeath(lost(`failed: ${cause.message}`)));
  child.on("close", (code, signal) => onDeath(lost(signal ? `was ended by ${signal}` : `ended with code ${code}`)));
  child.unref();
  child.channel?.unref();
  return { ...channel, said };
}

/** Characters kept of what a process writes. */
const KEPT = 2000;

/** What a process writes to; Node's types do not say that they are sockets. */
const pipesOf = ({ stdout, stderr }: ChildProcess): readonly Socket[] =>
  ([stdout, stderr] as readonly (Socket | null)[]).filter((pipe) => pipe !== null);

/** Collects what a process writes, without being kept alive by it. */
function listenTo(child: ChildProcess): () => string {
  let text = "";
  for (const stream of pipesOf(child)) {
    stream.setEncoding("utf8");
    stream.on("data", (more: string) => {
      text = (text + more).slice(-KEPT);
    });
    stream.unref();
  }
  return () => text.trim();
}
