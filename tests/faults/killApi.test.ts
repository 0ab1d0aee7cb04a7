import { killSuite } from "./killSuite.ts";

killSuite(["api"]);
