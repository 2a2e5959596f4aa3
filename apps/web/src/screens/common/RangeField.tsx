/** A number on a slider and as digits: one gesture from the first move to the release. */
import { useId, useRef } from "react";
import { useSession } from "../../app/use-session.js";
import type { Change, Gesture } from "../../document/store.js";
import { NumberField } from "./NumberField.js";
import styles from "./RangeField.module.css";

/** A slider with a number beside it. */
export function RangeField({
  label,
  value,
  range,
  step,
  digits,
  readOnly,
  make,
}: {
  readonly label: string;
  readonly value: number;
  readonly range: readonly [number, number];
  readonly step: number;
  readonly digits: number;
  readonly readOnly: boolean;
  readonly make: (value: number) => Change;
}) {
  const { store } = useSession().project;
  const gesture = useRef<Gesture | undefined>(undefined);
  const id = useId();
  const done = (): void => {
    gesture.current?.commit();
    gesture.current = undefined;
  };
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={range[0]}
        max={range[1]}
        {...{ step, value }}
        disabled={readOnly}
        onChange={({ target }) => {
          gesture.current ??= store.begin();
          gesture.current.preview(make(Number(target.value)));
        }}
        onPointerUp={done}
        onKeyUp={done}
        onBlur={done}
      />
      <NumberField
        label={label}
        min={range[0]}
        {...{ value, digits, step, readOnly }}
        onNumber={(number) => store.dispatch(make(number))}
      />
    </div>
  );
}
