/** A view into a room: things that move on a floor come nearer and go farther. */
import type { Random } from "@foley-control/core";

/** Where a place in the room is shown, and how large. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  /** 1 in the middle of the room. */
  readonly scale: number;
}

/** Shows a place in the room: to the right, up, away. The middle of the floor is in the middle of the scene. */
export type View = (right: number, up: number, away: number) => Seen;

/** Draw a view. @param tilts - lowest and highest look down, radians: 0 along the floor, π/2 from above */
export function drawView(random: Random, tilts: readonly [number, number]): View {
  const turn = random.range(-Math.PI, Math.PI);
  const tilt = random.range(...tilts);
  const far = random.range(1.2, 3);
  const middle = random.range(0.5, 0.75);
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const [cosTilt, sinTilt] = [Math.cos(tilt), Math.sin(tilt)];
  return (right, up, away) => {
    const x = right * cosTurn - away * sinTurn;
    const z = right * sinTurn + away * cosTurn;
    const scale = far / Math.max(0.25, far + z * cosTilt - up * sinTilt);
    return { x: 0.5 + x * scale, y: middle - (up * cosTilt + z * sinTilt) * scale, scale };
  };
}
