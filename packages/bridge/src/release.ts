/** A bridge as it is given away: one file. */
import type { Release } from "@foley-control/weights";

/** `bridge.safetensors`, or a file of another name that is alone at the top of its folder. */
export const BRIDGE_RELEASE: Release = {
  looks: "a bridge.safetensors",
  recognises: ({ file, files }) => (file === undefined ? files.some(isTensors) : isTensors(file)),
  layouts(there) {
    const only = there.filter(isTensors);
    return [{ needs: ["bridge.safetensors"] }, ...(only.length === 1 ? [{ needs: only }] : [])];
  },
  published: [],
};

const isTensors = (file: string): boolean => /^[^/]+\.safetensors$/.test(file);
