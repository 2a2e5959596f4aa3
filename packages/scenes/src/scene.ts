/** From a seed to a scene. Plan, words, camera, picture and sound each have their own random stream: switching one off changes no other. */
import { assertKind, createRandom, FoleyError, type Random } from "@foley-control/core";
import { drawCamera } from "./camera.js";
import { writeCaptions } from "./captions.js";
import { CLASS_WEIGHTS, PLANNERS } from "./classes/index.js";
import { renderFrames } from "./film.js";
import { drawFilmCamera } from "./filmed/camera.js";
import { renderFilm } from "./filmed/render.js";
import { FILM_STYLES } from "./filmed/style.js";
import { drawColour, luminance } from "./looks.js";
import { ACOUSTICS, CLEARLY_DIFFERENT } from "./materials.js";
import type { ScenePlan } from "./plan.js";
import { drawRoom, finishAudio } from "./room.js";
import {
  type AudioOptions,
  type DescribeOptions,
  FILM_CLASSES,
  FILM_HELD_OUT_CLASSES,
  MATERIALS,
  type Material,
  SCENE_CLASSES,
  type Scene,
  type SceneAudio,
  type SceneClass,
  type SceneDescription,
  type SceneEvent,
  type SceneLook,
  type SceneOptions,
} from "./types.js";

/** Version of the generator: the same seed and version give the same scene. */
export const SCENE_VERSION = 1;
/** Default length of a scene, seconds. */
export const DEFAULT_SECONDS = 4;
/** Default samples per second. */
export const DEFAULT_SAMPLE_RATE = 24_000;
/** Default frames per second. */
export const DEFAULT_FRAME_RATE = 16;
/** Default picture width and height, pixels. */
export const DEFAULT_IMAGE_SIZE = 64;
/** Values per second of an envelope. */
const ENVELOPE_RATE = 100;

