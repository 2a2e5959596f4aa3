import { writeFile } from "node:fs/promises";
import { stableAudioOpen } from "@foley-control/audio-backbone/node";
import { bridgeConfig, freshBridge, saveBridge } from "@foley-control/bridge";
import { vjepa2 } from "@foley-control/video-encoder/node";

const backbone = await stableAudioOpen("./stable-audio-open-1.0", { t5: "./t5-base" });
const encoder = await vjepa2("./vjepa2-vitl-fpc64-256");
const bridge = freshBridge(bridgeConfig(backbone, encoder), 1); // 1 is the seed of its first numbers
await writeFile("my-bridge.safetensors", saveBridge(bridge, { licence: "yours", trained: "not yet" }));
