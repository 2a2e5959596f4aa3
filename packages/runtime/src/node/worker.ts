/** The worker thread of the Node runtime: `session.run` blocks its thread, so it is not the program's. */
import { parentPort } from "node:worker_threads";
import { Engine } from "../shared/engine.js";
import { answer } from "../shared/worker-channel.js";
import { nodePlatform } from "./platform.js";

const engine = new Engine(nodePlatform());
parentPort?.on("message", (message: unknown) => {
  void answer(engine, message, (reply, transfer) => parentPort?.postMessage(reply, transfer));
});
