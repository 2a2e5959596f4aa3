/** The studio: picture above, timeline below, what is chosen on the right. */
import { InspectorPane } from "../inspector/InspectorPane.js";
import { PicturePane } from "../picture/PicturePane.js";
import { TakesPane } from "../takes/TakesPane.js";
import { TimelinePane } from "../timeline/TimelinePane.js";

/** The screen of an open project. */
export function StudioScreen() {
  return (
    <main>
      <PicturePane />
      <InspectorPane />
      <TakesPane />
      <TimelinePane />
    </main>
  );
}
