/** What this browser can do, what is missing, and what is done instead. */
import { useEffect, useState } from "react";
import { type Capability, findCapabilities, type Realm } from "../../capabilities/capabilities.js";
import { text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";
import classes from "./DoctorDialog.module.css";

/** The doctor's sheet. */
export function DoctorDialog(props: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }) {
  const [found, setFound] = useState<readonly Capability[]>([]);
  useEffect(() => {
    if (props.open) void findCapabilities(globalThis as unknown as Realm).then(setFound);
  }, [props.open]);
  return (
    <Sheet {...props} title={text("doctor.title")}>
      <p>{text("doctor.about")}</p>
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th scope="col">{text("doctor.capability")}</th>
            <th scope="col">{text("doctor.state")}</th>
            <th scope="col">{text("doctor.effect")}</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ name, there, details }) => (
            <tr key={name}>
              <th scope="row">{text(`doctor.${name}`)}</th>
              <td className={`${classes["state"]} ${there ? classes["there"] : ""}`}>
                {text(there ? "doctor.there" : "doctor.missing")}
                <span className={classes["quiet"]}>{details}</span>
              </td>
              <td>{text(`doctor.${name}.${there ? "there" : "missing"}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sheet>
  );
}
