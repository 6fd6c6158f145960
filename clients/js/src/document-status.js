/** Questions about the status of a document. */

/** @import { AirlockDocument, Status, Step } from "./types.js" */

/**
 * Returns true while the document waits for its bytes or is being checked.
 * @param {Status} status
 */
export function isInProgress(status) {
  return status === "pending" || status === "processing";
}

/**
 * Returns the step that a document in progress waits for, or null.
 * @param {AirlockDocument} document
 * @returns {Step | null}
 */
export function findWaitingStep({ status, steps }) {
  return (status === "processing" && steps.find((step) => step.status === "waiting")) || null;
}
