import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const core = fileURLToPath(new URL("../src/index.ts", import.meta.url));
const protobuf = fileURLToPath(new URL("../src/protobuf/index.ts", import.meta.url));

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

test("Protobuf adds at most 3 KiB, and only to those who import it", async () => {
  expect(await gzippedBytes(protobuf)).toBeLessThanOrEqual(3 * 1024);
  const { outputFiles } = await build({ entryPoints: [core], bundle: true, minify: true, format: "esm", write: false });
  expect(outputFiles[0]!.text).not.toContain("realtime.v1.protobuf");
});
