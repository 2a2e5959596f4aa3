/** Captions from templates over a closed vocabulary, so that a word-level tokeniser knows every word. */
import type { Random } from "@foley-control/core";
import type { SceneWords } from "./plan.js";
import { MATERIALS, type Material, type SceneClass } from "./types.js";

interface MaterialWords {
  /** Before a noun. */
  readonly adjectives: readonly string[];
  /** After "made of". */
  readonly nouns: readonly string[];
}

const MATERIAL_WORDS: Readonly<Record<Material, MaterialWords>> = {
  metal: {
    adjectives: ["metal", "metal", "metal", "steel", "iron", "metallic", "brass"],
    nouns: ["metal", "metal", "steel", "iron"],
  },
  glass: { adjectives: ["glass", "glass", "glass", "crystal"], nouns: ["glass", "glass", "crystal"] },
  wood: { adjectives: ["wooden", "wooden", "wooden", "wood", "oak"], nouns: ["wood", "wood", "timber"] },
  ceramic: { adjectives: ["ceramic", "ceramic", "ceramic", "porcelain", "clay"], nouns: ["ceramic", "ceramic", "porcelain"] },
  stone: { adjectives: ["stone", "stone", "stone", "rock", "concrete"], nouns: ["stone", "stone", "rock", "concrete"] },
  plastic: { adjectives: ["plastic"], nouns: ["plastic"] },
  rubber: { adjectives: ["rubber"], nouns: ["rubber"] },
  water: { adjectives: ["water"], nouns: ["water"] },
};

const STRUCK = [
  "someone hits a {m} {o} {at}",
  "hitting a {m} {o} {at}",
  "a hand taps on a {m} {o} {at}",
  "poking a {m} {o} {at}",
  "the sound of taps on {n}",
  "a {o} made of {n} is hit again and again",
  "someone hits a {o}",
];

const struckWith = (tool: string): readonly string[] => [
  `a ${tool} hits a {m} {o} {at}`,
  `hitting a {m} {o} with a ${tool} {at}`,
  `someone taps on a {m} {o} with a ${tool}`,
  `poking a {m} {o} with a ${tool} {at}`,
  `the sound of a ${tool} on {n}`,
  `a ${tool} hits a {o} made of {n}`,
  `someone hits a {o} with a ${tool}`,
];

const QUIET = ["silence", "no sound", "a hand moving without a sound", "people moving silently", "nothing makes a sound"];

