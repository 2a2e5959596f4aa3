/** Idle: only silent movers, and hands that strike the air: nothing is heard. */
import { drawSolid } from "../../classes/shared.js";
import type { PlanContext, ScenePlan } from "../../plan.js";
import { drawArm, HELD_OUT_TOOLS, TOOLS, type Tool } from "../arms.js";
import { drawMover } from "../movers.js";
import { strokesAt, strokeTimes, tipWay } from "../strokes.js";
import { dullPaint } from "../world.js";

/** Plan a scene in which things move and none touches another. */
export const planIdle = (context: PlanContext): ScenePlan => planQuiet(context, TOOLS);
/** The same with other tools: held out. */
export const planFidget = (context: PlanContext): ScenePlan => planQuiet(context, HELD_OUT_TOOLS);

function planQuiet({ random, seconds }: PlanContext, tools: readonly Tool[]): ScenePlan {
  const material = drawSolid(random);
  const hands = random.chance(0.5) ? random.integer(1, 3) : 0;
  const tool = random.pick(tools);
  return {
    material,
    exchangeable: false,
    words: { object: "hand", plural: "hands", place: "", variant: hands ? "hand" : "air" },
    contacts: [],
    gain: 0,
    exposures: 2,
    ground: random.chance(0.5) ? random.range(0.5, 0.95) : null,
    picture: ({ random: look }) => {
      const movers = Array.from({ length: hands ? 1 : look.integer(1, 5) }, () =>
        drawMover(look, () => dullPaint(look), seconds),
      );
      const arms = Array.from({ length: hands }, () => {
        const [x, y] = [look.range(0.2, 0.8), look.range(0.2, 0.8)];
        const direction = look.range(-Math.PI, Math.PI);
        const strokes = strokesAt(look, strokeTimes(look, seconds, [0.15, 1.6]), {
          places: [
            [x, y],
            [x + 0.1 * look.normal(), y],
          ],
          lifts: [0.03, 0.4],
          feints: 1,
        });
        return { arm: drawArm(look, tool, direction, x, y), way: tipWay(look, strokes), direction };
      });
      return {
        moving: (painter, time) => {
          for (const mover of movers) mover(painter, time);
          for (const { arm, way, direction } of arms) {
            const { x, y, height } = way(time);
            arm(painter, x + height * Math.cos(direction), y + height * Math.sin(direction), 1);
          }
        },
      };
    },
    sound: () => {},
  };
}
