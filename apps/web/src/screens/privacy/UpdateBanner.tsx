/** A new version is here; it begins when the person says so, and never under work that is going on. */
import { useStore } from "zustand";
import { text } from "../../strings/text.js";
import { offlineStore, takeUpdate } from "../../sw/client.js";
import classes from "./UpdateBanner.module.css";

/** See above. */
export function UpdateBanner() {
  const update = useStore(offlineStore, (state) => state.update);
  if (!update) return null;
  return (
    <div role="status" className={classes["banner"]}>
      {text("update.there")}
      <button type="button" className={classes["take"]} onClick={takeUpdate}>
        {text("update.take")}
      </button>
    </div>
  );
}
