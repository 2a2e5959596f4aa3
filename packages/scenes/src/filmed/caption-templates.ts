/** Sentences about the classes that only filmed looks draw from of themselves. */

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

/** By class and variant. */
export const FILM_TEMPLATES: Readonly<Record<string, readonly string[]>> = {
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

/** Further words that people use for these scenes. */
export const FILM_WORDS =
  "log anvil drum drums spoon hand hands foot feet boots finger knuckles arm drumstick drumsticks drummer kit tennis racket rackets bat bats player axe knife hammer logs anvils spoons cups with sticks two air court";