// {m} material adjective, {n} material noun, {o} object, {p} plural object, {z} size or nothing, {at} place or nothing.
// The last template of a list may leave the material open; it is never the main caption.
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  bounce: [
    "a {z} {m} {o} bouncing {at}",
    "a {z} {m} {o} bounces {at}",
    "a {m} {o} is dropped and bounces {at}",
    "bouncing {m} {o}",
    "the sound of a {z} {m} {o} bouncing",
    "a {o} made of {n} bouncing {at}",
    "a {o} bouncing {at}",
  ],
  "bounce two": [
    "two {m} {p} bouncing {at}",
    "two {z} {m} {p} bounce {at}",
    "bouncing {m} {p}",
    "the sound of two {m} {p} bouncing",
    "{p} made of {n} bouncing {at}",
    "two {p} bouncing {at}",
  ],
  strike: [
    "hitting a {z} {m} {o} {at}",
    "a {z} {m} {o} being struck with a mallet",
    "striking a {m} {o} {at}",
    "a hammer hits a {z} {m} {o}",
    "someone taps on a {m} {o} with a stick",
    "a mallet hits a {o} made of {n}",
    "a mallet hitting a {o}",
  ],
  collide: [
    "{z} {m} {p} colliding {at}",
    "{m} {p} knock together {at}",
    "two {z} {m} {p} collide",
    "the sound of {m} {p} hitting each other",
    "{p} made of {n} crash into each other {at}",
    "{p} colliding {at}",
  ],
  footsteps: [
    "{z} footsteps on a {m} {at}",
    "a person walking on a {m} {at}",
    "someone walks across a {m} {at}",
    "the sound of {z} steps on a {m} {at}",
    "{z} walking on {n}",
    "footsteps on a floor made of {n}",
    "{z} footsteps",
  ],
  drip: [
    "water dripping on a {m} {o}",
    "drops of water fall on a {m} {o}",
    "a tap drips onto a {m} {o}",
    "the sound of drops landing on {n}",
    "dripping on a {o} made of {n}",
    "water dripping",
  ],
  "drip water": [
    "water dripping into a {o}",
    "drops of water fall into water",
    "a tap drips into a {o} of water",
    "the sound of water drops",
    "dripping water",
    "a drip in a {o}",
  ],
  scatter: [
    "{m} {p} scattering {at}",
    "many small {m} {p} falling {at}",
    "{m} {p} fall and scatter {at}",
    "the sound of {m} {p} spilling {at}",
    "{p} made of {n} drop {at}",
    "{p} scattering {at}",
  ],
  tick: [
    "a {m} {o} ticking",
    "the ticking of a {m} {o}",
    "a {m} {o} ticks",
    "a steady tick of {n}",
    "a ticking {o} made of {n}",
    "a {o} ticking",
  ],
  scrape: [
    "a {z} {m} {o} scraping {at}",
    "dragging a {z} {m} {o} {at}",
    "a {m} {o} scrapes {at}",
    "the sound of {n} scraping {at}",
    "sliding a {o} made of {n} {at}",
    "a {o} scraping {at}",
  ],
  roll: [
    "a {z} {m} {o} rolling {at}",
    "a {z} {m} {o} rolls {at}",
    "rolling {m} {o}",
    "the sound of a {m} {o} rolling {at}",
    "a {o} made of {n} rolls back and forth",
    "a {o} rolling {at}",
  ],
  rain: [
    "rain falling on a {m} {o}",
    "rain on a {m} {o}",
    "rain drumming on {n}",
    "the sound of rain on a {m} {o}",
    "rain hits a {o} made of {n}",
    "falling rain",
  ],
  "rain water": [
    "rain falling into a {o}",
    "rain on water",
    "rain on a {o}",
    "the sound of rain falling into water",
    "rain drops landing in a {o} of water",
    "falling rain",
  ],
  engine: [
    "an {o} running",
    "the sound of a running {o}",
    "a {o} revving",
    "a noisy {o}",
    "a {o} humming and revving",
    "a motor runs",
  ],
  "silent-motion": [
    "silence",
    "a {m} {o} moving silently",
    "a {m} {o} floating without a sound",
    "no sound",
    "quiet {m} {o}",
    "nothing makes a sound",
  ],
  poke: STRUCK,
  ...Object.fromEntries(
    ["stick", "hammer", "axe", "knife", "spoon", "fist", "cup"].map((tool) => [`poke ${tool}`, struckWith(tool)]),
  ),
  drum: [
    "drumming on a {m} drum {at}",
    "someone plays a {m} drum {at}",
    "a stick hits a {m} drum",
    "two sticks drumming on {n}",
    "the sound of a drummer on a {m} drum kit",
    "a drum made of {n} is played {at}",
    "someone plays the drums",
  ],
  chop: [
    "a hammer strikes a {m} {o} {at}",
    "hammering on a {m} {o} {at}",
    "a person swings a hammer at a {m} {o}",
    "someone hammers on {n}",
    "the sound of a hammer on a {m} {o}",
    "a hammer hits a {o} made of {n}",
    "someone hammers on a {o}",
  ],
  "chop split": [
    "an axe splits a {m} {o} {at}",
    "chopping a {m} {o} {at}",
    "someone chops a {m} {o} with an axe",
    "splitting a {m} {o}",
    "the sound of an axe in a {m} {o}",
    "an axe hits a {o} made of {n}",
    "someone chops with an axe",
  ],
  place: [
    "a hand sets a {m} {o} down {at}",
    "putting {m} {p} {at}",
    "someone puts a {m} {o} {at}",
    "a {m} {o} is set down {at}",
    "the sound of a {m} {o} set down {at}",
    "a {o} made of {n} is put {at}",
    "someone sets a {o} down",
  ],
  walk: [
    "{z} boots walking on a {m} {at}",
    "a person walking on a {m} {at}",
    "feet walk across a {m} {at}",
    "the sound of {z} boots on a {m} {at}",
    "{z} steps on {n}",
    "footsteps on a floor made of {n}",
    "{z} footsteps",
  ],
  rally: [
    "a {m} {o} is hit back and forth with rackets",
    "a racket hits a {m} {o}",
    "playing with a {m} {o} {at}",
    "the sound of a {m} {o} hit by a racket",
    "a {o} made of {n} is hit and bounces {at}",
    "two people play with a {o}",
  ],
  "rally bat": [
    "a {m} {o} is hit back and forth with bats",
    "a bat hits a {m} {o}",
    "playing with a {m} {o} {at}",
    "the sound of a {m} {o} hit by a bat",
    "a {o} made of {n} is hit and bounces {at}",
    "two people play with a {o}",
  ],
  drop: [
    "a {m} {o} is dropped {at}",
    "dropping {m} {p} {at}",
    "a {m} {o} falls {at}",
    "someone drops a {m} {o} {at}",
    "the sound of a {m} {o} falling {at}",
    "a {o} made of {n} falls {at}",
    "a {o} is dropped",
  ],
  juggle: [
    "a {m} {o} is kept up with a bat",
    "a bat keeps hitting a {m} {o}",
    "keeping a {m} {o} in the air",
    "the sound of a {m} {o} on a bat",
    "a {o} made of {n} is hit again and again",
    "someone keeps a {o} up",
  ],
  "juggle foot": [
    "a {m} {o} is kept up with a foot",
    "a foot keeps kicking a {m} {o}",
    "keeping a {m} {o} in the air",
    "the sound of a {m} {o} on a foot",
    "a {o} made of {n} is kicked again and again",
    "someone keeps a {o} up",
  ],
  hop: [
    "someone jumps on a {m} {at}",
    "a person hopping on a {m} {at}",
    "jumping up and down on a {m} {at}",
    "the sound of jumps on {n}",
    "landing on a {m} {at}",
    "someone jumps",
  ],
  knock: STRUCK,
  idle: QUIET,
  fidget: QUIET,
};

