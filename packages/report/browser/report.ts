/** Reports are written in pages too. */
import { sample } from "./support/sample.js";

const NUMBER = /-?\d+(?:\.\d+)?/g;

/** The page that a browser writes is the page that Node wrote, and shows. Plot shifts lines by half a pixel or one on coarse screens. */
export async function samePage(fromNode: unknown): Promise<string> {
  const [html, other] = [sample(), String(fromNode)];
  const [shape, otherShape] = [html, other].map((text) => text.replaceAll(/ transform="[^"]*"/g, "").replaceAll(NUMBER, "0"));
  if (shape !== otherShape) throw new Error("the page differs from Node's");
  const plain = (text: string): readonly number[] =>
    [...text.replaceAll(/ transform="[^"]*"/g, "").matchAll(NUMBER)].map(([found]) => Number(found));
  const numbers = plain(other);
  const far = plain(html).findIndex((value, i) => !(Math.abs(value - numbers[i]!) <= 1));
  if (far >= 0) throw new Error(`number ${far} is ${plain(html)[far]}, Node's ${numbers[far]}`);
  const document = new DOMParser().parseFromString(html, "text/html");
  const drawn = document.querySelectorAll("figure.plot svg").length;
  if (drawn !== 3) throw new Error(`${drawn} plots, not 3`);
  return `${html.length} characters`;
}
