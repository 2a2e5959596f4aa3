/** PANNs, as released or of other widths. */
import { biased, type Shapes, times } from "../shapes.test-support.js";

const batchNorm = (name: string, channels: number): Shapes => ({
  ...biased(name, channels),
  [`${name}.running_mean`]: [channels],
  [`${name}.running_var`]: [channels],
});

/** `Cnn14_16k_mAP=0.438.pth`, or one of other widths. */
export function pannsShapes(widths: readonly number[] = [64, 128, 256, 512, 1024, 2048]): Shapes {
  const last = widths.at(-1) as number;
  return {
    "spectrogram_extractor.stft.conv_real.weight": [257, 1, 512],
    "spectrogram_extractor.stft.conv_imag.weight": [257, 1, 512],
    "logmel_extractor.melW": [257, 64],
    ...batchNorm("bn0", 64),
    ...times(widths.length, (i) => ({
      [`conv_block${i + 1}.conv1.weight`]: [widths[i] as number, widths[i - 1] ?? 1, 3, 3],
      [`conv_block${i + 1}.conv2.weight`]: [widths[i] as number, widths[i] as number, 3, 3],
      ...batchNorm(`conv_block${i + 1}.bn1`, widths[i] as number),
      ...batchNorm(`conv_block${i + 1}.bn2`, widths[i] as number),
    })),
    ...biased("fc1", last, last),
    ...biased("fc_audioset", 527, last),
  };
}
