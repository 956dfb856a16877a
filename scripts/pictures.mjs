// Draws the pictures of README.md anew, docs/pictures/*.svg, from what the built program shows in a terminal now. One is written
// only where its words have changed; --all writes all. Needs `npm run build` first, and bash.
import { runnerImport } from "vite";

const { module } = await runnerImport(`${import.meta.dirname}/../test/support/pictures/draw.ts`, {
  logLevel: "silent",
});
const written = await module.drawPictures(process.argv.includes("--all"));
process.stdout.write(written.map((name) => `docs/pictures/${name}.svg\n`).join("") || "all are as they should be\n");
