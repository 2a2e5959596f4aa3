/**
 * Questions and answers between a program and the process or worker that reads media for it. Both sides are the same: each may ask
 * the other, for one value or for a stream of them, of which only so much is on its way as the asker has taken.
 */
import { type Failure, fromFailure, type ProgressEvent, type ProgressListener, toFailure } from "@foley-control/core";

/** Bytes of a stream that may be on their way. */
const WINDOW = 8 << 20;
/** What an item counts at least, so that many small ones do not pile up either. */
const LEAST = 4096;

type Message =
  | { readonly type: "ask"; readonly id: number; readonly method: string; readonly given: unknown; readonly listens: boolean }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "taken"; readonly id: number; readonly bytes: number }
  | { readonly type: "progress"; readonly id: number; readonly event: ProgressEvent }
  | { readonly type: "item"; readonly id: number; readonly value: unknown; readonly bytes: number }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "failure"; readonly id: number; readonly failure: Failure };

/** What may come with a question. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** What comes with a question that is to be answered. */
export interface Asked {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}

/** Answers one kind of question: with a value, or with a stream of values. */
export type Handler = (given: never, asked: Asked) => Promise<unknown> | AsyncGenerator<unknown, void>;

/** The way to the other side. */
export interface Port {
  post(message: object, transfer: readonly ArrayBuffer[]): void;
  /** Keeps the program alive while it waits for answers. */
  hold?(waiting: boolean): void;
}

/** Is told what happens, to know whether the work still moves. */
export interface Observer {
  /** Questions that are being answered. */
  serves(change: 1 | -1): void;
  /** Times that the answer waits for the other side. */
  waits(change: 1 | -1): void;
  /** An answer was an error. */
  failed(error: unknown, method: string): void;
  /** Something was done. */
  moved(): void;
}

interface Asking {
  readonly received: Message[];
  wake: () => void;
}

interface Serving {
  readonly stop: AbortController;
  /** Bytes sent that the asker has not taken. */
  untaken: number;
  wake: () => void;
}

/** One of the two sides. */
export class Peer {
  readonly #port: Port;
  readonly #handlers: Readonly<Record<string, Handler>>;
  readonly #observer: Observer | undefined;
  readonly #asking = new Map<number, Asking>();
  readonly #serving = new Map<number, Serving>();
  #next = 1;
  #end: Error | undefined;

  constructor(port: Port, handlers: Readonly<Record<string, Handler>>, observer?: Observer) {
    this.#port = port;
    this.#handlers = handlers;
    this.#observer = observer;
  }

  /** Asks for one value. */
  async call<T>(method: string, given: unknown, options: AskOptions = {}): Promise<T> {
    const answers = this.#ask(method, given, options);
    for (;;) {
      const { done, value } = await answers.next();
      if (done) return value as T;
    }
  }

  /** Asks for a stream of values. */
  async *stream<T>(method: string, given: unknown, options: AskOptions = {}): AsyncGenerator<T, void, undefined> {
    yield* this.#ask(method, given, options) as AsyncGenerator<T, void>;
  }

  /** Ends everything that waits, and what is asked later, with `error`. */
  fail(error: Error): void {
    this.#end ??= error;
    for (const { stop, wake } of this.#serving.values()) {
      stop.abort(error);
      wake();
    }
    for (const { wake } of this.#asking.values()) wake();
  }

  /** Takes a message from the other side. */
  receive(message: unknown): void {
    const known = message as Message;
    switch (known.type) {
      case "ask":
        void this.#serve(known);
        return;
      case "abort":
      case "taken": {
        const serving = this.#serving.get(known.id);
        if (!serving) return;
        if (known.type === "taken") serving.untaken -= known.bytes;
        else serving.stop.abort();
        serving.wake();
        return;
      }
      default: {
        const asking = this.#asking.get(known.id);
        asking?.received.push(known);
        asking?.wake();
      }
    }
  }

  async *#ask(method: string, given: unknown, { signal, onProgress }: AskOptions): AsyncGenerator<unknown, unknown, undefined> {
    signal?.throwIfAborted();
    if (this.#end) throw this.#end;
    const id = this.#next++;
    const asking: Asking = { received: [], wake: () => undefined };
    const onAbort = (): void => asking.wake();
    let open = true;
    let taken = 0;
    this.#asking.set(id, asking);
    signal?.addEventListener("abort", onAbort);
    if (this.#asking.size === 1) this.#port.hold?.(true);
    this.#observer?.waits(1);
    try {
      this.#port.post({ type: "ask", id, method, given, listens: onProgress !== undefined } satisfies Message, []);
      for (;;) {
        signal?.throwIfAborted();
        const message = asking.received.shift();
        if (message?.type === "progress") onProgress?.(message.event);
        else if (message?.type === "item") {
          taken += message.bytes;
          if (taken > WINDOW / 4) {
            this.#port.post({ type: "taken", id, bytes: taken } satisfies Message, []);
            taken = 0;
          }
          yield message.value;
        } else if (message) {
          open = false;
          if (message.type === "failure") throw fromFailure(message.failure);
          return (message as { readonly value?: unknown }).value;
        } else if (this.#end) throw this.#end;
        else {
          await new Promise<void>((resolve) => {
            asking.wake = resolve;
          });
        }
      }
    } finally {
      this.#observer?.waits(-1);
      signal?.removeEventListener("abort", onAbort);
      this.#asking.delete(id);
      if (this.#asking.size === 0) this.#port.hold?.(false);
      if (open && !this.#end) this.#port.post({ type: "abort", id } satisfies Message, []);
    }
  }

  async #serve({ id, method, given, listens }: Message & { readonly type: "ask" }): Promise<void> {
    const serving: Serving = { stop: new AbortController(), untaken: 0, wake: () => undefined };
    const { signal } = serving.stop;
    this.#serving.set(id, serving);
    this.#observer?.serves(1);
    const onProgress: ProgressListener = (event) => {
      this.#observer?.moved();
      if (listens) this.#post({ type: "progress", id, event });
    };
    try {
      const handler = this.#handlers[method];
      if (!handler) throw new Error(`Nothing answers "${method}" here.`);
      const result = handler(given as never, { signal, onProgress });
      if (!(Symbol.asyncIterator in result)) this.#post({ type: "answer", id, value: await result });
      else {
        for await (const value of result) {
          if (signal.aborted) break;
          await this.#send(id, value, serving);
        }
        this.#post({ type: "answer", id, value: undefined });
      }
    } catch (error) {
      this.#observer?.failed(error, method);
      this.#post({ type: "failure", id, failure: toFailure(error) });
    } finally {
      this.#serving.delete(id);
      this.#observer?.serves(-1);
    }
  }

  async #send(id: number, value: unknown, serving: Serving): Promise<void> {
    const bytes = Math.max(LEAST, sizeOf(value));
    serving.untaken += bytes;
    this.#post({ type: "item", id, value, bytes });
    if (serving.untaken <= WINDOW) return;
    this.#observer?.waits(1);
    while (serving.untaken > WINDOW && !serving.stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        serving.wake = resolve;
      });
    }
    this.#observer?.waits(-1);
  }

  #post(message: Message): void {
    this.#observer?.moved();
    this.#port.post(message, "value" in message ? buffersOf(message.value) : []);
  }
}

/** Whole buffers of the arrays in a value, which may be given away with it. */
function buffersOf(value: unknown): ArrayBuffer[] {
  return arraysIn(value).flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}

const sizeOf = (value: unknown): number => arraysIn(value).reduce((sum, array) => sum + array.byteLength, 0);

function arraysIn(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).filter((each) => ArrayBuffer.isView(each));
}
