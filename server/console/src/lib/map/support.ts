/** Whether this computer can draw the map: old ones and remote desktops often cannot. */
export function hasWebgl2(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}
