/** What is to be known before one goes on: problems, another tab, a video that has to be shown again, what is not stored. Each says what helps. */
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { chooseVideo } from "../../app/dropped.js";
import { toProblem } from "../../app/problem.js";
import { useDocument, useSession, useView } from "../../app/use-session.js";
import { useStudio } from "../../app/use-studio.js";
import { watchVideo } from "../../app/watch-video.js";
import { text } from "../../strings/text.js";
import { ProblemNote } from "../common/ProblemNote.js";
import styles from "./StudioScreen.module.css";

/** All notes that there are now. */
export function Notes() {
  const { view } = useSession();
  const problem = useView((state) => state.problem);
  const warnings = useView((state) => state.warnings);
  return (
    <div className={styles["notes"]}>
      <OtherTab />
      <MissingVideo />
      <NotStored />
      <Unfinished />
      {problem && <ProblemNote problem={problem} onClose={() => view.setState({ problem: undefined })} />}
      {warnings.length > 0 && (
        <ProblemNote
          quiet
          problem={{ message: warnings.join(" "), hint: undefined }}
          onClose={() => view.setState({ warnings: [] })}
        />
      )}
    </div>
  );
}

function OtherTab() {
  const flow = useStudio();
  const { project } = useSession();
  const readOnly = useStore(project.store, (state) => state.readOnly);
  const [free, setFree] = useState(false);
  useEffect(() => {
    let shown = true;
    void project.free.then(() => {
      if (!shown) return;
      setFree(true);
      flow.announce(text("storage.readOnlyFree"));
    });
    return () => {
      shown = false;
    };
  }, [project, flow]);
  if (!readOnly) return null;
  return (
    <ProblemNote quiet problem={{ message: text(free ? "storage.readOnlyFree" : "storage.readOnly"), hint: undefined }}>
      {free && (
        <button type="button" onClick={() => void flow.openProject(project.id)}>
          {text("storage.reopen")}
        </button>
      )}
    </ProblemNote>
  );
}

function MissingVideo() {
  const flow = useStudio();
  const { clip, project, view } = useSession();
  const name = useDocument((document) => document.source?.name ?? "");
  const [handle, setHandle] = useState(false);
  useEffect(() => {
    void project.hasHandle().then(setHandle);
  }, [project]);
  useEffect(() => {
    if (clip === undefined) return undefined;
    return watchVideo(
      clip.file,
      () => project.video().catch(() => undefined),
      () => {
        const problem = { message: text("storage.changed", { name: clip.file.name }), hint: text("storage.changedHint") };
        flow.announce(`${problem.message} ${problem.hint}`);
        view.setState({ problem });
      },
    );
  }, [clip, project, view, flow]);
  if (clip !== undefined) return null;
  const ask = async (): Promise<void> => {
    if (handle && (await flow.askForVideo())) return;
    await flow.open(await chooseVideo());
  };
  return (
    <ProblemNote quiet problem={{ message: text("studio.missing", { name }), hint: text("studio.missingHint") }}>
      <button type="button" data-main="" onClick={() => void ask()}>
        {text(handle ? "studio.allow" : "studio.showAgain", { name })}
      </button>
    </ProblemNote>
  );
}

function Unfinished() {
  const { make, clip, view, project } = useSession();
  const cue = useView((state) => state.unfinished);
  const leave = (): void => {
    view.setState({ unfinished: undefined });
    void project.unfinished.set(undefined);
  };
  if (cue === undefined || clip === undefined) return null;
  return (
    <ProblemNote quiet problem={{ message: text("make.unfinished"), hint: text("make.unfinishedHint") }} onClose={leave}>
      <button type="button" data-main="" onClick={() => void make(cue)}>
        {text("make.goOn")}
      </button>
    </ProblemNote>
  );
}

function NotStored() {
  const { saving, ...project } = useSession().project;
  const flow = useStudio();
  const { phase, error, unsavedTakes } = useStore(saving);
  const failed = phase === "failed" || unsavedTakes > 0;
  useEffect(() => {
    if (!failed) return undefined;
    // Closing the tab now would lose something: the browser asks first.
    const stop = (event: Event): void => event.preventDefault();
    window.addEventListener("beforeunload", stop);
    return () => window.removeEventListener("beforeunload", stop);
  }, [failed]);
  const problem = failed ? (toProblem(error) ?? { message: text("storage.failed"), hint: undefined }) : undefined;
  const message =
    problem && [problem.message, unsavedTakes > 0 ? text("storage.takesInMemory", { count: unsavedTakes }) : ""].join(" ");
  useEffect(() => {
    if (message) flow.announce(message);
  }, [message, flow]);
  if (problem === undefined || message === undefined) return null;
  return (
    <ProblemNote problem={{ message, hint: problem.hint }}>
      <button type="button" onClick={() => void project.flush().catch(() => undefined)}>
        {text("storage.again")}
      </button>
    </ProblemNote>
  );
}
