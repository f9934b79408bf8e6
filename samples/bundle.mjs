// Makes the wwwroot of each sample, or of those that are named, from its folder page: main.ts, main.css and index.html.
import { build } from "esbuild";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const all = readdirSync(here).filter((name) => existsSync(join(here, name, "page", "index.html")));
const wanted = process.argv.slice(2);

for (const name of wanted) if (!all.includes(name)) throw new Error(`There is no sample ${name}, only: ${all.join(", ")}.`);

await Promise.all((wanted.length > 0 ? wanted : all).map((name) => build({
  entryPoints: ["main.ts", "main.css", "index.html"].map((file) => join(here, name, "page", file)),
  outdir: join(here, name, "wwwroot"),
  tsconfig: join(here, "tsconfig.json"),
  loader: { ".html": "copy" },
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: true,
  logLevel: "warning",
})));
