/** The parts of the running page: what can be heard, seen and computed with, chosen once when it starts. */
import { openClip } from "../clip/open-clip.js";
import { sweepTargets } from "../deliver/targets.js";
import { createEngine } from "../engine/create-engine.js";
import { createProjects } from "../storage/create-projects.js";
import { openDisk } from "../storage/open-disk.js";
import { createPlayer } from "../transport/create-player.js";
import { createFlow, type Flow } from "./flow.js";

/** Makes the page's flow. */
export async function createStudio(): Promise<Flow> {
  void sweepTargets();
  const { disk, lasting } = await openDisk();
  return createFlow({
    projects: createProjects(disk, { lasting }),
    engine: createEngine(),
    openClip,
    createPlayer,
    remember(project) {
      history.replaceState(null, "", project === undefined ? location.pathname + location.search : `#${project}`);
    },
  });
}
