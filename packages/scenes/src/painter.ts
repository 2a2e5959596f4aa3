/** A small software rasteriser: anti-aliased shapes by signed distance, in scene units (the picture is 1 × 1, y down). */

/** How a shape is filled. Colours are 0 to 255. */
export interface Paint {
  /** Square RGB texture over the shape's own coordinates; it turns with the shape. */
  readonly texture: Float32Array;
  /** Width of the texture. */
  readonly textureSize: number;
  /** Opacity in the middle, 0 to 1. */
  readonly alpha: number;
  /** Opacity at the rim. */
  readonly rimAlpha: number;
  /** Strength of light from above left, 0 to 1. */
  readonly shade: number;
  /** Strength of the highlight, 0 to 1. */
  readonly gloss: number;
}

/** Plain colour. */
export function solid(red: number, green: number, blue: number, alpha = 1): Paint {
  return { texture: new Float32Array([red, green, blue]), textureSize: 1, alpha, rimAlpha: alpha, shade: 0, gloss: 0 };
}

/** Draws into an interleaved RGB float buffer and remembers which rectangle it touched. */
export class Painter {
  readonly data: Float32Array;
  readonly width: number;
  /** Pixels per scene unit. */
  scale: number;
  readonly #margin: number;
  readonly #mirror: number;
  /** Camera offset in scene units. */
  offsetX = 0;
  offsetY = 0;
  /** Turn of the camera around the middle of the picture, radians. */
  turn = 0;
  /** What a shape is really filled with. */
  dress: ((paint: Paint) => Paint) | undefined;
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;

  constructor(size: number, options: { margin: number; mirror: boolean; zoom: number }) {
    this.width = size + 2 * options.margin;
    this.data = new Float32Array(this.width * this.width * 3);
    this.scale = size * options.zoom;
    this.#margin = options.margin + size * 0.5;
    this.#mirror = options.mirror ? -1 : 1;
    this.#size = size;
    this.clean();
  }

  readonly #size: number;

  /** Forget what was touched. */
  clean(): void {
    this.left = this.width;
    this.top = this.width;
    this.right = 0;
    this.bottom = 0;
  }

