/** Numbers about sound. */

/** A number about sound, possibly against a reference. */
export interface Metric<Input = unknown> {
  /** Version of this contract. */
  readonly specificationVersion: "v1";
  /** Tells the contracts apart at run time. */
  readonly kind: "metric";
  /** Stable identifier, e.g. `"onset-f1"`. */
  readonly id: string;
  /** Unit of the number, e.g. `"ms"`; `"1"` for a ratio. */
  readonly unit: string;
  /** Which way is better. */
  readonly direction: "higher" | "lower";
  /** Features it consumes. */
  readonly needs: readonly string[];
  /** The number for a set of inputs. */
  compute(inputs: readonly Input[]): number;
}
