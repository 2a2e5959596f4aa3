/** What the scripts of workers have in common: an engine that answers, and news of what it downloads. */
import { Engine } from "../shared/engine.js";
import type { EngineNews } from "../shared/protocol.js";
import { answer } from "../shared/worker-channel.js";
import { countDownloads } from "./downloads.js";
import { holdLifeLock } from "./life.js";
import { type Builds, webPlatform } from "./platform.js";

/** The part of a dedicated worker's global scope that is used. */
interface Scope {
  readonly name: string;
  fetch: typeof fetch;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
}

/**
 * Answers the page with an engine on builds of ONNX Runtime.
 *
 * The threads of ONNX Runtime start from the file in which a bundler put it, and that may be the worker's own. The script of a worker
 * therefore imports ONNX Runtime statically: in a thread it has taken over before this is called, and there is nothing to answer.
 */
export function serve(builds: Builds): void {
  const scope = globalThis as unknown as Scope;
  if (scope.name.startsWith("em-pthread")) return;
  const tell = (news: EngineNews): void => scope.postMessage({ news });
  scope.fetch = countDownloads(scope.fetch.bind(globalThis), tell);
  holdLifeLock(tell);
  const engine = new Engine(webPlatform(builds, { onLost: (reason) => tell({ type: "lost", reason }) }));
  scope.addEventListener("message", (event) => {
    void answer(engine, event.data, (reply, transfer) => scope.postMessage(reply, transfer));
  });
}