  /** Places in the picture, in pixels, of a place in the scene. */
  pixels(x: number, y: number): readonly [number, number] {
    const u = this.#mirror * (x - 0.5) * this.scale + this.offsetX * this.#size;
    const v = (y - 0.5) * this.scale + this.offsetY * this.#size;
    if (this.turn === 0) return [u + this.#margin, v + this.#margin];
    const cos = Math.cos(this.turn);
    const sin = Math.sin(this.turn);
    return [u * cos - v * sin + this.#margin, u * sin + v * cos + this.#margin];
  }

  /** Ellipse with half axes `rx`, `ry`, turned by `angle` radians. */
  ellipse(x: number, y: number, rx: number, ry: number, angle: number, paint: Paint): void {
    this.#fill(x, y, Math.max(rx, ry), rx, ry, angle, paint, 0);
  }

  /** Rectangle with half sides `hx`, `hy`. */
  box(x: number, y: number, hx: number, hy: number, angle: number, paint: Paint): void {
    this.#fill(x, y, Math.hypot(hx, hy), hx, hy, angle, paint, 1);
  }

  /** Circle line of the given width. */
  ring(x: number, y: number, rx: number, ry: number, width: number, paint: Paint): void {
    this.#fill(x, y, Math.max(rx, ry) + width, rx, ry, 0, paint, 2, width);
  }

  /** Line with round ends. */
  capsule(x0: number, y0: number, x1: number, y1: number, radius: number, paint: Paint): void {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const angle = Math.atan2(y1 - y0, x1 - x0);
    this.#fill((x0 + x1) / 2, (y0 + y1) / 2, length / 2 + radius, length / 2, radius, angle, paint, 3);
  }

  #fill(
    x: number,
    y: number,
    reach: number,
    a: number,
    b: number,
    angle: number,
    paint: Paint,
    kind: 0 | 1 | 2 | 3,
    lineWidth = 0,
  ): void {
    const { data, width, scale } = this;
    const [cx, cy] = this.pixels(x, y);
    const extent = reach * scale + 1;
    const x0 = Math.max(0, Math.floor(cx - extent));
    const x1 = Math.min(width, Math.ceil(cx + extent) + 1);
    const y0 = Math.max(0, Math.floor(cy - extent));
    const y1 = Math.min(width, Math.ceil(cy + extent) + 1);
    if (!(x0 < x1 && y0 < y1)) return;
    if (x0 < this.left) this.left = x0;
    if (y0 < this.top) this.top = y0;
    if (x1 > this.right) this.right = x1;
    if (y1 > this.bottom) this.bottom = y1;
    const unit = this.#mirror / scale;
    const turned = angle + this.#mirror * this.turn;
    const cos = Math.cos(turned);
    const sin = Math.sin(turned);
    const { texture, textureSize, alpha, rimAlpha, shade, gloss } = this.dress?.(paint) ?? paint;
    const half = textureSize / 2;
    const last = textureSize - 1;
    const smaller = Math.min(a, b);
    const inverseA = 1 / Math.max(a, 1e-6);
    const inverseB = 1 / Math.max(b, 1e-6);
    const spanU = kind === 3 ? 1 / (a + b) : inverseA;
    for (let py = y0; py < y1; py++) {
      const dy = (py + 0.5 - cy) / scale;
      for (let px = x0; px < x1; px++) {
        const dx = (px + 0.5 - cx) * unit;
        const u = dx * cos + dy * sin;
        const v = dy * cos - dx * sin;
        let distance: number;
        let rim = 0;
        if (kind === 0) {
          const q = Math.sqrt(u * inverseA * (u * inverseA) + v * inverseB * (v * inverseB));
          distance = (1 - q) * smaller;
          rim = q;
        } else if (kind === 1) {
          const du = a - Math.abs(u);
          const dv = b - Math.abs(v);
          distance = du < dv ? du : dv;
          rim = 1 - distance / smaller;
        } else if (kind === 2) {
          const q = Math.sqrt(u * inverseA * (u * inverseA) + v * inverseB * (v * inverseB));
          distance = lineWidth - Math.abs(q - 1) * smaller;
        } else {
          const excess = Math.abs(u) - a;
          distance = b - (excess > 0 ? Math.sqrt(excess * excess + v * v) : Math.abs(v));
        }
        let coverage = distance * scale + 0.5;
        if (coverage <= 0) continue;
        if (coverage > 1) coverage = 1;
        coverage *= alpha + (rimAlpha - alpha) * (rim > 0 ? rim * rim * rim : 0);
        let tu = ((u * spanU + 1) * half) | 0;
        let tv = ((v * inverseB + 1) * half) | 0;
        if (tu < 0) tu = 0;
        else if (tu > last) tu = last;
        if (tv < 0) tv = 0;
        else if (tv > last) tv = last;
        const source = (tv * textureSize + tu) * 3;
        let red = texture[source] as number;
        let green = texture[source + 1] as number;
        let blue = texture[source + 2] as number;
        if (shade > 0) {
          const nx = dx / reach;
          const ny = dy / reach;
          const light = 1 - shade * (0.45 * nx + 0.8 * ny);
          red *= light;
          green *= light;
          blue *= light;
          if (gloss > 0) {
            const gx = nx + 0.32;
            const gy = ny + 0.38;
            const shine = 1 - (gx * gx + gy * gy) * 9;
            if (shine > 0) {
              const amount = shine * gloss;
              red += (255 - red) * amount;
              green += (255 - green) * amount;
              blue += (255 - blue) * amount;
            }
          }
        }
        const target = (py * width + px) * 3;
        const old0 = data[target] as number;
        const old1 = data[target + 1] as number;
        const old2 = data[target + 2] as number;
        data[target] = old0 + (red - old0) * coverage;
        data[target + 1] = old1 + (green - old1) * coverage;
        data[target + 2] = old2 + (blue - old2) * coverage;
      }
    }
  }
}
