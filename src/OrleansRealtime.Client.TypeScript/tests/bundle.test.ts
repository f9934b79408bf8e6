import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const core = fileURLToPath(new URL("../src/index.ts", import.meta.url));

async function gzippedBytes(entry: string): Promise<number> {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", target: "es2022", write: false });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

test("The core is at most 12 KiB, minified and gzipped", async () => {
  const bytes = await gzippedBytes(core);
  console.log(`core: ${bytes} bytes`);
  expect(bytes).toBeLessThanOrEqual(12 * 1024);
  expect(bytes).toBeGreaterThan(3000);
});
