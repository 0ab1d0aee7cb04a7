import { killSuite } from "./killSuite.ts";

killSuite(["worker", "api"], "tracking");
