/** Texts as ftfy and open_clip clean them; expected values are what their code gives. */
import { expect, it } from "vitest";
import { cleanText } from "./clean-text.js";

it.each([
  ["  many   spaces\tand\nlines ", "many spaces and lines"],
  ["“quotes” and ‘these’", "\"quotes\" and 'these'"],
  ["2,000 bees &amp; 1 &lt;bird&gt;", "2,000 bees & 1 <bird>"],
  ["twice &amp;amp; over", "twice & over"],
  ["ＦＵＬＬ width, ﬁne ﬂoor", "full width, fine floor"],
  ["cafe\u0301 \u001b[31mred\u001b[0m \u0007bell", "café red bell"],
  ["", ""],
])("%j", (text, clean) => {
  expect(cleanText(text)).toBe(clean);
});