/** Every object, place and size that a scene class may use; classes draw from their own lists, tests check they are here. */
const OTHER_WORDS = [
  "ball marble sphere cube block box bar plank rod plate bowl cup bottle bell disc floor ground walkway stairs pool puddle bucket pan lid board",
  "bead coin piece chip metronome pendulum clock watch timer barrel wheel crate brick roof window umbrella lake engine motor machine balloon",
  "balls marbles spheres cubes blocks boxes bars planks rods plates bowls cups bottles bells discs floors pools beads coins pieces chips",
  "clocks barrels wheels crates bricks roofs windows umbrellas engines motors machines balloons pans lids boards",
  "log anvil drum drums spoon hand hands foot feet boots finger knuckles arm drumstick drumsticks drummer kit tennis racket rackets bat bats player axe knife hammer logs anvils spoons cups with sticks two air court",
  "on a the floor table ground hard rough surface stand small little large big quick slow an and of",
];

function wordsOf(text: string): string[] {
  return text
    .replace(/\{[a-z]+\}/g, " ")
    .split(/\s+/)
    .filter(Boolean);
}

/** Every word that occurs in a caption, sorted; lower case, no punctuation. */
export const CAPTION_VOCABULARY: readonly string[] = [
  ...new Set([
    ...Object.values(TEMPLATES).flat().flatMap(wordsOf),
    ...MATERIALS.flatMap((material) => [...MATERIAL_WORDS[material].adjectives, ...MATERIAL_WORDS[material].nouns]),
    ...OTHER_WORDS.flatMap(wordsOf),
  ]),
].sort();

function fill(template: string, words: SceneWords, adjective: string, noun: string): string {
  return template
    .replace("{m}", adjective)
    .replace("{n}", noun)
    .replace("{o}", words.object)
    .replace("{p}", words.plural)
    .replace("{z}", words.size ?? "")
    .replace("{at}", words.place)
    .replace(/\s+/g, " ")
    .trim()
    .replace(/\b(an?) (?=(\w))/g, (_match, _article: string, next: string) => (/[aeiou]/.test(next) ? "an " : "a "));
}

function templatesOf(sceneClass: SceneClass, words: SceneWords, material: Material): readonly string[] {
  const key =
    sceneClass === "drip" || sceneClass === "rain"
      ? material === "water"
        ? `${sceneClass} water`
        : sceneClass
      : `${sceneClass} ${words.variant ?? ""}`;
  return TEMPLATES[key] ?? (TEMPLATES[sceneClass] as readonly string[]);
}

const SOLID_OBJECT = { drip: "plate", rain: "roof" } as const;
const WATER_OBJECT = { drip: "pool", rain: "puddle" } as const;

/** Describe a class and material in words; the same random stream gives the same sentence frame for every material. */
export function writeCaptions(
  sceneClass: SceneClass,
  words: SceneWords,
  visible: Material,
  material: Material,
  random: Random,
): { caption: string; paraphrases: string[] } {
  const templates = templatesOf(sceneClass, words, material);
  let chosen = words;
  if ((sceneClass === "drip" || sceneClass === "rain") && (material === "water") !== (visible === "water")) {
    chosen = { ...words, object: material === "water" ? WATER_OBJECT[sceneClass] : SOLID_OBJECT[sceneClass] };
  }
  const pickAdjective = random.uniform();
  const pickNoun = random.uniform();
  const pickTemplate = random.uniform();
  const { adjectives, nouns } = MATERIAL_WORDS[material];
  const adjective = adjectives[Math.floor(pickAdjective * adjectives.length)] as string;
  const noun = nouns[Math.floor(pickNoun * nouns.length)] as string;
  const sentences = templates.map((template) => fill(template, chosen, adjective, noun));
  const main = Math.floor(pickTemplate * (templates.length - 1));
  return { caption: sentences[main] as string, paraphrases: sentences.filter((_, i) => i !== main) };
}
