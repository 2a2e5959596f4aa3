/** The timeline's place on the screen: names of rows, buttons of the view, and the elements that the timeline fills without React. */
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { preferences } from "../../app/preferences.js";
import { shortcuts } from "../../app/shortcuts.js";
import { useSession, useView } from "../../app/use-session.js";
import { text } from "../../strings/text.js";
import { layoutRows } from "../../timeline/layout.js";
import { createTimeline, type Timeline } from "../../timeline/timeline.js";
import { useKeyTitle } from "../common/use-key-title.js";
import styles from "./TimelinePane.module.css";

/** How much closer a press of a button goes. */
const STEP = 1.5;

/** Ruler, filmstrip, waveforms, events and onsets. */
export function TimelinePane() {
  const { clip, player, project, view } = useSession();
  const snap = useView((state) => state.snap);
  const [timeline, setTimeline] = useState<Timeline>();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLDivElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current || !canvas.current || !marks.current || !playhead.current) return undefined;
    const elements = { host: host.current, canvas: canvas.current, marks: marks.current, playhead: playhead.current };
    const made = createTimeline(elements, { clip, player, view, store: project.store, takes: project.takes });
    setTimeline(made);
    return () => made.dispose();
  }, [clip, player, project, view]);
  const unit = useStore(preferences, ({ units }) => units);
  useEffect(() => {
    if (timeline === undefined) return undefined;
    const ends = [
      shortcuts.handle("zoomIn", () => timeline.zoom(STEP)),
      shortcuts.handle("zoomOut", () => timeline.zoom(1 / STEP)),
      shortcuts.handle("zoomFit", timeline.fit),
      shortcuts.handle("zoomSelection", timeline.zoomToSelection),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [timeline]);
  useEffect(() => timeline?.unit(unit), [timeline, unit]);
  return (
    <section className={styles["pane"]} aria-labelledby="timeline-title">
      <header className={styles["tools"]}>
        <h2 id="timeline-title">{text("timeline.title")}</h2>
        <p className={styles["help"]}>{text("timeline.help")}</p>
        <button
          type="button"
          aria-pressed={snap}
          title={useKeyTitle(text("timeline.snap"), "snap")}
          onClick={() => view.setState({ snap: !snap })}
        >
          {text("timeline.snap")}
        </button>
        <button
          type="button"
          aria-label={text("timeline.zoomOut")}
          title={useKeyTitle(text("timeline.zoomOut"), "zoomOut")}
          onClick={() => timeline?.zoom(1 / STEP)}
        >
          −
        </button>
        <button type="button" title={useKeyTitle(text("timeline.fit"), "zoomFit")} onClick={() => timeline?.fit()}>
          {text("timeline.fit")}
        </button>
        <button
          type="button"
          aria-label={text("timeline.zoomIn")}
          title={useKeyTitle(text("timeline.zoomIn"), "zoomIn")}
          onClick={() => timeline?.zoom(STEP)}
        >
          +
        </button>
      </header>
      <div className={styles["body"]}>
        <div className={styles["names"]} aria-hidden="true">
          {layoutRows({ original: clip?.info.sound !== undefined }).map(({ name, height }) => (
            <span key={name} style={{ height }}>
              {name === "ruler" ? "" : text(`timeline.row.${name}`)}
            </span>
          ))}
        </div>
        <div className={styles["host"]} ref={host}>
          <canvas ref={canvas} />
          <div className={styles["marks"]} ref={marks} />
          <div className={styles["playhead"]} ref={playhead} />
        </div>
      </div>
    </section>
  );
}
