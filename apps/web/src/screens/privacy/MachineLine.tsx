/** One line about this machine: whether it works offline, and the ways to what it can do and to what leaves it. The sheets load when they are opened. */
import { lazy, type ReactNode, Suspense, useState } from "react";
import { text } from "../../strings/text.js";
import classes from "./MachineLine.module.css";
import { OfflineLine } from "./OfflineLine.js";

const DoctorDialog = lazy(async () => ({ default: (await import("../doctor/DoctorDialog.js")).DoctorDialog }));
const PrivacyDialog = lazy(async () => ({ default: (await import("./PrivacyDialog.js")).PrivacyDialog }));

/** @param props - `children`: what else is to be said, first */
export function MachineLine({ children }: { readonly children?: ReactNode }) {
  const [sheet, setSheet] = useState<"doctor" | "privacy" | undefined>();
  const [seen, setSeen] = useState(false);
  const open = (which: "doctor" | "privacy") => () => {
    setSeen(true);
    setSheet(which);
  };
  const close = (): void => setSheet(undefined);
  return (
    // What changes comes last, so that the buttons stay where they are.
    <div className={classes["line"]}>
      <button type="button" className={classes["link"]} onClick={open("doctor")}>
        {text("doctor.title")}
      </button>
      <button type="button" className={classes["link"]} onClick={open("privacy")}>
        {text("privacy.title")}
      </button>
      {children}
      <OfflineLine />
      {seen && (
        <Suspense fallback={null}>
          <DoctorDialog open={sheet === "doctor"} onOpenChange={close} />
          <PrivacyDialog open={sheet === "privacy"} onOpenChange={close} />
        </Suspense>
      )}
    </div>
  );
}
