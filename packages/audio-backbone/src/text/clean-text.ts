/**
 * Text as CLIP's tokeniser cleans it before it looks (open_clip `basic_clean`): typographic quotes, ligatures and full-width letters become plain ones, HTML entities what
 * they stand for, white space one blank. What ftfy guesses of texts that were decoded wrongly is left out.
 */
import { decodeHTML } from "entities";

/** Escape sequences of terminals. */
const TERMINAL = new RegExp(`${String.fromCodePoint(27)}[[0-9;]*[a-zA-Z]`, "gu");
/** Letters that are drawn as one, and letters as wide as a Chinese character. */
const COMPATIBLE = /[\u0132\u0133\u0149\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06\uff01-\uffef\u3000]/gu;
/** Single and double quotes that lean. */
const [SINGLE, DOUBLE] = [/[\u02bc\u2018-\u201b]/gu, /[\u201c-\u201f]/gu];
/** Characters that steer and are not seen. */
const CONTROLS = /[^\P{Cc}\t\n\f\r]|[\u206a-\u206f\ufeff\ufff9-\ufffc]/gu;

/** The text as the tokeniser sees it. */
export function cleanText(text: string): string {
  // ftfy takes a text with a tag in it for HTML, and leaves its entities to what comes after.
  const fixed = (text.includes("<") ? text : decodeHTML(text))
    .replaceAll(TERMINAL, "")
    .replaceAll(COMPATIBLE, (letters) => letters.normalize("NFKC"))
    .replaceAll(SINGLE, "'")
    .replaceAll(DOUBLE, '"')
    .replaceAll(CONTROLS, "")
    .normalize("NFC");
  return decodeHTML(decodeHTML(fixed)).replaceAll(/\s+/gu, " ").trim().toLowerCase();
}
