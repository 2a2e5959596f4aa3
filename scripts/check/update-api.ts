/** `npm run api`: writes the reports of what the entries offer. */
import { updateApi } from "./api.js";
import { root } from "./command.js";

const changed = updateApi(root);
console.log(changed.length === 0 ? "All reports are as they were." : changed.join("\n"));