function inRange(name: string, value: number, low: number, high: number, whole: boolean): number {
  if (!(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
    throw new FoleyError(
      "invalid-argument",
      `${name} is ${value}, but must be ${whole ? "a whole number" : "a number"} from ${low} to ${high}.`,
    );
  }
  return value;
}

/** Classes of every look. */
const CLASSES_OF: Readonly<Record<SceneLook, readonly SceneClass[]>> = {
  drawn: SCENE_CLASSES,
  film: FILM_CLASSES,
  "film-held-out": FILM_HELD_OUT_CLASSES,
};

function drawClass(random: Random, classes: readonly SceneClass[]): SceneClass {
  let total = 0;
  for (const name of classes) {
    if (!Object.hasOwn(PLANNERS, name))
      throw new FoleyError("invalid-argument", `"${String(name)}" is not a scene class.`, {
        hint: `Use one of ${Object.keys(PLANNERS).join(", ")}.`,
      });
    total += CLASS_WEIGHTS[name];
  }
  let rest = random.uniform() * total;
  for (const name of classes) {
    rest -= CLASS_WEIGHTS[name];
    if (rest < 0) return name;
  }
  const last = classes[classes.length - 1];
  if (last === undefined)
    throw new FoleyError("invalid-argument", "classes is an empty list.", { hint: "Name at least one class or leave it out." });
  return last;
}

/** Only liquid classes know what water sounds like. */
function heardMaterial(sceneClass: SceneClass, { material: visible, exchangeable }: ScenePlan, wanted = visible): Material {
  if (wanted === visible) return visible;
  if (!MATERIALS.includes(wanted))
    throw new FoleyError("invalid-argument", `"${String(wanted)}" is not a material.`, {
      hint: `Use one of ${MATERIALS.join(", ")}.`,
    });
  if (exchangeable === false) {
    throw new FoleyError("unsupported", `A scene of class ${sceneClass} has no material to exchange.`, {
      hint: "Leave the material option out.",
    });
  }
  if (wanted === "water" && sceneClass !== "drip" && sceneClass !== "rain") {
    throw new FoleyError("unsupported", `A scene of class ${sceneClass} cannot sound like water.`, {
      hint: "Choose a solid material.",
    });
  }
  return wanted;
}

function levelOf(material: Material): number {
  return material === "water" ? 0.5 : ACOUSTICS[material].level;
}

/** How a plan is put into pictures. */
interface Shoot {
  /** Place in the picture. */
  project(x: number, y: number, time: number): { readonly x: number; readonly y: number };
  frames(random: Random, size: { frameCount: number; frameRate: number; imageSize: number }): Uint8Array;
}

function drawShoot(random: Random, plan: ScenePlan, look: SceneLook, seconds: number): Shoot {
  if (look !== "drawn") {
    const style = FILM_STYLES[look];
    const camera = drawFilmCamera(random, { seconds, plan, kinds: style.cameras });
    return { project: camera.project, frames: (around, size) => renderFilm(plan, camera, around, { ...size, style }) };
  }
  const camera = drawCamera(random, seconds);
  return {
    project: (x, y, time) => ({
      x: (camera.mirror ? -1 : 1) * (x - 0.5) * camera.zoom + 0.5 + camera.offsetX(time),
      y: (y - 0.5) * camera.zoom + 0.5 + camera.offsetY(time),
    }),
    frames: (around, size) => {
      const brightness = luminance(drawColour(plan.material, around.fork("brightness")));
      return renderFrames(plan, camera, around, { ...size, brightness });
    },
  };
}

function prepare(seed: number, options: DescribeOptions) {
  const seconds = inRange("seconds", options.seconds ?? DEFAULT_SECONDS, 0.25, 60, false);
  const random = createRandom(seed, "scenes", SCENE_VERSION);
  const look = options.look ?? "drawn";
  if (!Object.hasOwn(CLASSES_OF, look))
    throw new FoleyError("invalid-argument", `look is ${JSON.stringify(look)}, which is no look.`, {
      hint: `Use one of ${Object.keys(CLASSES_OF).join(", ")}.`,
    });
  const sceneClass = drawClass(random.fork("class"), options.classes ?? CLASSES_OF[look]);
  const plan = PLANNERS[sceneClass]({ random: random.fork("plan"), seconds });
  const film = drawShoot(random.fork("camera"), plan, look, seconds);
  const gain = 10 ** (random.fork("distance").range(-7, 0) / 20);
  const visible = plan.material;
  const material = heardMaterial(sceneClass, plan, options.material);
  const words = (which: Material) => writeCaptions(sceneClass, plan.words, visible, which, random.fork("words"));
  const { caption, paraphrases } = words(material);
  let contradiction: SceneDescription["contradiction"] = null;
  if (plan.exchangeable !== false) {
    const other = material === visible ? random.fork("contradiction").pick(CLEARLY_DIFFERENT[visible]) : visible;
    contradiction = { material: other, caption: words(other).caption };
  }
  const events: SceneEvent[] = [];
  for (const contact of [...plan.contacts].sort((a, b) => a.time - b.time)) {
    if (contact.time < 0 || contact.time >= seconds) continue;
    const { x, y } = film.project(contact.x, contact.y, contact.time);
    const amplitude = gain * plan.gain * levelOf(material) * (contact.gain ?? 1) * contact.velocity ** 1.2;
    events.push({
      time: contact.time,
      kind: contact.kind,
      material,
      velocity: contact.velocity,
      x,
      y,
      visible: x >= 0 && x <= 1 && y >= 0 && y <= 1,
      energyDb: 20 * Math.log10(amplitude),
    });
  }
  const valueAt = plan.envelope;
  const envelope = valueAt && {
    rate: ENVELOPE_RATE,
    values: Float32Array.from({ length: Math.round(seconds * ENVELOPE_RATE) }, (_, i) => valueAt(i / ENVELOPE_RATE)),
  };
  const description: SceneDescription = {
    seed,
    class: sceneClass,
    material,
    visibleMaterial: visible,
    caption,
    paraphrases,
    contradiction,
    seconds,
    events,
    ...(envelope && { envelope }),
  };
  return { random, plan, film, description, gain };
}

function sound({ random, plan, description, gain }: ReturnType<typeof prepare>, sampleRate: number): Float32Array {
  const out = new Float32Array(Math.round(description.seconds * sampleRate));
  plan.sound({
    random: random.fork("sound"),
    out,
    sampleRate,
    seconds: description.seconds,
    material: description.material,
    gain,
  });
  const around = random.fork("room");
  const room = drawRoom(around);
  // The floor stays below the softest contact, so that every event can be heard.
  let softest = Infinity;
  for (const event of description.events) softest = Math.min(softest, event.energyDb);
  const ceiling = softest === Infinity ? 1 : 10 ** ((softest - 22) / 20);
  finishAudio(out, sampleRate, { ...room, floor: Math.min(room.floor, ceiling) }, around);
  return out;
}

/** What happens in a scene, its words and its exact event times, without rendering. */
export function describeScene(seed: number, options: DescribeOptions = {}): SceneDescription {
  assertKind("options", options, "object", 'Pass the seed, then options such as { classes: ["strike"] }.');
  return prepare(seed, options).description;
}

/** A description with its sound: the fast path for text-to-audio training. */
export function renderAudio(seed: number, options: AudioOptions = {}): SceneAudio {
  assertKind("options", options, "object", "Pass the seed, then options such as { sampleRate: 24000 }.");
  const sampleRate = inRange("sampleRate", options.sampleRate ?? DEFAULT_SAMPLE_RATE, 8000, 96_000, true);
  const prepared = prepare(seed, options);
  return { ...prepared.description, audio: sound(prepared, sampleRate), sampleRate };
}

/** Picture, sound, captions and exact events of the scene with this seed. Same seed and options, same bytes. */
export function renderScene(seed: number, options: SceneOptions = {}): Scene {
  assertKind("options", options, "object", "Pass the seed, then options such as { imageSize: 128 }.");
  const sampleRate = inRange("sampleRate", options.sampleRate ?? DEFAULT_SAMPLE_RATE, 8000, 96_000, true);
  const imageSize = inRange("imageSize", options.imageSize ?? DEFAULT_IMAGE_SIZE, 16, 1024, true);
  const frameRate = inRange("frameRate", options.frameRate ?? DEFAULT_FRAME_RATE, 1, 60, false);
  const prepared = prepare(seed, options);
  const { film, random, description } = prepared;
  const frames =
    options.frames === false
      ? new Uint8Array(0)
      : film.frames(random.fork("picture"), { frameCount: Math.round(description.seconds * frameRate), frameRate, imageSize });
  const audio = options.audio === false ? new Float32Array(0) : sound(prepared, sampleRate);
  return { ...description, audio, sampleRate, frames, frameRate, imageSize };
}
