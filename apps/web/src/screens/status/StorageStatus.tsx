/** Where things are kept. */
import { useEffect, useState } from "react";
import { useStudio } from "../../app/use-studio.js";
import { text } from "../../strings/text.js";

/** Where things are kept, in a few words. */
export function StorageStatus() {
  const { projects } = useStudio();
  const [persistent, setPersistent] = useState<boolean>();
  useEffect(() => {
    void projects.space().then((space) => setPersistent(space.persistent));
  }, [projects]);
  if (!projects.lasting) return <span>{text("storage.memoryOnly")}</span>;
  return persistent === undefined ? null : <span>{text(persistent ? "storage.kept" : "storage.notKept")}</span>;
}
