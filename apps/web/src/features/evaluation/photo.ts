/** A photo as it is kept and sent: small enough for a slow line, and without the place it was taken at. */

/** Longer side in pixels; a page of text photographed from a hand's distance stays readable. */
const longestSide = 1800;

/** The picture drawn anew as JPEG: what a camera writes beside it (place, device, time) is left behind. */
export async function shrunk(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return await new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("the picture cannot be written")) : resolve(blob)),
      "image/jpeg",
      0.82,
    );
  });
}
