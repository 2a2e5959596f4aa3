/** What one sees first: a place to drop a video, recent projects, and what this machine can do. */
import type { Dropped } from "../../app/dropped.js";
import type { Screen } from "../../app/flow.js";
import { useApp, useStudio } from "../../app/use-studio.js";
import { text } from "../../strings/text.js";
import { ProblemNote } from "../common/ProblemNote.js";
import { ModelsDialog } from "../models/ModelsDialog.js";
import { SettingsDialog } from "../settings/SettingsDialog.js";
import { StatusLine } from "../status/StatusLine.js";
import { DropZone, Steps } from "./DropZone.js";
import { RecentProjects } from "./RecentProjects.js";
import styles from "./StartScreen.module.css";

/** The first screen. */
export function StartScreen({ screen }: { readonly screen: Exclude<Screen, { readonly type: "studio" }> }) {
  const flow = useStudio();
  const problem = useApp((state) => state.problem);
  const note = useApp((state) => state.note);
  return (
    <main className={styles["start"]}>
      <header className={styles["header"]}>
        <div>
          <h1>{text("app.name")}</h1>
          <p>{text("app.what")}</p>
        </div>
        <div className={styles["dialogs"]}>
          <ModelsDialog />
          <SettingsDialog />
        </div>
      </header>
      {problem && <ProblemNote problem={problem} onClose={() => flow.state.setState({ problem: undefined })} />}
      {note !== undefined && (
        <ProblemNote
          quiet
          problem={{ message: note, hint: undefined }}
          onClose={() => flow.state.setState({ note: undefined })}
        />
      )}
      {screen.type === "opening" ? (
        <div className={styles["drop"]}>
          <p>{text("start.opening", { name: screen.name })}</p>
          <button type="button" onClick={() => void flow.close()}>
            {text("app.cancel")}
          </button>
        </div>
      ) : screen.type === "which" ? (
        <WhichVideo files={screen.files} />
      ) : (
        <DropZone />
      )}
      {screen.type === "start" && <Steps />}
      {screen.type === "start" && <RecentProjects />}
      <StatusLine />
    </main>
  );
}

function WhichVideo({ files }: { readonly files: readonly Dropped[] }) {
  const flow = useStudio();
  return (
    <section className={styles["which"]} aria-labelledby="which-title">
      <h2 id="which-title">{text("start.which", { count: files.length })}</h2>
      <ul>
        {files.slice(0, MOST_SHOWN).map((one, index) => (
          <li key={index}>
            <button type="button" onClick={() => void flow.open([one])}>
              {one.file.name}
            </button>
          </li>
        ))}
      </ul>
      {files.length > MOST_SHOWN && <p>{text("start.andMore", { count: files.length - MOST_SHOWN })}</p>}
      <div className={styles["buttons"]}>
        <button type="button" data-main="" onClick={() => void flow.openAll(files)}>
          {text("start.all", { count: files.length })}
        </button>
        <button type="button" onClick={() => void flow.close()}>
          {text("app.cancel")}
        </button>
      </div>
    </section>
  );
}

/** Videos of a drop that are shown to choose from. */
const MOST_SHOWN = 50;
