/** Type tests: each line after an expected-error comment must not compile. Run by `types.test.ts` and by `tsc`. */
import {
  type AudioLatents,
  assertShape,
  type PlainTensor,
  type Tensor,
  type TextTokens,
  tensor,
  type VideoTokens,
  type Waveform,
} from "./index.js";

const data = new Float32Array(6);
const latents: AudioLatents = tensor(["batch", "channel", "time"], [1, 2, 3], data);
const tokens: VideoTokens = tensor(["batch", "time", "feature"], [1, 2, 3], data);

declare function decode(latents: AudioLatents): Waveform;
declare function attend(tokens: VideoTokens): void;
decode(latents);
attend(tokens);

// @ts-expect-error video tokens are not latents
decode(tokens);
// @ts-expect-error latents are not video tokens
attend(latents);
// @ts-expect-error the axes are in the wrong order
decode(tensor(["batch", "time", "channel"], [1, 3, 2], data));
// @ts-expect-error an axis is missing
decode(tensor(["channel", "time"], [2, 3], data));
// @ts-expect-error a waveform counts samples, not latents
decode(decode(latents));
// @ts-expect-error text tokens and video tokens have different axes
export const text: TextTokens = tokens;
// @ts-expect-error float16 is not float32
decode(tensor(["batch", "channel", "time"], [1, 2, 3], new Uint16Array(6)));
// @ts-expect-error one size per axis
tensor(["batch", "time"], [1, 2, 3], data);
// @ts-expect-error plain arrays are no tensor data
tensor(["time"], [1], [1]);
// @ts-expect-error shapes are not written to
latents.shape[0] = 2;
// @ts-expect-error axes without names do not become axes with names
export const named: AudioLatents = { dtype: "float32", shape: [1, 2, 3], data } satisfies PlainTensor;

// What must compile.
export const plain: PlainTensor<"float32"> = latents;
export const anyTensor: Tensor = tokens;
export const mask: Tensor<"bool", readonly ["time"]> = tensor(["time"], [1], new Uint8Array(1), { dtype: "bool" });
export const ids: Tensor<"int64", readonly ["token"]> = tensor(["token"], [1], new BigInt64Array(1));
export function narrowed(value: PlainTensor): Float32Array {
  assertShape("value", value, "float32", [1]);
  return value.data;
}
