/** The page as a whole, and the first screen. */
export const app = {
  "app.name": "Foley Studio",
  "start.drop": "Drop a video here, or choose one",
  "start.choose": "Choose a video…",
  "start.private": "Your video stays on this machine.",
} as const;
