/** What is said of recordings: their labels, cleaned, and sentences for the kinds of sound that are known by name. */
import type { RecordingEntry } from "./recording.js";

/** Parts of labels that say nothing of the sound: how files were numbered, instruments' syllables, makes of keyboards. */
const SAYS_NOTHING = new Set(
  (
    "perc elec ambi misc bd stereofix loop d ada boom sone jazz dhec ghe ke na re tas te tun m ne o s cab zild cineboom till " +
    "alpaca blackink bluealps boxnavy buckling cream holypanda mxblack mxblue mxbrown redink topre turquoise entity scifi ar"
  ).split(" "),
);

/** Sentences for a class; `{}` is the label. */
const SENTENCES: Readonly<Record<string, readonly string[]>> = {
  bell: ["a {} rings", "a bell ringing", "bells"],
  bite: ["someone bites into an apple", "biting and crunching"],
  break: ["something breaks", "a tool breaking"],
  chop: ["chopping wood with an axe", "an axe hits wood", "wood being chopped"],
  cloth: ["clothes rustling", "cloth moves", "a jacket and cloth"],
  coin: ["coins clink", "coins fall on a table", "dropping coins"],
  creak: ["a creaking {}", "something creaks", "old wood creaks"],
  dice: ["dice are thrown", "dice rolling on a table"],
  dig: ["digging with a shovel", "digging into the ground", "a shovel in gravel"],
  door: ["a door", "a door opens and closes", "a door slams shut", "closing a door"],
  drum: ["drums", "a drum beat", "someone plays the drums", "hitting a drum"],
  engine: ["an engine running", "a machine running", "the engine of a {}"],
  explosion: ["an explosion", "something explodes", "a loud boom"],
  fire: ["a crackling fire", "fire burning", "flames crackle"],
  fireworks: ["fireworks", "fireworks explode in the sky"],
  footsteps: ["footsteps", "someone walks", "a person walking", "steps", "walking: {}"],
  glass_break: ["glass breaks", "breaking glass", "a glass shatters"],
  gun: ["a gun", "gun shots", "a gun is fired"],
  hit: ["something is hit", "hits", "an impact", "hitting: {}"],
  knock: ["knocking on a door", "someone knocks", "knocking"],
  paper: ["paper", "turning pages of a book", "paper rustles"],
  place: ["a book is put down", "putting something on a table"],
  pop: ["a balloon pops", "a pop"],
  rain: ["rain falling", "it rains", "heavy rain outside", "rain drops"],
  rattle: ["rattling", "something rattles"],
  rustle: ["rustling leaves", "leaves rustle"],
  scrape: ["scraping", "something scrapes over a surface", "scratching: {}"],
  snap: ["a snap", "fingers snap", "snapping fingers"],
  snip: ["scissors cut", "cutting with scissors"],
  splash: ["water splashes", "a splash in water", "stepping into water"],
  squeak: ["a toy squeaks", "squeaking"],
  thunder: ["thunder", "thunder rolls", "a thunderstorm"],
  tick: ["a clock ticks", "a ticking clock", "ticking", "the tick of a watch"],
  typing: ["typing on a keyboard", "someone types", "keys of a computer keyboard", "keyboard typing"],
  waves: ["waves at the beach", "the sea", "waves of the ocean"],
  whoosh: ["a whoosh", "something swings through the air", "a fast swing"],
  wind: ["wind blows", "strong wind", "the wind howls"],
};

/** The words of a label that say something. */
export function wordsOfLabel(label: string): string {
  const words = label.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.filter((word) => !SAYS_NOTHING.has(word)).join(" ");
}

/** Everything that may be said of a recording; the first is its label. */
export function recordingCaptions({ cls, label }: Pick<RecordingEntry, "cls" | "label">): readonly string[] {
  const kind = cls.replaceAll("_", " ");
  const said = wordsOfLabel(label) || kind;
  const sentences = SENTENCES[cls] ?? [kind];
  const filled = sentences.map((sentence) => sentence.replace("{}", said).replace(/\ba (?=[aeiou])/g, "an "));
  return [...new Set([said, `the sound of ${said}`, ...filled])];
}

/** Every word that is said of any of these, sorted. */
export function recordingVocabulary(entries: readonly Pick<RecordingEntry, "cls" | "label">[]): readonly string[] {
  const words = entries.flatMap((entry) => recordingCaptions(entry).flatMap((caption) => caption.match(/[a-z]+/g) ?? []));
  return [...new Set(words)].sort();
}
