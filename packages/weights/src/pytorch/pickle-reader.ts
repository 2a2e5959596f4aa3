/**
 * The bytes of one pickle, read forwards: numbers and texts as its opcodes spell them. A budget bounds memory and time, because a short
 * pickle can describe something huge.
 */
import type { FoleyError } from "@foley-control/core";
import { bad, textOf, viewOf } from "../bytes.js";

/** Bytes of memory that the values of one pickle may take, as estimated here; a tensor takes about 2,500. */
const budgetBytes = 1 << 27;
/** Longest whole number, in bytes or digits. */
const maximumIntegerLength = 1000;

/** What things take of the budget, bytes. */
export const cost = { step: 16, container: 200, entry: 64, item: 16, text: 32 } as const;

/** Thrown when the bytes end before the pickle does: only who gave them knows what that means. */
export const cut = Symbol("cut");

/** Reads the bytes of one pickle. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #label: string;
  #opcodeAt = 0;
  #budget = budgetBytes;
  /** Of the next byte. */
  position: number;

  constructor(bytes: Uint8Array, start: number, label: string) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#label = label;
    this.position = start;
  }

  /** The next opcode, whose place errors name from now on. */
  opcode(): number {
    this.#opcodeAt = this.position;
    const opcode = this.byte();
    this.spend(cost.step);
    return opcode;
  }

  /** The error of a pickle that `what`. */
  bad(what: string): FoleyError {
    return bad(
      `${this.#label}: the pickle ${what}, at its byte ${this.#opcodeAt}.`,
      "Do not use the file, or download it again.",
    );
  }

  /** Takes bytes of memory from the budget. */
  readonly spend = (bytes: number): void => {
    this.#budget -= bytes;
    if (this.#budget < 0) throw this.bad(`asks for more than ${budgetBytes} bytes of memory`);
  };

  /** Moves on and returns where the bytes begin. */
  #take(length: number): number {
    const at = this.position;
    if (length > this.#bytes.length - at) throw cut;
    this.position = at + length;
    return at;
  }

  /** The next byte. */
  byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  /** A length in four bytes. */
  length4(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A length in eight bytes. */
  length8(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  /** A signed number of four bytes. */
  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** A number of two bytes. */
  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  /** A number of eight bytes, big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A copy of the next bytes. */
  bytes(length: number): Uint8Array {
    return this.#slice(length).slice();
  }

  #slice(length: number): Uint8Array {
    const at = this.#take(length);
    this.spend(cost.text + 2 * length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A text of so many bytes. */
  text(length: number): string {
    const text = textOf(this.#slice(length));
    if (text === undefined) throw this.bad("has text that is not UTF-8");
    return text;
  }

  /** A string of Python 2, which is text or bytes. */
  oldText(length: number): string | Uint8Array {
    const bytes = this.#slice(length);
    return textOf(bytes) ?? bytes.slice();
  }

  /** The text before the next line end, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw cut;
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  /** The text between quotation marks. */
  quoted(line: string): string {
    if (!/^(['"]).*\1$/s.test(line) || line.length < 2) throw this.bad("has a string without quotes");
    return this.unescaped(line.slice(1, -1));
  }

  /** A text in which nothing is escaped. */
  unescaped(text: string): string {
    if (text.includes("\\")) throw this.bad("has escaped text");
    return text;
  }

  /** A whole number, little-endian, of so many bytes. */
  integer(length: number): number | bigint {
    if (length > maximumIntegerLength) throw this.bad(`has a whole number of ${length} bytes`);
    const bytes = this.#slice(length);
    let hexadecimal = "";
    for (const byte of bytes) hexadecimal = byte.toString(16).padStart(2, "0") + hexadecimal;
    return length === 0 ? 0 : narrowed(BigInt.asIntN(8 * length, BigInt(`0x${hexadecimal}`)));
  }

  /** A whole number in digits; with `truth`, `00` and `01` are truth values. */
  decimal(text: string, truth: boolean): number | bigint | boolean {
    if (truth && (text === "00" || text === "01")) return text === "01";
    if (text.length > maximumIntegerLength || !/^[+-]?\d+$/.test(text)) throw this.bad("has a whole number that is none");
    return narrowed(text.startsWith("+") ? BigInt(text.slice(1)) : BigInt(text));
  }

  /** A number as Python writes it. */
  float(text: string): number {
    const special = /^(-?)(inf|nan)$/.exec(text);
    if (special) return special[2] === "nan" ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
    if (text.length > 100 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw this.bad("has a number that is none");
    return Number(text);
  }

  /** A place in the memory, in digits. */
  index(text: string): number {
    if (!/^\d{1,9}$/.test(text)) throw this.bad("has a place in its memory that is no number");
    return Number(text);
  }
}

function narrowed(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
