/** A tensor that stays where the engine is. */
import { type DeviceTensor, type DType, FoleyError, type PlainTensor, type Shape } from "@foley-control/core";
import type { Channel, WireHandle } from "./protocol.js";
import type { Queue } from "./queue.js";

/** The host's side of a kept tensor. */
export class DeviceHandle implements DeviceTensor {
  readonly location = "device";
  readonly dtype: DType;
  readonly shape: Shape;
  readonly #channel: Channel;
  readonly #queue: Queue;
  readonly #handle: number;
  #disposed = false;

  constructor(channel: Channel, queue: Queue, { handle, dtype, shape }: WireHandle) {
    this.#channel = channel;
    this.#queue = queue;
    this.#handle = handle;
    this.dtype = dtype;
    this.shape = shape;
  }

  async read(): Promise<PlainTensor> {
    const handle = this.on(this.#channel, "read");
    return (await this.#queue.run(() => this.#channel.request("read", handle))) as PlainTensor;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    // Behind the runs that may still use it; when the runtime is gone, so is the tensor.
    this.#queue.run(() => this.#channel.request("free", this.#handle)).catch(() => undefined);
  }

  /** The number by which the engine of `channel` knows it. */
  on(channel: Channel, use: string): number {
    if (this.#disposed) throw new FoleyError("disposed", `The device tensor for "${use}" was disposed.`);
    if (channel !== this.#channel) {
      throw new FoleyError("invalid-argument", `The device tensor for "${use}" belongs to another runtime.`, {
        hint: "Read it there and pass the result.",
      });
    }
    return this.#handle;
  }
}

/** The number of a tensor given as an input. */
export function handleOf(tensor: DeviceTensor, channel: Channel, name: string): number {
  if (tensor instanceof DeviceHandle) return tensor.on(channel, name);
  throw new FoleyError("invalid-argument", `The device tensor for "${name}" was not made by this runtime.`, {
    hint: "Read it and pass the result.",
  });
}
