import { killSuite } from "./killSuite.ts";

killSuite(["worker"]);
