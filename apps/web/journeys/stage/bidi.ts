/** WebDriver BiDi over a WebSocket: commands with answers, and events. https://w3c.github.io/webdriver-bidi/ */
import WebSocket from "ws";

/** What a browser answers; shapes are those of the specification. */
// biome-ignore lint/suspicious/noExplicitAny: see above; each use names what it reads.
type Answer = any;

/** A session. */
export interface Bidi {
  send(method: string, parameters: object): Promise<Answer>;
  /** Hears events of a name; the function returned stops it. */
  on(event: string, listener: (parameters: Answer) => void): () => void;
  close(): void;
}

/** Opens a session. */
export async function openBidi(address: string): Promise<Bidi> {
  const socket = new WebSocket(`${address}/session`, { maxPayload: 1 << 30 });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  let last = 0;
  const waiting = new Map<number, { resolve(value: Answer): void; reject(error: Error): void; method: string }>();
  const listeners = new Map<string, Set<(parameters: Answer) => void>>();
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Answer;
    if (message.type === "event") {
      for (const listener of listeners.get(message.method) ?? []) listener(message.params);
      return;
    }
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === "success") one?.resolve(message.result);
    else one?.reject(new Error(`${one.method}: ${message.error}: ${message.message}`));
  });
  socket.on("close", () => {
    for (const { reject, method } of waiting.values()) reject(new Error(`${method}: the browser is gone`));
    waiting.clear();
  });
  const bidi: Bidi = {
    send: (method, params) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject, method });
        socket.send(JSON.stringify({ id: last, method, params }));
      }),
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    close: () => socket.terminate(),
  };
  await bidi.send("session.new", { capabilities: {} });
  return bidi;
}
