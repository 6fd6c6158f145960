// Converts one image to three WebP as sharp's documentation does: node images.mjs SOURCE DIRECTORY NAME=EDGE...
import { join } from "node:path";
import sharp from "sharp";

const [source, directory, ...sizes] = process.argv.slice(2);
for (const size of sizes) {
  const [name, edge] = size.split("=");
  await sharp(source)
    .autoOrient()
    .resize(Number(edge), Number(edge), { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .toFile(join(directory, name));
}
