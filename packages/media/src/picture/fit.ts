/** How a picture of one shape is brought into another: which part of it is taken, and which part of the output it fills. */

/**
 * "fill" stretches the whole picture over the output; "cover" keeps its shape and cuts what hangs over, centred;
 * "contain" keeps its shape and leaves black bars.
 */
export type Fit = "fill" | "cover" | "contain";

/** A rectangle. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Rectangles in fractions of the upright picture (source) and in pixels of the output (target). */
export interface FitRectangles {
  /** Part of the upright picture that is shown, as fractions 0..1. */
  readonly source: Rectangle;
  /** Part of the output that it fills, in pixels. */
  readonly target: Rectangle;
}

/**
 * @param aspect shape of the upright picture as shown, width / height, pixel aspect ratio included.
 * @param size output `[height, width]`.
 */
export function fitRectangles(aspect: number, size: readonly [number, number], fit: Fit): FitRectangles {
  const [height, width] = size;
  const outAspect = width / height;
  const whole = { left: 0, top: 0, width: 1, height: 1 };
  if (fit === "cover") {
    const target = { left: 0, top: 0, width, height };
    if (aspect > outAspect) {
      const part = outAspect / aspect;
      return { source: { left: (1 - part) / 2, top: 0, width: part, height: 1 }, target };
    }
    const part = aspect / outAspect;
    return { source: { left: 0, top: (1 - part) / 2, width: 1, height: part }, target };
  }
  if (fit === "contain") {
    const inner =
      aspect > outAspect
        ? { width, height: Math.max(1, Math.round(width / aspect)) }
        : { width: Math.max(1, Math.round(height * aspect)), height };
    return {
      source: whole,
      target: { left: Math.floor((width - inner.width) / 2), top: Math.floor((height - inner.height) / 2), ...inner },
    };
  }
  return { source: whole, target: { left: 0, top: 0, width, height } };
}
