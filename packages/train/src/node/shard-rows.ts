/** Rows of shards: joined, cut, and stored as float16. */
import { FoleyError, float32ToFloat16, type PlainTensor } from "@foley-control/core";

/** Tensors by name. */
export type Tensors = Record<string, PlainTensor>;

/**
 * As float16.
 *
 * @param what - name for the message
 * @throws FoleyError `shape-mismatch` for numbers that are not finite or beyond float16
 */
export function half(tensor: PlainTensor<"float32">, what: string): PlainTensor<"float16"> {
  for (const value of tensor.data) {
    if (!(Math.abs(value) < 65_520)) {
      throw new FoleyError("shape-mismatch", `${what} has the number ${value}, which float16 does not hold.`, {
        hint: "Check the weights of the network.",
      });
    }
  }
  return { dtype: "float16", shape: tensor.shape, data: float32ToFloat16(tensor.data) };
}

/** Tensors joined along their first axis; all parts have the same names and other axes. */
export function joinRows(parts: readonly Tensors[]): Tensors {
  const first = parts[0] as Tensors;
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => {
      const all = parts.map((part) => part[name] as PlainTensor);
      const count = all.reduce((total, part) => total + (part.shape[0] as number), 0);
      const Kind = tensor.data.constructor as new (length: number) => { set(values: ArrayLike<unknown>, at: number): void };
      const data = new Kind(all.reduce((total, part) => total + part.data.length, 0));
      let at = 0;
      for (const part of all) {
        data.set(part.data as ArrayLike<unknown>, at);
        at += part.data.length;
      }
      return [name, { dtype: tensor.dtype, shape: [count, ...tensor.shape.slice(1)], data } as unknown as PlainTensor];
    }),
  );
}
