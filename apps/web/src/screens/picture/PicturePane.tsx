/** The picture with timecode, transport, level and how well picture and sound meet. What changes with time is written past React. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { useDocument, useSession, useView } from "../../app/use-session.js";
import { usePreferences } from "../../app/use-studio.js";
import type { ActionName } from "../../shortcuts/table.js";
import { text } from "../../strings/text.js";
import { createModels, cueOf } from "../../timeline/model.js";
import { shownTime } from "../../timeline/timecode.js";
import { Icon, type IconName } from "../common/Icon.js";
import { useKeyTitle } from "../common/use-key-title.js";
import styles from "./PicturePane.module.css";
import { useMeter } from "./use-meter.js";

/** The picture with timecode, level and transport. */
export function PicturePane() {
  const { clip, player } = useSession();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) player.show(clip, canvas.current);
    return () => {
      if (canvas.current) player.show(undefined, canvas.current);
    };
  }, [clip, player]);
  return (
    <section className={styles["pane"]} aria-label={text("picture.title")}>
      <div className={styles["screen"]}>
        {clip === undefined && <p>{text("picture.none")}</p>}
        <canvas ref={canvas} hidden={clip === undefined} />
      </div>
      <Transport />
    </section>
  );
}

function Transport() {
  const { clip, player, view } = useSession();
  const playing = useSyncExternalStore(player.subscribe, () => player.state.playing);
  const looping = useView((state) => state.looping);
  const original = useView((state) => state.listenToOriginal);
  const muted = useView((state) => state.muted);
  const time = useRef<HTMLSpanElement>(null);
  const meter = useRef<HTMLDivElement>(null);
  const frameRate = useDocument(({ source }) => source?.frameRate) ?? clip?.info.frameRate ?? 25;
  const unit = usePreferences(({ units }) => units);
  useEffect(() => {
    const show = (seconds: number): void => {
      if (time.current) time.current.textContent = shownTime(seconds, frameRate, unit);
    };
    show(player.now());
    return player.onTime(show);
  }, [player, frameRate, unit]);
  useMeter(player, meter);
  const step = (frames: number): void => {
    player.pause();
    player.seek((Math.round(player.now() * frameRate) + frames) / frameRate);
  };
  const duration = clip?.info.duration ?? 0;
  return (
    <div className={styles["transport"]}>
      <span className={styles["time"]}>
        <span role="timer" aria-label={text("picture.time")} ref={time} />
        {clip && <span className={styles["whole"]}> / {shownTime(duration, frameRate, unit)}</span>}
      </span>
      <div className={styles["buttons"]}>
        <Button icon="start" action="toStart" label={text("picture.start")} onClick={() => player.seek(0)} />
        <Button icon="back" action="frameBack" label={text("picture.back")} onClick={() => step(-1)} />
        <Button
          icon={playing ? "pause" : "play"}
          action="play"
          label={text(playing ? "picture.pause" : "picture.play")}
          onClick={() => (playing ? player.pause() : void player.play())}
        />
        <Button icon="on" action="frameOn" label={text("picture.on")} onClick={() => step(1)} />
        <Button icon="end" action="toEnd" label={text("picture.end")} onClick={() => player.seek(duration)} />
        <Button
          icon="loop"
          action="loop"
          label={text("picture.loop")}
          pressed={looping}
          onClick={() => view.setState(({ range }) => ({ looping: !looping, range: range ?? { start: 0, end: duration } }))}
        />
        <Button
          icon="original"
          action="original"
          label={text("picture.original")}
          pressed={original}
          onClick={() => view.setState({ listenToOriginal: !original })}
        />
        <Button
          icon="mute"
          action="mute"
          label={text("picture.mute")}
          pressed={muted}
          onClick={() => view.setState({ muted: !muted })}
        />
      </div>
      <div className={styles["meter"]} ref={meter}>
        <meter min={-60} max={0} value={-60} aria-label={text("picture.level")} />
        <i />
        <i />
      </div>
      <SyncBadge />
    </div>
  );
}

function Button({
  icon,
  action,
  label,
  pressed,
  onClick,
}: {
  readonly icon: IconName;
  readonly action: ActionName;
  readonly label: string;
  readonly pressed?: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" aria-label={label} title={useKeyTitle(label, action)} aria-pressed={pressed} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

/** How many events sound, and how far off the middle one of them is. */
function SyncBadge() {
  const selected = useView((state) => state.selection?.cue);
  const found = useView((state) => state.found);
  const cue = useDocument((document) => cueOf(document, selected));
  const frameRate = useDocument(({ source }) => source?.frameRate) ?? 25;
  const modelOf = useMemo(createModels, []);
  const { lens, take, events } = modelOf(cue, found, frameRate);
  if (take === undefined || events.length === 0) return null;
  const { median, sounding } = lens;
  const good = median !== undefined && median * frameRate <= 1;
  const words =
    median === undefined
      ? text("picture.syncNone", { all: events.length })
      : text("picture.sync", { sounding, all: events.length, ms: Math.round(median * 1000) });
  return (
    <span className={styles["sync"]} data-good={good}>
      {good ? "●" : "◐"} {words}
    </span>
  );
}
