/** What one sees first: a place to drop a video, and what this machine can do. */

import { text } from "../../strings/text.js";
import { MachineLine } from "../privacy/MachineLine.js";

/** The first screen. */
export function StartScreen() {
  return (
    <main>
      <h1>{text("app.name")}</h1>
      <p>{text("start.drop")}</p>
      <p>{text("start.private")}</p>
      <MachineLine />
    </main>
  );
}
