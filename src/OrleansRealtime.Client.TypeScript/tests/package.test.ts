import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface Package {
  readonly exports: Record<string, { readonly types: string; readonly default: string }>;
  readonly dependencies?: unknown;
}

const root = new URL("../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as Package;

describe("The package", () => {
  test("has its two entry points, each made of a source file", () => {
    expect(Object.keys(manifest.exports)).toEqual([".", "./protobuf"]);
    for (const { types, default: script } of Object.values(manifest.exports)) {
      expect(types.replace(/\.d\.ts$/, "")).toBe(script.replace(/\.js$/, ""));
      expect(existsSync(new URL(script.replace("dist/", "src/").replace(/\.js$/, ".ts"), root))).toBe(true);
    }
  });

  test("depends on nothing at run time", () => expect(manifest.dependencies).toBeUndefined());

  test("has a lock file that names no registry", () => {
    expect(readFileSync(new URL("package-lock.json", root), "utf8")).not.toContain('"resolved"');
  });
});
