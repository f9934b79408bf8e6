// The console's modules are served as they are, without a package.json beside them; Node 20 must be told what they are.

import { readFile } from "node:fs/promises";

const folder = new URL("../../src/OrleansRealtime.Server/wwwroot/console/", import.meta.url);

// Only modules that import nothing can be loaded so: the pure ones.
export const load = async name =>
  import(`data:text/javascript,${encodeURIComponent(await readFile(new URL(name, folder), "utf8"))}`);
