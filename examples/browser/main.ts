import { miniWeights } from "@foley-control/mini/weights";
import { createFoley } from "@foley-control/pipeline/web";

const find = <T extends Element>(selector: string) => document.querySelector<T>(selector)!;
const bar = find<HTMLProgressElement>("progress");
const file = find<HTMLInputElement>("input[type=file]");
const prompt = find<HTMLInputElement>("input[type=text]");
const line = find<HTMLParagraphElement>("p");
const player = find<HTMLVideoElement>("video");

async function hear(clip: File): Promise<void> {
  line.textContent = "Listening to the picture …";
  try {
    const take = await foley.generate({ video: clip, prompt: prompt.value });
    player.src = URL.createObjectURL(new Blob([await take.toVideo()], { type: clip.type }));
    player.hidden = false;
    line.textContent = [
      `${(await take.onsets()).times.length} onsets`,
      ...take.diagnostics.warnings.map(({ message }) => message),
    ].join(" · ");
  } catch (error) {
    line.textContent = String(error);
  }
}

const foley = await createFoley({ model: miniWeights });
await foley.prepare({
  onProgress: (event) => {
    if (event.type === "prepare-progress") bar.value = event.fraction;
  },
});
const { device, threads } = await foley.capabilities();
line.textContent = `Ready, without a network too: ${device}, threads: ${threads}. Drop a clip.`;
file.disabled = false;
file.onchange = () => file.files?.[0] && hear(file.files[0]);
document.ondragover = (event) => event.preventDefault();
document.ondrop = (event) => {
  event.preventDefault();
  if (event.dataTransfer?.files[0]) void hear(event.dataTransfer.files[0]);
};
