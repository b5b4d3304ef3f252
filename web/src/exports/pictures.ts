/** Takes a picture of the scene as it stands. */
export type TakePicture = () => Promise<Blob>;

let take: TakePicture | null = null;

/** The stage offers its pictures while it is shown. */
export function offerPictures(picture: TakePicture | null): void {
  take = picture;
}

/** A PNG of the scene, null where no scene is shown. */
export async function takePicture(): Promise<Blob | null> {
  return take === null ? null : take();
}
