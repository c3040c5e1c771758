// The visitor's choices on this page, remembered in this browser only.

const KEY = "live-face-swap";

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export const preference = (name) => read()[name];

export function remember(name, value) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...read(), [name]: value }));
  } catch {
    // A browser that keeps nothing simply starts from the defaults next time.
  }
}
