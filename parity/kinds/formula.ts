/** The formula that weights and inputs are made by, bit for bit. */
import { type Comparison, compare, formula, type GoldenCase, numbers } from "@foley-control/golden";

interface Row {
  readonly name: string;
  readonly seed: number;
  readonly amp: number;
  readonly offset: number;
  readonly firstIndex: number;
  readonly value: readonly number[];
  readonly valueBits: readonly string[];
}

/** Whether a case is of this kind. */
export const isFormula = ({ file }: GoldenCase): boolean => Array.isArray(file["rows"]) && file.outputs === undefined;

/** Every row's values, and the bits they have. */
export function checkFormula(golden: GoldenCase): readonly Comparison[] {
  return (golden.file["rows"] as readonly Row[]).map(({ name, seed, amp, offset, firstIndex, valueBits }) => {
    const made = formula(name, { shape: [valueBits.length], amp, offset }, seed, firstIndex);
    const bits = new Uint32Array(made.buffer);
    const expected = Uint32Array.from(valueBits, (text) => Number.parseInt(text, 16));
    return compare(`${name} from ${firstIndex}`, numbers(bits), numbers(expected), { maxAbs: 0 });
  });
}
