/** Questions to a worker and its answers, one value or several: numbers tell them apart, and each can be called off. */
import { type Failure, fromFailure, toFailure } from "@foley-control/core";

type ToWorker =
  | { readonly type: "ask"; readonly id: number; readonly method: string; readonly given: unknown }
  | { readonly type: "abort"; readonly id: number };
type ToPage =
  | { readonly type: "item"; readonly id: number; readonly value: unknown }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "failure"; readonly id: number; readonly failure: Failure };

/** What the two ends of a worker have in common. */
export interface WorkerPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** Hands out a part of an answer, with what moves over instead of being copied. */
export type Tell = (value: unknown, transfer?: Transferable[]) => void;

/** Answers one kind of question. */
export type Answer = (given: never, asked: { readonly signal: AbortSignal; readonly tell: Tell }) => Promise<unknown>;

/** A way to ask. */
export interface Asker {
  /** Asks; `onItem` hears parts of the answer. */
  ask<T>(
    method: string,
    given: unknown,
    options?: { readonly signal?: AbortSignal | undefined; readonly onItem?: (value: never) => void },
  ): Promise<T>;
  /** Fails what is still asked, and all that will be. */
  end(error: Error): void;
}

/** Value with what of it moves over. */
export class Moved<T> {
  readonly value: T;
  readonly transfer: Transferable[];
  constructor(value: T, transfer: Transferable[]) {
    this.value = value;
    this.transfer = transfer;
  }
}

/** The asking end. */
export function createAsker(port: WorkerPort): Asker {
  interface Asked {
    readonly resolve: (value: never) => void;
    readonly reject: (error: Error) => void;
    readonly onItem: ((value: never) => void) | undefined;
  }
  const asked = new Map<number, Asked>();
  let next = 0;
  let ended: Error | undefined;
  port.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
    const one = asked.get(data.id);
    if (data.type === "item") return one?.onItem?.(data.value as never);
    asked.delete(data.id);
    if (data.type === "answer") one?.resolve(data.value as never);
    else one?.reject(fromFailure(data.failure));
  });
  return {
    async ask(method, given, { signal, onItem } = {}) {
      if (ended) throw ended;
      signal?.throwIfAborted();
      const id = next++;
      const abort = (): void => {
        port.postMessage({ type: "abort", id } satisfies ToWorker, []);
        asked.get(id)?.reject(signal?.reason as Error);
        asked.delete(id);
      };
      signal?.addEventListener("abort", abort, { once: true });
      try {
        return await new Promise((resolve, reject) => {
          asked.set(id, { resolve, reject, onItem });
          port.postMessage({ type: "ask", id, method, given } satisfies ToWorker, []);
        });
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
    end(error) {
      ended = error;
      for (const { reject } of asked.values()) reject(error);
      asked.clear();
    },
  };
}

/** The answering end. */
export function serveAnswers(port: WorkerPort, answers: Readonly<Record<string, Answer>>): void {
  const running = new Map<number, AbortController>();
  port.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === "abort") return running.get(data.id)?.abort();
    void answer(data);
  });
  const answer = async ({ id, method, given }: Extract<ToWorker, { readonly type: "ask" }>): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    const tell: Tell = (value, transfer = []) => {
      if (!controller.signal.aborted) port.postMessage({ type: "item", id, value } satisfies ToPage, transfer);
    };
    try {
      const value = await answers[method]?.(given as never, { signal: controller.signal, tell });
      const [plain, transfer] = value instanceof Moved ? [value.value as unknown, value.transfer] : [value, []];
      port.postMessage({ type: "answer", id, value: plain } satisfies ToPage, transfer);
    } catch (error) {
      port.postMessage({ type: "failure", id, failure: toFailure(error) } satisfies ToPage, []);
    } finally {
      running.delete(id);
    }
  };
}
