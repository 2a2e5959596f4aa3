/** What can be measured: each name is a file in this folder, `bench/README.md` says more of each. */
export const BENCHES = {
  clip: "time and memory of the road of one clip with the embedded model",
  quality: "onsets, class and material, loudness and silence on held-out scenes, against their truth",
  "real-videos": "onsets on a folder of filmed clips, against the contacts in them and against chance",
  "long-clips": "four seconds of sound written into clips of seconds, minutes and hours: time and memory",
  "long-films":
    "films of a minute, of ten and of two hours with the embedded model: memory, and time against their windows made singly",
  "given-events": "whether the model makes heard what an edited track tells it: when, and how hard",
  sounds: "codec and denoiser against recordings that no training has heard, and a sheet of spectrograms",
  seams: "whether one hears where the windows of a long sound meet",
  contacts: "the contact head of the motion encoder on rendered scenes: drawn, like film, and of kinds that it never saw",
  "same-sounds": "digests of the sounds of fixed clips, to compare two commits",
  "real-size": "Stable Audio Open 1.0 at its full size: time and memory",
  "bridge-step": "steps of a bridge's training in Stable Audio Open 1.0 at its full size",
  precision: "float16 and int8 at real width: distance from the reference, time, bytes",
  "training-cost": "operations and memory of a training step, counted from the graphs",
  "prepared-reading": "how fast a training reads a prepared dataset of the paper's sizes",
  frechet: "a Fréchet distance, against scipy where python3 has it",
  peers: "Stable Audio Open and V-JEPA 2 at full size, against PyTorch",
  "peers-train": "a training step of the small model's bridge, against PyTorch",
  "peers-metrics": "a sound through the eight networks that hear, against PyTorch",
  "peers-profile": "where the time of a clip goes in V-JEPA 2 ViT-L, kernel by kernel",
} as const satisfies Readonly<Record<string, string>>;
