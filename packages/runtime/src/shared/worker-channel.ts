/** A channel to an engine in a worker, and the worker's side of it; the same for Node's and the web's workers. */
import { type Failure, FoleyError, fromFailure, toFailure } from "@foley-control/core";
import type { Engine } from "./engine.js";
import type { Channel, EngineNews, RequestName, Requests } from "./protocol.js";

interface Question {
  readonly id: number;
  readonly name: RequestName;
  readonly ask: Requests[RequestName]["ask"];
}

type Reply =
  | { readonly id: number; readonly answer: Requests[RequestName]["answer"] }
  | { readonly id: number; readonly failure: Failure };

/** The few things a worker must be able to do. */
export interface WorkerLike {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Ends it; what runs is cut off. */
  terminate(): Promise<void>;
  /** Hears what the engine says without being asked. */
  news?(news: EngineNews): void;
  /** Keeps the process alive while requests are open. */
  hold?(open: boolean): void;
}

/** Host side. The functions returned beside the channel are to be called with what the worker says. */
export function workerChannel(worker: WorkerLike): {
  channel: Channel;
  onMessage(message: unknown): void;
  onDeath(error: Error): void;
} {
  const open = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  let next = 1;
  let death: Error | undefined;
  const settle = (id: number): ReturnType<typeof open.get> => {
    const waiting = open.get(id);
    open.delete(id);
    if (open.size === 0) worker.hold?.(false);
    return waiting;
  };
  const die = (error: Error): void => {
    death ??= error;
    for (const id of [...open.keys()]) settle(id)?.reject(death);
  };
  return {
    channel: {
      separate: true,
      request: (name, ask, transfer = []) =>
        new Promise((resolve, reject) => {
          if (death) return reject(death);
          const id = next++;
          open.set(id, { resolve, reject });
          if (open.size === 1) worker.hold?.(true);
          worker.post({ id, name, ask } satisfies Question, transfer);
        }),
      async close() {
        die(new FoleyError("disposed", "The runtime was disposed."));
        await worker.terminate();
      },
    },
    onMessage(message) {
      const reply = message as Reply | { readonly news: EngineNews };
      if ("news" in reply) {
        worker.news?.(reply.news);
        return;
      }
      const waiting = settle(reply.id);
      if ("failure" in reply) waiting?.reject(fromFailure(reply.failure));
      else waiting?.resolve(reply.answer as never);
    },
    onDeath: die,
  };
}

/** Worker side: answers one question with one message; buffers that are given away are transferred, not copied. */
export async function answer(
  engine: Engine,
  message: unknown,
  post: (reply: unknown, transfer: ArrayBuffer[]) => void,
): Promise<void> {
  const { id, name, ask } = message as Question;
  try {
    const result = await engine.handle(name, ask as never);
    post(
      { id, answer: result } as Reply,
      name === "run" || name === "read" ? buffersOf(name === "run" ? Object.values(result as object) : [result]) : [],
    );
  } catch (error) {
    post({ id, failure: toFailure(error) } satisfies Reply, []);
  }
}

function buffersOf(tensors: readonly unknown[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const tensor of tensors) {
    const { data } = tensor as { readonly data?: ArrayBufferView };
    if (data !== undefined && data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength)
      buffers.add(data.buffer);
  }
  return [...buffers];
}
