// A swapped picture saved as it came: the very bytes, so that its mark and its metadata stay in it.

const UNFIT_FOR_A_FILE_NAME = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}<>:"/\\|?*]/gu;
const LONGEST_NAME = 60;

export const snapshotName = (face, now) => `${extensionless(face, now)}.jpg`;

export function extensionless(face, now) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(".");
  const name = [...face.replace(UNFIT_FOR_A_FILE_NAME, " ").replace(/\s+/g, " ").trim()].slice(0, LONGEST_NAME).join("").trim();
  return `Live Face Swap - ${name || "face"} - ${day} ${time}`;
}

export function saveSnapshot(jpeg, face) {
  const address = URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = snapshotName(face, new Date());
  link.click();
  // The browser reads it after this click, and some take their time.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
