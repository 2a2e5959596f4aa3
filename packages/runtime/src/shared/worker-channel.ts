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
  | {
      readonly id: number;
      readonly answer: Requests[RequestName]["answer"];
      /** Memory of the inputs of a run, given back; only by a worker that it was given to. */
      readonly spent?: readonly ArrayBuffer[];
    }
  | { readonly id: number; readonly failure: Failure };

/** Bytes of memory that came back and are kept for the next inputs. */
const SPARE_BYTES = 2 ** 24;

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
  /** Came back last, stands last. */
  const spare: ArrayBuffer[] = [];
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
      memory(bytes) {
        const at = spare.findLastIndex(({ byteLength }) => byteLength === bytes);
        return at < 0 ? new ArrayBuffer(bytes) : (spare.splice(at, 1)[0] as ArrayBuffer);
      },
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
      else {
        for (const buffer of reply.spent ?? []) if (buffer.byteLength <= SPARE_BYTES) spare.push(buffer);
        let bytes = spare.reduce((sum, { byteLength }) => sum + byteLength, 0);
        while (bytes > SPARE_BYTES) bytes -= (spare.shift() as ArrayBuffer).byteLength;
        waiting?.resolve(reply.answer as never);
      }
    },
    onDeath: die,
  };
}

/**
 * Worker side: answers one question with one message; buffers that are given away are transferred, not copied, and those of a run's inputs go
 * back, so that they need not wait for the garbage collector of either side. `copies`: messages are copied, and nothing goes back.
 */
export async function answer(
  engine: Engine,
  message: unknown,
  post: (reply: unknown, transfer: ArrayBuffer[]) => void,
  { copies = false }: { readonly copies?: boolean } = {},
): Promise<void> {
  const { id, name, ask } = message as Question;
  try {
    const result = await engine.handle(name, ask as never);
    if (name === "run") {
      const given = buffersOf(Object.values(result as Requests["run"]["answer"]));
      const inputs = copies ? [] : Object.values((ask as Requests["run"]["ask"]).inputs);
      const spent = buffersOf(inputs).filter((buffer) => !given.includes(buffer));
      post({ id, answer: result, spent } satisfies Reply, [...given, ...spent]);
    } else post({ id, answer: result } satisfies Reply, name === "read" ? buffersOf([result]) : []);
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
