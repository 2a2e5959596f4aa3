/** A sheet over the page: a title, a way to close it, and what it is about. */
import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { text } from "../../strings/text.js";
import classes from "./Sheet.module.css";

/** What a sheet is given. */
export interface SheetProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** See above. */
export function Sheet({
  open,
  onOpenChange,
  title,
  children,
}: SheetProps & { readonly title: string; readonly children: ReactNode }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={classes["backdrop"]} />
        <Dialog.Popup className={classes["sheet"]}>
          <header className={classes["head"]}>
            <Dialog.Title className={classes["title"]}>{title}</Dialog.Title>
            <Dialog.Close className={classes["close"]}>{text("sheet.close")}</Dialog.Close>
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
