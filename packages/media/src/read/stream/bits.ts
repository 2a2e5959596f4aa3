/** Bits of a header, first the most significant; numbers of variable length are Exp-Golomb codes (ITU-T H.264 §9.1, H.265 §9.2). */

/** Bits of a number at most: what is longer is no header. */
const LONGEST = 32;

/** Reads bits one after another; throws behind the last one, so that no count in a damaged header makes a loop longer than the header is. */
export class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `count` bits as a number, at most 32. */
  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError("The header ends too early.");
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  /** Whether the next bit is set. */
  flag(): boolean {
    return this.read(1) === 1;
  }

  /** Leaves bits out, however many. */
  skip(count: number): void {
    for (let left = count; left > 0; left -= LONGEST) this.read(Math.min(left, LONGEST));
  }

  /** A number of variable length. `most` is the largest that the standard allows. */
  number(most: number = 2 ** LONGEST): number {
    let zeros = 0;
    while (!this.flag()) if (++zeros > LONGEST) throw new RangeError("A number in the header is too long.");
    const value = 2 ** zeros - 1 + this.read(zeros);
    if (value > most) throw new RangeError("A number in the header is too large.");
    return value;
  }

  /** Leaves numbers of variable length out; a signed one is as long as one without a sign. */
  skipNumbers(count: number): void {
    for (let i = 0; i < count; i++) this.number();
  }

  /** A number of variable length with a sign. */
  signed(): number {
    const code = this.number();
    return code & 1 ? (code + 1) / 2 : -code / 2;
  }
}
