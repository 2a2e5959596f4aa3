/** Signs on buttons that have no room for words. Their buttons have names; a sign alone says nothing to a screen reader. */

const PATHS = {
  play: "M6 4l14 8-14 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  start: "M5 4h3v16H5zM20 4v16L9 12z",
  end: "M16 4h3v16h-3zM4 4l11 8-11 8z",
  back: "M15 4v16L5 12zM17 4h2v16h-2z",
  on: "M9 4l10 8L9 20zM5 4h2v16H5z",
  loop: "M7 7h9V4l5 4.5L16 13v-3H8v4H5V9a2 2 0 0 1 2-2zM17 17H8v3l-5-4.5L8 11v3h8v-4h3v5a2 2 0 0 1-2 2z",
  original: "M3 5h18v14H3zM5 7v2h2V7zm0 4v2h2v-2zm0 4v2h2v-2zM17 7v2h2V7zm0 4v2h2v-2zm0 4v2h2v-2zM9 7v10h6V7z",
  mute: "M4 9h4l5-5v16l-5-5H4zM16.4 9L15 10.4l1.6 1.6-1.6 1.6 1.4 1.4 1.6-1.6 1.6 1.6 1.4-1.4-1.6-1.6 1.6-1.6L19.6 9 18 10.6z",
  go: "M4 11h10.5l-4-4L12 5.5l6.5 6.5-6.5 6.5-1.5-1.5 4-4H4zM19 5h2v14h-2z",
  remove: "M6.4 5l5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6 10.6 12 5 6.4z",
  left: "M20 11v2H8l5 5-1.5 1.5L4 12l7.5-7.5L13 6l-5 5z",
  undo: "M8 4v4h6a6 6 0 0 1 0 12H8v-2h6a4 4 0 0 0 0-8H8v4L2 9z",
  redo: "M16 4v4h-6a6 6 0 0 0 0 12h6v-2h-6a4 4 0 0 1 0-8h6v4l6-5z",
} as const;

/** Name of a sign. */
export type IconName = keyof typeof PATHS;

/** A sign. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" fill="currentColor" fillRule="evenodd" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
