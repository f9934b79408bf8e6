import { describe, expect, test } from "vitest";
import { run } from "./scenario-run.js";
import { readScenarios } from "./scenarios.js";

describe("The scenarios that every SDK passes", () => {
  const scenarios = readScenarios();

  test("are not fewer than they were", () => expect(scenarios.length).toBeGreaterThanOrEqual(60));

  test.each(scenarios)("$name", run);
});
