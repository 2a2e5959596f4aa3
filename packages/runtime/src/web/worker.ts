/** The worker of the web runtime. */
import { Engine } from "../shared/engine.js";
import { answer } from "../shared/worker-channel.js";
import { webPlatform } from "./platform.js";

/** The part of a dedicated worker's global scope that is used. */
interface Scope {
  readonly name: string;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as Scope;
// Where a bundler put ONNX Runtime into this file, its own threads start from it too; they are not ours to answer for.
if (!scope.name.startsWith("em-pthread")) {
  const engine = new Engine(webPlatform());
  scope.addEventListener("message", (event) => {
    void answer(engine, event.data, (reply, transfer) => scope.postMessage(reply, transfer));
  });
}
