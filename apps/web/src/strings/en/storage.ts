/** Where projects are kept, and what goes wrong with it. */
export const storage = {
  "bundle.damaged": "This file is no saved project, or not a whole one.",
  "bundle.damagedHint": "Drop the file again that “Save a copy” made, unchanged.",
  "storage.saved": "Stored in this browser only",
  "storage.saving": "Storing…",
  "storage.failed": "Not stored",
  "storage.full": "There is no space left in this browser's storage. What you changed is kept in this tab, but not stored yet.",
  "storage.fullHint":
    "Remove projects or takes that you do not need, or free space on this machine; storing is tried again by itself.",
  "storage.wrong": "What you changed could not be stored: {reason}",
  "storage.wrongHint": "Keep this tab open; storing is tried again by itself.",
  "storage.takesInMemory": "{count} takes are in this tab only, because they did not fit into the browser's storage.",
  "storage.memoryOnly":
    "This browser lets the page store nothing, as in a private window. Projects last until the tab is closed.",
  "storage.gone": "This project is not there any more.",
  "storage.goneHint":
    "It was removed here or in another tab, or the browser cleared its storage. Begin a new one with the same video.",
  "storage.takeGone": "The samples of this take are not there any more, or not whole.",
  "storage.takeGoneHint": "Make it again: its settings are still known.",
  "storage.otherVideo": "“{given}” is not the video of this project, which is “{expected}” ({size}).",
  "storage.otherVideoHint": "Choose that one, or begin a new project with this one on the first screen.",
  "storage.inUse": "This project is open in another tab.",
  "storage.inUseHint": "Close it there first.",
  "storage.readOnly": "This project is open in another tab, which may change it. Here it can be looked at and heard.",
  "storage.readOnlyFree": "The other tab has closed this project.",
  "storage.reopen": "Open again to change it here",
  "storage.changed": "“{name}” was changed or moved while it was open.",
  "storage.changedHint": "Show the video again; if it is another one now, begin a new project with it.",
  "storage.kept": "stored here to stay",
  "storage.notKept": "stored here while there is space",
  "storage.used": "{used} of {quota} used",
} as const;
