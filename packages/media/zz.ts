import { nodeWorld } from "./test/node-world.js"; import { runMediaChecks } from "./test/checks.js";
const r = await runMediaChecks(nodeWorld("native")); console.log(r.filter(x=>x.passed).length, r.filter(x=>!x.passed)); process.exit(0);
