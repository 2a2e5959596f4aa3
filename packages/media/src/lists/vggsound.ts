/**
 * The lists of VGGSound (github.com/hche11/VGGSound), without a header: `youtube_id,start,"label",split` of the whole set, or
 * `ID_START.mp4,label` of one split, where START has six digits; or MMAudio's tables `id<tab>label` with a header. Clips last 10 s.
 */
import { parseCsv, secondsOf, wrongIn } from "./csv.js";
import { sixDigits } from "./kinetics.js";
import type { ListedClip } from "./listed-clip.js";

/** Seconds of a clip. */
const CLIP_SECONDS = 10;

/** Clips of a VGGSound list. */
export function* parseVggSound(text: string, name: string): Generator<ListedClip, void, undefined> {
  if (/^\uFEFF?id\tlabel\r?\n/.test(text)) return yield* parseTabs(text, name);
  for (const { fields, wrong } of parseCsv(text, name)) {
    if (fields.length === 2) {
      yield { files: [{ name: fields[0] as string, start: 0 }], seconds: CLIP_SECONDS, texts: [fields[1] as string] };
      continue;
    }
    if (fields.length !== 4) {
      throw wrong(`has ${fields.length} fields; id, start, label, split were expected`, "Quote labels that hold commas.");
    }
    const [id, from, label, split] = fields as readonly [string, string, string, string];
    const start = secondsOf(from, "start", wrong);
    yield {
      files: [
        { name: `${id}_${sixDigits(start)}`, start: 0 },
        { name: id, start },
      ],
      seconds: CLIP_SECONDS,
      texts: [label],
      split,
    };
  }
}

/** Labels hold commas here, and no quotes around them. */
function* parseTabs(text: string, name: string): Generator<ListedClip, void, undefined> {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (index === 0 || line === "") continue;
    const [id, label, ...more] = line.split("\t");
    if (!id || label === undefined || more.length > 0) {
      const what = `has ${more.length + (label === undefined ? 1 : 2)} fields; id and label were expected`;
      throw wrongIn(name, index + 1)(what, "Separate them by one tab.");
    }
    yield { files: [{ name: id, start: 0 }], seconds: CLIP_SECONDS, texts: [label] };
  }
}
