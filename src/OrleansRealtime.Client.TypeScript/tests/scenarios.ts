import { readFileSync } from "node:fs";

export type Fields = Record<string, unknown>;

export type Step = { readonly do: string } & Fields;

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

interface File {
  readonly random: number;
  readonly fragments: Record<string, readonly Step[]>;
  readonly scenarios: readonly (Scenario & { readonly codes?: readonly number[] })[];
}

const path = new URL("../../../test/Scenarios/reconnect.json", import.meta.url);

/** All scenarios, one for each code, with their fragments in place. */
export function readScenarios(): Scenario[] {
  const { fragments, scenarios } = JSON.parse(readFileSync(path, "utf8")) as File;
  return scenarios.flatMap(({ name, steps, codes }) => {
    const whole = steps.flatMap((step) => step.do === "include" ? fragments[step["fragment"] as string]! : [step]);
    if (codes === undefined) return [{ name, steps: whole }];
    return codes.map((code) => ({
      name: `${name}: ${code}`,
      steps: JSON.parse(JSON.stringify(whole).replaceAll('"<code>"', String(code))) as Step[],
    }));
  });
}
