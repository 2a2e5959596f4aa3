/** Reports are written in pages too. */
import { sample } from "./support/sample.js";

/** Plot moves lines by half a pixel where a screen has no finer ones, and in Node never: all but that is equal. */
const withoutShifts = (html: string): string => html.replaceAll(/ transform="[^"]*"/g, "");

/** The page that a browser writes is the page that Node wrote, and shows. */
export async function samePage(fromNode: unknown): Promise<string> {
  const html = sample();
  if (withoutShifts(html) !== withoutShifts(String(fromNode))) throw new Error("the page differs from Node's");
  const document = new DOMParser().parseFromString(html, "text/html");
  const drawn = document.querySelectorAll("figure.plot svg").length;
  if (drawn !== 3) throw new Error(`${drawn} plots, not 3`);
  return `${html.length} characters`;
}
