/** The studio: picture above, timeline below, events on the left, what is chosen on the right; one column where there is no room. */
import { EventsPane } from "../events/EventsPane.js";
import { InspectorPane } from "../inspector/InspectorPane.js";
import { CommandPalette } from "../palette/CommandPalette.js";
import { PicturePane } from "../picture/PicturePane.js";
import { StatusLine } from "../status/StatusLine.js";
import { TakesPane } from "../takes/TakesPane.js";
import { TimelinePane } from "../timeline/TimelinePane.js";
import { Notes } from "./Notes.js";
import { StudioHeader } from "./StudioHeader.js";
import styles from "./StudioScreen.module.css";
import { useShortcuts } from "./use-shortcuts.js";

/** The screen of an open project. */
export function StudioScreen() {
  useShortcuts();
  return (
    <div className={styles["studio"]}>
      <StudioHeader />
      <main className={styles["main"]}>
        <Notes />
        <div className={styles["picture"]} data-shortcuts="">
          <PicturePane />
        </div>
        <div className={styles["side"]}>
          <div className={styles["inspector"]}>
            <InspectorPane />
          </div>
          <div className={styles["takes"]}>
            <TakesPane />
          </div>
        </div>
        <div className={styles["timeline"]} data-shortcuts="">
          <TimelinePane />
        </div>
        <div className={styles["events"]}>
          <EventsPane />
        </div>
      </main>
      <StatusLine />
      <CommandPalette />
    </div>
  );
}
