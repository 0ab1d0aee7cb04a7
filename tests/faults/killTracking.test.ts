import { killSuite } from "./killSuite.ts";

killSuite("worker", "tracking");
killSuite("api", "tracking");
