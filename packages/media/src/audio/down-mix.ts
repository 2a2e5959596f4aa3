/**
 * Channels by the loudspeakers that they are meant for, and how those of one layout are heard on another: ITU-R BS.775-3 annex 4, which
 * puts the centre and the surrounds into left and right 3 dB lower and leaves the low-frequency effects out. No normalisation.
 */

/** Loudspeakers: mono; left, right, centre; low-frequency effects; surround and back, left and right; one surround in the middle. */
type Speaker = "M" | "L" | "R" | "C" | "LFE" | "Ls" | "Rs" | "Lb" | "Rb" | "Cs";

/** Layouts by their number of channels, in the order that WAVE, FLAC and the decoders have. */
const layouts: readonly (readonly Speaker[])[] = [
  [],
  ["M"],
  ["L", "R"],
  ["L", "R", "C"],
  ["L", "R", "Ls", "Rs"],
  ["L", "R", "C", "Ls", "Rs"],
  ["L", "R", "C", "LFE", "Ls", "Rs"],
  ["L", "R", "C", "LFE", "Cs", "Ls", "Rs"],
  ["L", "R", "C", "LFE", "Lb", "Rb", "Ls", "Rs"],
];

const HALF_POWER = Math.SQRT1_2;

/** Where a speaker is heard when it is missing: the first way whose speakers are all there, or lead to some that are. */
const instead: Readonly<Record<Speaker, readonly (readonly (readonly [Speaker, number])[])[]>> = {
  M: [
    [["C", 1]],
    [
      ["L", 1],
      ["R", 1],
    ],
  ],
  L: [[["M", 0.5]]],
  R: [[["M", 0.5]]],
  C: [
    [
      ["L", HALF_POWER],
      ["R", HALF_POWER],
    ],
  ],
  LFE: [],
  Ls: [[["L", HALF_POWER]]],
  Rs: [[["R", HALF_POWER]]],
  Lb: [[["Ls", HALF_POWER]]],
  Rb: [[["Rs", HALF_POWER]]],
  Cs: [
    [
      ["Ls", HALF_POWER],
      ["Rs", HALF_POWER],
    ],
  ],
};

/**
 * Gains from each of `from` channels (rows) to each of `to` channels; `undefined` for numbers of channels without a known layout.
 * Mono goes to both of two, and into the centre of more; two into left and right.
 */
export function mixingGains(from: number, to: number): readonly (readonly number[])[] | undefined {
  const [source, target] = [layouts[from], layouts[to]];
  if (!source?.length || !target?.length) return undefined;
  return source.map((speaker) => {
    const gains = target.map(() => 0);
    place(speaker, 1, target, gains);
    return gains;
  });
}

function place(speaker: Speaker, gain: number, target: readonly Speaker[], gains: number[]): void {
  const at = target.indexOf(speaker);
  if (at >= 0) {
    gains[at] = (gains[at] as number) + gain;
    return;
  }
  const ways = instead[speaker];
  const way = ways.find((speakers) => speakers.every(([name]) => target.includes(name))) ?? ways.at(-1) ?? [];
  for (const [name, factor] of way) place(name, gain * factor, target, gains);
}
