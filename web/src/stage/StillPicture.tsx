export function StillPicture() {
  return null;
}
