/** Camera: mirrored or not, nearer or farther, still, panning or shaking. Closed form in time. */
import type { Random } from "@foley-control/core";

/** A camera; offsets are in picture widths. */
export interface Camera {
  readonly mirror: boolean;
  readonly zoom: number;
  /** True when the offset never changes. */
  readonly fixed: boolean;
  offsetX(time: number): number;
  offsetY(time: number): number;
}

/** Largest offset in picture widths; the background is drawn with this margin. */
export const CAMERA_REACH = 0.09;

/** Draw a camera: 40 % fixed, otherwise slow pan, shake or both. */
export function drawCamera(random: Random, seconds: number): Camera {
  const mirror = random.chance(0.5);
  const zoom = random.range(0.86, 1.06);
  const style = random.uniform();
  const pan = style > 0.4 && style < 0.75 ? 0.045 : 0;
  const shake = style > 0.65 ? random.range(0.004, 0.018) : 0;
  const panX = pan * random.range(-1, 1);
  const panY = pan * random.range(-0.5, 0.5);
  const waves = Array.from({ length: 4 }, () => ({
    rate: 2 * Math.PI * random.range(0.4, 4.5),
    phase: random.range(0, 2 * Math.PI),
  }));
  const [a, b, c, d] = waves as [Wave, Wave, Wave, Wave];
  const wave = (w: Wave, time: number) => Math.sin(w.rate * time + w.phase);
  const limit = (value: number) => Math.max(-CAMERA_REACH, Math.min(CAMERA_REACH, value));
  return {
    mirror,
    zoom,
    fixed: pan === 0 && shake === 0,
    offsetX: (time) => limit(panX * ((2 * time) / seconds - 1) + shake * (0.65 * wave(a, time) + 0.35 * wave(b, time))),
    offsetY: (time) => limit(panY * ((2 * time) / seconds - 1) + 0.7 * shake * (0.65 * wave(c, time) + 0.35 * wave(d, time))),
  };
}

interface Wave {
  readonly rate: number;
  readonly phase: number;
}
