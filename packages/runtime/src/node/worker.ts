/** The worker of the Node runtime, a thread or a process: `session.run` blocks its thread, so it is not the program's. */
import { parentPort } from "node:worker_threads";
import { Engine } from "../shared/engine.js";
import { answer } from "../shared/worker-channel.js";
import { nodePlatform } from "./platform.js";

const engine = new Engine(nodePlatform());
if (parentPort) {
  const port = parentPort;
  port.on("message", (message: unknown) => void answer(engine, message, (reply, transfer) => port.postMessage(reply, transfer)));
} else {
  process.on("message", (message) => void answer(engine, message, (reply) => process.send?.(reply), { copies: true }));
  // The program is gone, and with it everyone who could want an answer.
  process.on("disconnect", () => process.exit());
}
