/** How much is kept in this browser, and whether it promised to keep it. */
import { useEffect, useState } from "react";
import { useStudio } from "../../app/use-studio.js";
import { megabytes } from "../../strings/numbers.js";
import { text } from "../../strings/text.js";
import styles from "./Models.module.css";

/** A bar of the space, and the wish that it be kept. */
export function SpaceSection() {
  const { projects } = useStudio();
  const [space, setSpace] = useState<{ readonly used: number; readonly quota: number; readonly persistent: boolean }>();
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    void projects.space().then(setSpace);
  }, [projects]);
  if (space === undefined) return null;
  const { used, quota, persistent } = space;
  const ask = async (): Promise<void> => {
    await projects.persist();
    setAsked(true);
    setSpace(await projects.space());
  };
  return (
    <section className={styles["section"]} aria-labelledby="models-space">
      <h3 id="models-space">{text("models.space")}</h3>
      <meter min={0} max={Math.max(1, quota)} high={0.9 * quota} value={used} aria-label={text("models.space")} />
      <p>{text("models.spaceUsed", { used: megabytes(used), quota: megabytes(quota) })}</p>
      <p>{text(persistent ? "models.persistent" : "models.notPersistent")}</p>
      {!persistent && (
        <button type="button" onClick={() => void ask()}>
          {text("models.persist")}
        </button>
      )}
      {!persistent && asked && <p role="status">{text("models.persistRefused")}</p>}
    </section>
  );
}
