import type { Severity } from "./model";

/** From the gravest. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];
