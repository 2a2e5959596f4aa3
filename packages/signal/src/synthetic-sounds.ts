/** Sounds with known events, for this package's tests: modal impacts, noise floors and reverberant tails. */
import { philox4x32 } from "@foley-control/core";

/** Uniform and normal numbers of one stream. */
export interface TestRandom {
  uniform(): number;
  normal(): number;
}

export function testRandom(seed: number): TestRandom {
  let block: number[] = [];
  let index = 0;
  const uniform = () => {
    if (block.length === 0) block = philox4x32([index++, 0, 0, 0], [seed, 0x7e57]);
    return (block.pop()! + 0.5) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

/** What an impact is made of. */
export interface TestMaterial {
  readonly fundamentals: readonly [number, number];
  readonly ratios: readonly number[];
  /** Loss tangent: a mode at f Hz decays with π·f·loss + 30 per second. */
  readonly loss: number;
  /** Length of the contact force in seconds. */
  readonly contact: number;
}

export const TEST_MATERIALS: Readonly<Record<string, TestMaterial>> = {
  metal: { fundamentals: [300, 1500], ratios: [1, 2.756, 5.404, 8.933], loss: 0.0008, contact: 0.0004 },
  glass: { fundamentals: [900, 2500], ratios: [1, 2.32, 4.25, 6.63], loss: 0.002, contact: 0.0004 },
  ceramic: { fundamentals: [500, 1500], ratios: [1, 1.9, 3.1, 4.8], loss: 0.004, contact: 0.0005 },
  stone: { fundamentals: [400, 1200], ratios: [1, 1.6, 2.3, 3.4], loss: 0.012, contact: 0.0005 },
  wood: { fundamentals: [150, 700], ratios: [1, 2.5, 4.9, 7.5], loss: 0.02, contact: 0.001 },
  plastic: { fundamentals: [200, 900], ratios: [1, 1.8, 2.9, 4.1], loss: 0.05, contact: 0.0012 },
  rubber: { fundamentals: [70, 200], ratios: [1, 1.6, 2.1, 2.9], loss: 0.12, contact: 0.005 },
};

/** Adds one impact: a raised-cosine force of the contact length through decaying modes. */
export function addImpact(out: Float32Array, sampleRate: number, time: number, gain: number, material: TestMaterial, random: TestRandom, fundamental?: number): void {
  const [low, high] = material.fundamentals;
  const f0 = fundamental ?? low * (high / low) ** random.uniform();
  const start = Math.round(time * sampleRate);
  const contact = Math.max(2, Math.round(material.contact * sampleRate));
  material.ratios.forEach((ratio, mode) => {
    const f = f0 * ratio;
    if (f > 0.45 * sampleRate) return;
    const decay = Math.PI * f * material.loss + 30;
    const amplitude = (gain * (0.5 + random.uniform())) / (1 + mode);
    const a1 = 2 * Math.exp(-decay / sampleRate) * Math.cos((2 * Math.PI * f) / sampleRate);
    const a2 = -Math.exp((-2 * decay) / sampleRate);
    const drive = (amplitude * Math.sin((2 * Math.PI * f) / sampleRate) * 2) / contact;
    let y1 = 0;
    let y2 = 0;
    for (let i = start; i < out.length; i++) {
      const t = i - start;
      const force = t <= contact ? (1 - Math.cos((2 * Math.PI * t) / contact)) / 2 : 0;
      const y = drive * force * contact + a1 * y1 + a2 * y2;
      y2 = y1;
      y1 = y;
      out[i]! += y / 4;
      if (t > contact && Math.abs(y1) + Math.abs(y2) < 1e-7) break;
    }
  });
}

/** Adds white noise of a given RMS, or pink noise (Kellet's filter) when asked. */
export function addNoise(out: Float32Array, rms: number, random: TestRandom, pink = false): void {
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  for (let i = 0; i < out.length; i++) {
    const white = random.normal();
    b0 = 0.99765 * b0 + white * 0.099046;
    b1 = 0.963 * b1 + white * 0.2965164;
    b2 = 0.57 * b2 + white * 1.0526913;
    out[i]! += rms * (pink ? (b0 + b1 + b2 + white * 0.1848) / 2.2 : white);
  }
}

/** Adds a reverberant tail: sparse convolution with exponentially decaying noise. */
export function addReverb(out: Float32Array, sampleRate: number, rt60: number, wetDb: number, random: TestRandom): void {
  const dry = Float32Array.from(out);
  const taps = 150;
  for (let k = 0; k < taps; k++) {
    const delay = Math.round((0.002 + random.uniform() * rt60 * 0.8) * sampleRate);
    const gain = (10 ** (wetDb / 20) * 10 ** ((-3 * delay) / sampleRate / rt60) * random.normal()) / Math.sqrt(taps / 20);
    for (let i = delay; i < out.length; i++) out[i]! += gain * dry[i - delay]!;
  }
}
