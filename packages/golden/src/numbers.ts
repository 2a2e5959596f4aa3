/** Arrays of numbers with their sizes, and the part of one that a case keeps. */

/** An array of numbers with its sizes. */
export interface Numbers {
  /** Sizes per axis. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

/** Numbers as a runtime takes them. */
export interface GoldenTensor extends Numbers {
  /** Always this one: cases keep nothing narrower. */
  readonly dtype: "float32";
  /** The elements, row-major. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** Every `stride`-th element of the flattened tensor, from `offset` on. */
export interface FlatSlice {
  /** Tells it from a part per axis. */
  readonly kind: "flat";
  /** The first element. */
  readonly offset: number;
  /** From one element to the next. */
  readonly stride: number;
}

/** Start, stop and step per axis, or of all elements in order. */
export type Slice = readonly (readonly [number, number, number])[] | FlatSlice;

/** How many elements have these sizes. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A short list as numbers to compare. */
export const numbers = (values: ArrayLike<number>): Numbers => ({ shape: [values.length], data: Float64Array.from(values) });

/** Numbers rounded to what a runtime takes. */
export const asTensor = ({ shape, data }: Numbers): GoldenTensor => ({
  dtype: "float32",
  shape,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});

/** The part of a tensor that a case keeps; all of it where the case says nothing. */
export function cut(whole: Numbers, slice: Slice | undefined): Numbers {
  if (!slice) return whole;
  if ("kind" in slice) {
    const data = whole.data.filter((_, i) => i >= slice.offset && (i - slice.offset) % slice.stride === 0);
    return { shape: [data.length], data };
  }
  const sizes = slice.map(([start, stop, step]) => Math.max(0, Math.ceil((stop - start) / step)));
  const data = new Float64Array(sizeOf(sizes));
  const strides = whole.shape.map((_, axis) => sizeOf(whole.shape.slice(axis + 1)));
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    let at = 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] as number;
      const [start, , step] = slice[axis] as readonly [number, number, number];
      at += (start + (rest % size) * step) * (strides[axis] as number);
      rest = Math.floor(rest / size);
    }
    data[i] = whole.data[at] as number;
  }
  return { shape: sizes, data };
}
