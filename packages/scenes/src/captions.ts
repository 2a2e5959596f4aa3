/** Captions from templates over a closed vocabulary, so that a word-level tokeniser knows every word. */
import type { Random } from "@foley-control/core";
import { TEMPLATES } from "./caption-templates.js";
import { FILM_TEMPLATES, FILM_WORDS } from "./filmed/caption-templates.js";
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

const ALL_TEMPLATES = { ...TEMPLATES, ...FILM_TEMPLATES };

/** Every object, place and size that a scene class may use; classes draw from their own lists, tests check they are here. */
const OTHER_WORDS = [
  "ball marble sphere cube block box bar plank rod plate bowl cup bottle bell disc floor ground walkway stairs pool puddle bucket pan lid board",
  "bead coin piece chip metronome pendulum clock watch timer barrel wheel crate brick roof window umbrella lake engine motor machine balloon",
  "balls marbles spheres cubes blocks boxes bars planks rods plates bowls cups bottles bells discs floors pools beads coins pieces chips",
  "clocks barrels wheels crates bricks roofs windows umbrellas engines motors machines balloons pans lids boards",
  "on a the floor table ground hard rough surface stand small little large big quick slow an and of",
];

function wordsOf(text: string): string[] {
  return text
    .replace(/\{[a-z]+\}/g, " ")
    .split(/\s+/)
    .filter(Boolean);
}

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();
const DRAWN_WORDS = sorted([
  ...Object.values(TEMPLATES).flat().flatMap(wordsOf),
  ...MATERIALS.flatMap((material) => [...MATERIAL_WORDS[material].adjectives, ...MATERIAL_WORDS[material].nouns]),
  ...OTHER_WORDS.flatMap(wordsOf),
]);

/**
 * Every word that occurs in a caption; lower case, no punctuation. Words of the drawn classes come first, sorted, then what
 * filmed ones add, sorted: the place of a word is its number in a trained text encoder, so new words go to the end.
 */
export const CAPTION_VOCABULARY: readonly string[] = [
  ...DRAWN_WORDS,
  ...sorted([...Object.values(FILM_TEMPLATES).flat(), FILM_WORDS].flatMap(wordsOf)).filter((word) => !DRAWN_WORDS.includes(word)),
];

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
  return ALL_TEMPLATES[key] ?? (ALL_TEMPLATES[sceneClass] as readonly string[]);
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
