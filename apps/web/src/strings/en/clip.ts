/** What is wrong or odd with a video that is opened. */
export const clip = {
  "clip.undecodable": "The picture of “{name}” does not decode in this browser.",
  "clip.convert": "Convert it to H.264 in mp4, or to VP9 in webm.",
  "clip.decodedBy.hevc": "Safari decodes it, as do Chrome and Edge where the graphics processor does.",
  "clip.decodedBy.av1": "Chrome, Edge and Firefox decode it, and Safari on new machines.",
  "clip.decodedBy.vp9": "Chrome, Edge and Firefox decode it.",
  "clip.decodedBy.vp8": "Chrome, Edge and Firefox decode it.",
  "clip.decodedBy.avc": "It may have a profile that browsers do not have, such as 10 bits or 4:2:2.",
  "clip.decodedBy.none": "No browser decodes it.",
  "clip.noPicture": "“{name}” has no picture.",
  "clip.noPictureHint": "Give a video file.",
  "clip.stopped": "What reads “{name}” has stopped: {reason}.",
  "clip.notStarted": "it could not start",
  "clip.stoppedHint": "Open the video again.",
  "clip.endless": "“{name}” keeps its reader busy to no end: it is damaged.",
  "clip.endlessHint": "Copy or download it again, or convert it.",
  "clip.closed": "“{name}” was closed.",
  "clip.closedHint": "Open it again.",
  "clip.oddSound":
    "The sound of “{name}” is in a format ({codec}) that this browser cannot decode. It can be kept as it is or replaced.",
} as const;
