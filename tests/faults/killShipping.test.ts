import { killSuite } from "./killSuite.ts";

killSuite("worker", "shipping");
killSuite("api", "shipping");
