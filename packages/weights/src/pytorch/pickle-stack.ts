/** Where a pickle puts its values: a stack with marks, and a memory. Taking what is not there is an error of the pickle. */
import { cost, type PickleReader } from "./pickle-reader.js";
import type { CheckpointValue } from "./values.js";

/** Stack and memory of one pickle. */
export class PickleStack {
  readonly #reader: PickleReader;
  readonly #memory = new Map<number, CheckpointValue>();
  /** The values since the last mark; those before the marks are in `#marked`. */
  #values: CheckpointValue[] = [];
  readonly #marked: CheckpointValue[][] = [];

  constructor(reader: PickleReader) {
    this.#reader = reader;
  }

  /** Puts a value on top. */
  push(value: CheckpointValue): void {
    this.#values.push(value);
  }

  /** Sets a mark. */
  mark(): void {
    this.#reader.spend(cost.container);
    this.#marked.push(this.#values);
    this.#values = [];
  }

  /** Takes away a value or a mark, whichever is on top. */
  drop(): void {
    if (this.#values.length === 0) this.popMark();
    else this.pop();
  }

  /** How many values the memory holds. */
  get remembered(): number {
    return this.#memory.size;
  }

  /** Takes the last value. */
  pop(): CheckpointValue {
    const value = this.#values.pop();
    if (value === undefined) throw this.#reader.bad("takes from an empty stack");
    return value;
  }

  /** Takes the last values, in their order. */
  popMany(count: number): CheckpointValue[] {
    if (this.#values.length < count) throw this.#reader.bad("takes from an empty stack");
    return this.#values.splice(-count);
  }

  /** Takes the last two, in their order. */
  popPair(): readonly [CheckpointValue, CheckpointValue] {
    const second = this.pop();
    return [this.pop(), second];
  }

  /** Takes everything since the last mark, and the mark. */
  popMark(): CheckpointValue[] {
    const items = this.#values;
    const before = this.#marked.pop();
    if (before === undefined) throw this.#reader.bad("goes back to a mark that was never set");
    this.#values = before;
    return items;
  }

  /** The last value, which stays. */
  top(): CheckpointValue {
    const value = this.#values.at(-1);
    if (value === undefined) throw this.#reader.bad("takes from an empty stack");
    return value;
  }

  /** Keeps the last value in the memory. */
  remember(index: number): void {
    this.#reader.spend(cost.entry);
    this.#memory.set(index, this.top());
  }

  /** A value of the memory. */
  recall(index: number): CheckpointValue {
    const value = this.#memory.get(index);
    if (value === undefined) throw this.#reader.bad(`recalls the value ${index}, which it never kept`);
    return value;
  }
}
