/** The API's codes: problems with their HTTP status, reasons of documents without one, and a sentence for each. */

export const CODES = Object.freeze({
  attempts_exhausted: {
    status: null,
    message: "The file could not be checked after several attempts. An administrator must look into it.",
  },
  object_gone: { status: null, message: "The uploaded file is no longer in storage." },
  size_mismatch: { status: null, message: "The size of the file differs from the declared size." },
  suspicious_content: { status: null, message: "The content could be harmful, so the file was not kept." },
  type_mismatch: { status: null, message: "The content does not match the declared type." },
  type_not_allowed: { status: null, message: "Files of this type are not accepted." },
});
