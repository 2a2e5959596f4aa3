/** All scene classes by name, and how often each is drawn. */
import { planChop } from "../filmed/classes/chop.js";
import { planDrop } from "../filmed/classes/drop.js";
import { planDrum } from "../filmed/classes/drum.js";
import { planHop } from "../filmed/classes/hop.js";
import { planFidget, planIdle } from "../filmed/classes/idle.js";
import { planJuggle } from "../filmed/classes/juggle.js";
import { planPlace } from "../filmed/classes/place.js";
import { planKnock, planPoke } from "../filmed/classes/poke.js";
import { planRally } from "../filmed/classes/rally.js";
import { planWalk } from "../filmed/classes/walk.js";
import type { PlanContext, ScenePlan } from "../plan.js";
import type { SceneClass } from "../types.js";
import { planBounce } from "./bounce.js";
import { planCollide } from "./collide.js";
import { planDrip } from "./drip.js";
import { planEngine } from "./engine.js";
import { planFootsteps } from "./footsteps.js";
import { planRain } from "./rain.js";
import { planScatter } from "./scatter.js";
import { planSilent } from "./silent.js";
import { planRoll, planScrape } from "./slide.js";
import { planStrike } from "./strike.js";
import { planTick } from "./tick.js";

/** Planner of every class. */
export const PLANNERS: Readonly<Record<SceneClass, (context: PlanContext) => ScenePlan>> = {
  bounce: planBounce,
  strike: planStrike,
  collide: planCollide,
  footsteps: planFootsteps,
  drip: planDrip,
  scatter: planScatter,
  tick: planTick,
  scrape: planScrape,
  roll: planRoll,
  rain: planRain,
  engine: planEngine,
  "silent-motion": planSilent,
  poke: planPoke,
  drum: planDrum,
  chop: planChop,
  place: planPlace,
  walk: planWalk,
  rally: planRally,
  drop: planDrop,
  idle: planIdle,
  knock: planKnock,
  juggle: planJuggle,
  hop: planHop,
  fidget: planFidget,
};

/** How often a class is drawn, relative. Impacts dominate; 8 % move and make no sound. */
export const CLASS_WEIGHTS: Readonly<Record<SceneClass, number>> = {
  bounce: 19,
  strike: 19,
  collide: 11,
  footsteps: 11,
  drip: 8,
  scatter: 7,
  tick: 5,
  scrape: 4,
  roll: 3,
  rain: 3,
  engine: 2,
  "silent-motion": 8,
  poke: 42,
  drum: 20,
  chop: 26,
  place: 20,
  walk: 20,
  rally: 20,
  drop: 20,
  idle: 24,
  knock: 40,
  juggle: 18,
  hop: 18,
  fidget: 8,
};
