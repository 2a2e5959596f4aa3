import { loadMini } from "@foley-control/mini/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { prepareDataset, trainBridge } from "@foley-control/train/node";

const runtime = nodeRuntime();
const { backbone, encoder } = await loadMini(); // put your own encoder, or backbone, in the place of one of these
await prepareDataset(runtime, { source: "videos", directory: "features-own", parts: { backbone, encoder } });
const { file, ended } = await trainBridge(runtime, {
  backbone,
  data: "features-own",
  directory: "my-own-bridge",
  plan: { steps: 20, batch: 4 }, // for a first try
  onProgress: ({ step, loss }) => console.log(step, loss),
});
console.log(ended, file);
await runtime.dispose();
