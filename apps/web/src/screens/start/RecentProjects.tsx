/** Projects of this browser, the latest first; each can be opened and removed. */
import { useCallback, useEffect, useState } from "react";
import { toProblem } from "../../app/problem.js";
import { useStudio } from "../../app/use-studio.js";
import type { ProjectSummary } from "../../storage/projects.js";
import { megabytes } from "../../strings/numbers.js";
import { chosenLanguage, text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";
import styles from "./StartScreen.module.css";

/** Milliseconds after which a browser has surely begun to save. */
const LINK_LIVES = 60_000;

/** The list; nothing while there are none. */
export function RecentProjects() {
  const { projects, state } = useStudio();
  const [list, setList] = useState<readonly ProjectSummary[]>([]);
  const read = useCallback(
    () => projects.list().then(setList, (error: unknown) => state.setState({ problem: toProblem(error) })),
    [projects, state],
  );
  useEffect(() => void read(), [read]);
  if (list.length === 0) return null;
  return (
    <section className={styles["recent"]} aria-labelledby="recent-title">
      <h2 id="recent-title">{text("start.recent")}</h2>
      <ul>
        {list.map((project) => (
          <Project key={project.id} project={project} onRemoved={read} />
        ))}
      </ul>
    </section>
  );
}

function Project({ project, onRemoved }: { readonly project: ProjectSummary; readonly onRemoved: () => Promise<void> }) {
  const { projects, state, announce, openProject } = useStudio();
  const { id, changedAt, bytes, picture } = project;
  const name = project.name.trim() || text("studio.unnamed");
  const remove = async (): Promise<void> => {
    try {
      await projects.remove(id);
      announce(text("start.removed", { name }));
      await onRemoved();
    } catch (error) {
      state.setState({ problem: toProblem(error) });
    }
  };
  const copy = async (): Promise<void> => {
    try {
      const bundle = await projects.bundle(id);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(bundle.file);
      link.download = bundle.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), LINK_LIVES);
    } catch (error) {
      state.setState({ problem: toProblem(error) });
    }
  };
  const when = new Date(changedAt).toLocaleString(chosenLanguage(), { dateStyle: "medium", timeStyle: "short" });
  return (
    <li className={styles["project"]}>
      <button type="button" className={styles["open"]} onClick={() => void openProject(id)}>
        {picture ? <img src={picture} alt="" /> : <span className={styles["noPicture"]} />}
        <span className={styles["words"]}>
          {name}
          <small>
            {when} · {megabytes(bytes)}
          </small>
        </span>
      </button>
      <button type="button" onClick={() => void copy()}>
        {text("start.copy")} <span className="only-heard">{name}</span>
      </button>
      <Sheet title={text("start.removeTitle", { name })} button={<RemoveWords name={name} />}>
        <p>{text("start.removeWarning")}</p>
        <button type="button" onClick={() => void remove()}>
          {text("start.removeYes")}
        </button>
      </Sheet>
    </li>
  );
}

function RemoveWords({ name }: { readonly name: string }) {
  return (
    <>
      {text("start.remove")} <span className="only-heard">{name}</span>
    </>
  );
}
