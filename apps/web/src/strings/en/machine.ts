/** What this machine can do, working without a network, and privacy. */
export const machine = {
  "offline.starting": "getting ready for offline…",
  "offline.storing": "storing for offline: {share} %",
  "offline.ready": "works offline ✓",
  "offline.none": "not offline: this browser allows no service worker here",
  "offline.failed": "not offline yet: {message}",
  "update.there": "A new version of the studio is here.",
  "update.take": "Reload with the new version",
  "doctor.title": "What this browser can do",
  "doctor.about": "Nothing here keeps you out: what is missing has something in its place.",
  "doctor.capability": "Capability",
  "doctor.state": "State",
  "doctor.effect": "What it means",
  "doctor.there": "✓ there",
  "doctor.missing": "– missing",
  "doctor.webgpu": "WebGPU",
  "doctor.webgpu.there": "Sound is made on the graphics processor, after a self-test that compares its numbers.",
  "doctor.webgpu.missing": "Sound is made on the processor instead, which takes longer. A software adapter counts as missing.",
  "doctor.threads": "Threads",
  "doctor.threads.there": "All processor cores work on the sound.",
  "doctor.threads.missing":
    "One core works on the sound. Threads need two headers from the host, or a service worker that adds them.",
  "doctor.video-decoding": "Video decoding",
  "doctor.video-decoding.there":
    "Videos in these codecs open with exact pictures; others are refused, with a sentence that says what helps.",
  "doctor.video-decoding.missing":
    "This browser cannot decode single pictures, so no video can be opened. A recent Chrome, Edge, Firefox or Safari can.",
  "doctor.sound-decoding": "Sound decoding",
  "doctor.sound-decoding.there": "The original sound of a video in these codecs can be shown, mixed and kept.",
  "doctor.sound-decoding.missing": "The original sound cannot be shown or mixed; it can still be kept as it is.",
  "doctor.aac": "AAC encoding",
  "doctor.aac.there": "The browser encodes the sound of MP4 files.",
  "doctor.aac.missing": "An encoder that comes with the studio does it; it is loaded when you save.",
  "doctor.save-picker": "Saving where you choose",
  "doctor.save-picker.there": "You choose the place, and the file is written there part by part.",
  "doctor.save-picker.missing":
    "The file is written in the browser's storage first and then downloaded to your folder for downloads.",
  "doctor.file-system": "Private file system",
  "doctor.file-system.there": "Projects and takes are kept in this browser.",
  "doctor.file-system.missing":
    "Nothing is kept when the page is closed: save your result first. Private windows often have no storage.",
  "doctor.persistence": "Lasting storage",
  "doctor.persistence.there": "The browser has promised not to clear what is kept.",
  "doctor.persistence.missing": "The browser may clear projects when space runs out. Save what matters to a file.",
  "doctor.service-worker": "Offline and counting",
  "doctor.service-worker.there": "The studio is kept in this browser, and every request is counted.",
  "doctor.service-worker.missing": "The studio needs its host each time it is opened, and requests are not counted.",
  "privacy.title": "Privacy",
  "privacy.stays":
    "Your video stays on this machine. It is read here, the sound is made here, and the result is written here. There is no account, and no one is told what you do.",
  "privacy.count": "Requests made since {since}: {sent}, all to this origin.",
  "privacy.elsewhere":
    "Requests made since {since}: {sent}. Of these {number} went elsewhere, to download models that you asked for: {origins}.",
  "privacy.kept": "{kept} more were answered with files that are kept in this browser and went nowhere.",
  "privacy.bodies": "Requests that carried anything with them: {bodies}.",
  "privacy.unknown":
    "Requests cannot be counted here, because this browser allows no service worker. The page may still load nothing but its own files: its policy forbids it.",
  "privacy.how":
    "The count is made by the studio's service worker, which sees every request of the page. The developer tools of your browser show the same.",
} as const;
